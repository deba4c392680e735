"""Pages are made from templates: what every page has, in one place.

Templates escape everything; `prose` is the one filter that makes markup, from formulas.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.errors import Problem
from api.web.csrf import form_token, remember
from api.web.formulas import prose
from grader.access import Principal, Scope

FOLDER: Final = Path(__file__).parent
STATIC: Final = FOLDER / "static"

PAGES: Final = ("/practice", "/review", "/sign-in", "/sign-out", "/assessment/", "/report/")
"""Below these paths a person is looking."""

_templates: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def is_page(request: Request) -> bool:
    """Whether a person is looking: such errors are shown as a page."""
    return request.url.path == "/" or request.url.path.startswith(PAGES)


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page made from a template."""
    return HTMLResponse(_templates.get_template(template).render(**values), status)


def form_page(request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    """A page with forms: they carry the token that `require_form_token` asks for; who is signed in can sign out."""
    token = form_token(request)
    signed_in: bool = getattr(request.state, "signed_in", False)
    who: Principal | None = getattr(request.state, "principal", None)
    may_review = who is not None and who.may(Scope.REVIEW)
    made = page(template, status=status, form_token=token, signed_in=signed_in, may_review=may_review, **values)
    return remember(made, request, token)


def show_problem(request: Request, problem: Problem) -> Response:
    """A problem as a page; the way back keeps what was typed, and who is not known can sign in."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        after = request.url.path if request.method == "GET" else ""
        shown = form_page(request, "sign_in.html", status=problem.status, after=after, name="", complaint="")
        shown.headers.update(problem.headers)
        return shown
    shown = page(
        "problem.html",
        status=problem.status,
        problem=problem,
        wait=wait(problem),
        sent=request.method == "POST",
        at_practice=request.url.path.startswith(PAGES[0]),
        other_key=problem.slug == "insufficient-scope",
    )
    shown.headers.update({name: value for name, value in problem.headers.items() if name.lower() == "retry-after"})
    return shown


def wait(problem: Problem) -> str:
    """In words when another try may succeed; empty where nobody knows."""
    seconds = problem.headers.get("Retry-After", "")
    return f"Try again {in_words(timedelta(seconds=int(seconds)))}." if seconds.isdecimal() else ""


def in_words(span: timedelta) -> str:
    """How far away a moment is, roughly, and forwards."""
    minutes = math.ceil(span.total_seconds() / 60)
    if minutes <= 1:
        return "in a minute"
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"in {minutes} minutes"
    hours = round(minutes / 60)
    if hours < 36:  # noqa: PLR2004 - until then hours say more than days
        return "in an hour" if hours == 1 else f"in {hours} hours"
    return f"in {round(hours / 24)} days"


def percent(share: float) -> int:
    """A share in whole points of 100."""
    return round(share * 100)


def moment(at: datetime) -> str:
    """A moment for people, in UTC."""
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def day(at: datetime) -> str:
    """A day for people."""
    return f"{at.astimezone(UTC):%d %b %Y}"


def due_in(at: datetime) -> str:
    """When to come back."""
    left = at - datetime.now(UTC)
    return "due now" if left <= timedelta() else f"due {in_words(left)}"


_templates.filters.update(prose=prose, percent=percent, moment=moment, day=day, due_in=due_in)
