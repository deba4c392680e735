"""Signing in to the pages with an API key, and out again."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import App
from api.web.forms import Form
from api.web.rendering import form_page
from api.web.session import begin, end

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

START: Final = "/practice"
WRONG: Final = "This is no API key that counts. Keys begin with ag_live_; a revoked or expired one counts no longer."

NAME_LIMIT: Final = 40
"""Characters of a name; with a key's id it fits where is kept who did something."""

_OUR_PLACES: Final = re.compile(r"/(practice|review)([/?][A-Za-z0-9/_.?=&%+-]*)?")


@router.get("/sign-in")
async def show_sign_in(request: Request, after: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Where a key can be shown."""
    return form_page(request, "sign_in.html", after=after, name="", complaint="")


@router.post("/sign-in")
async def sign_in(request: Request, app: App, form: Form) -> Response:
    """Begin a session with a key that counts, and go where the person wanted to go."""
    after, name = form.get("after", ""), _seen(form.get("name", ""))
    principal = await app.access.keyring.recognise(form.need("key").strip())
    if principal is None or principal.key_id is None:
        return form_page(request, "sign_in.html", status=401, after=after, name=name, complaint=WRONG)
    place = after if _OUR_PLACES.fullmatch(after) else START
    return begin(RedirectResponse(place, 303), request, principal.key_id, name)


@router.post("/sign-out")
async def sign_out(form: Form) -> Response:  # noqa: ARG001 - its token
    """End the session in this browser."""
    return end(RedirectResponse("/sign-in", 303))


def _seen(name: str) -> str:
    """What others see of a name."""
    return "".join(each for each in name if each.isprintable()).strip()[:NAME_LIMIT]
