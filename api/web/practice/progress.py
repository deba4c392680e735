"""How a learner gets on, and everything that is held about them: to look at, to take away, to erase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import App
from api.errors import Problem
from api.web.forms import Form
from api.web.practice.learner import Learning, welcome
from api.web.practice.questions import end_of_day
from api.web.rendering import form_page
from grader.practising import mastery, standings

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

WIDTH: Final = 640
HEIGHT: Final = 200
"""Size of the chart in its own units; the page scales it."""


@dataclass(frozen=True)
class Chart:
    """A line of mastered points over days, as coordinates; `top` is the number at the upper edge."""

    line: str
    area: str
    dots: tuple[tuple[float, float, date, int], ...]
    top: int


def chart(days: tuple[tuple[date, int], ...]) -> Chart:
    """The line through these days, each with its number of points."""
    top = max(5, *(count for _, count in days)) if days else 5
    first = days[0][0].toordinal() if days else 0
    span = max(1, days[-1][0].toordinal() - first) if days else 1
    dots = tuple(
        (round(WIDTH * (on.toordinal() - first) / span, 1), round(HEIGHT * (1 - count / top), 1), on, count)
        for on, count in days
    )
    line = " ".join(f"{x},{y}" for x, y, *_ in dots)
    area = f"{dots[0][0]},{HEIGHT} {line} {dots[-1][0]},{HEIGHT}" if dots else ""
    return Chart(line, area, dots, top)


@router.get("/practice/progress")
async def show_progress(request: Request, app: App, learning: Learning) -> Response:
    """Points mastered, by topic and over time."""
    attempts = await app.practice.settled(learning)
    rubrics = {question.id: app.bank.rubric(question.id) for question in app.bank.questions()}
    known = standings(attempts, await app.practice.studies.of(learning.tenant, learning.ref))
    progress, tonight = mastery(attempts, rubrics), end_of_day()
    made = form_page(
        request,
        "practice/progress.html",
        progress=progress,
        chart=chart(progress.days),
        width=WIDTH,
        height=HEIGHT,
        attempts=len(attempts),
        due=sum(standing.is_due(tonight) for standing in known.values()),
        tried=sum(standing.attempts > 0 for standing in known.values()),
        questions=len(rubrics),
        mastered=progress.days[-1][1] if progress.days else 0,
    )
    return welcome(request, made)


@router.get("/practice/export")
async def export_own(app: App, learning: Learning) -> Response:
    """Everything held about the learner, as a file."""
    held = await app.candidates.export(learning.who, learning.ref)
    headers = {"Content-Disposition": 'attachment; filename="practice.json"'}
    return Response(held.model_dump_json(indent=1), headers=headers, media_type="application/json")


@router.post("/practice/erasure")
async def erase_own(app: App, learning: Learning, form: Form) -> Response:
    """Erase everything held about the learner; asked for twice, because it cannot be undone."""
    if form.get("sure") != "yes":
        raise Problem(400, "malformed-form", "Tick the box to say that you mean it.")
    await app.candidates.erase(learning.who, learning.ref)
    return RedirectResponse("/practice/progress", 303)
