"""What became of an answer: waiting for its grade, the feedback, and what can be done with it."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from api.dependencies import App, Application
from api.errors import Problem
from api.web.forms import Form
from api.web.practice.feedback import feedback
from api.web.practice.learner import Learning, welcome
from api.web.rendering import form_page
from grader.practice import Learner
from grader.practising import Seen, State, words_changed
from grader.review import AppealReason, Note
from grader.reviewing import Objection, UnknownKeyPoint
from grader.text.canonical import MAX_CHARACTERS

router = APIRouter(
    prefix="/practice/attempts/{attempt_id}", include_in_schema=False, default_response_class=HTMLResponse
)
_notes: Final[TypeAdapter[str]] = TypeAdapter(Note)

DEFAULT_NOTES: Final = {
    AppealReason.COVERED: "I covered this point.",
    AppealReason.REFERENCE_WRONG: "The reference is wrong.",
    AppealReason.UNCLEAR: "The point is unclear.",
    AppealReason.OTHER: "Something else is wrong.",
}
"""What a flag says where its author gives a reason and no words."""


async def seen_attempt(app: App, learning: Learning, attempt_id: str) -> Seen:
    """The learner's attempt of an address; 404."""
    seen = await app.practice.see(learning, attempt_id)
    if seen is None:
        raise Problem(404, "not-found", "There is no such attempt.")
    return seen


Looked = Annotated[Seen, Depends(seen_attempt)]


@router.get("")
async def show_attempt(request: Request, app: App, learning: Learning, seen: Looked) -> Response:
    """The feedback, or how far it is."""
    made = await _page(request, app, learning, seen)
    return welcome(request, made)


async def _page(request: Request, app: Application, learning: Learner, seen: Seen) -> Response:
    rubric = seen.rubric or await app.author.of_question(learning.tenant, seen.attempt.question_id)
    values: dict[str, Any] = {"seen": seen, "attempt": seen.attempt, "state": seen.state.value, "limit": MAX_CHARACTERS}
    if seen.state.is_waiting or seen.grade is None:
        return form_page(request, "practice/waiting.html", question=rubric.question, answer=seen.answer, **values)
    shown = feedback(seen, rubric)
    before = seen.previous and await app.practice.see(learning, seen.previous.id)
    changes = words_changed(before.answer, seen.answer) if before and before.answer else ()
    return form_page(
        request,
        "practice/attempt.html",
        question=rubric.question,
        shown=shown,
        changes=changes,
        answer=seen.answer,
        reasons=DEFAULT_NOTES,
        **values,
    )


@router.post("/hints")
async def take_hint(app: App, learning: Learning, seen: Looked, form: Form) -> Response:
    """Show the next step of a point's ladder of hints."""
    point, step = form.need("point"), form.need("step")
    await app.practice.reveal(learning, seen, point, int(step) if step.isascii() and step.isdecimal() else 0)
    return _back(seen, _anchor(seen, point))


@router.post("/reference")
async def show_reference(app: App, learning: Learning, seen: Looked, form: Form) -> Response:  # noqa: ARG001 - its token
    """Show the reference answer."""
    await app.practice.reveal_reference(learning, seen.attempt)
    return _back(seen, "reference")


@router.post("/flags")
async def flag_point(app: App, learning: Learning, seen: Looked, form: Form) -> Response:
    """Say that the grade of a point looks wrong; a person answers it."""
    point, reason = form.need("point"), form.need("reason")
    if seen.grade is None or reason not in set(AppealReason):
        raise Problem(400, "malformed-form", "The form names no reason that there is.")
    try:
        text = _notes.validate_python(form.get("text", "").strip() or DEFAULT_NOTES[AppealReason(reason)])
    except ValidationError:
        raise Problem(400, "malformed-form", "A remark may have 2,000 characters.") from None
    try:
        await app.reviewer.appeal(
            learning.who, seen.grade, Objection(point, AppealReason(reason), text), str(uuid.uuid4())
        )
    except UnknownKeyPoint as error:
        raise Problem(404, "not-found", "The grade has no such key point.") from error
    return _back(seen, _anchor(seen, point))


@router.post("/grades")
async def grade_again(app: App, learning: Learning, seen: Looked, form: Form) -> Response:  # noqa: ARG001 - its token
    """Have the same answer graded again where its grade is provisional or failed."""
    if seen.state in {State.PROVISIONAL, State.FAILED, State.UNSURE}:
        await app.practice.grade_again(learning, seen, str(uuid.uuid4()))
    return _back(seen, "")


@router.post("/cancel")
async def cancel(app: App, learning: Learning, seen: Looked, form: Form) -> Response:  # noqa: ARG001 - its token
    """Give up waiting; the text is in the question's form again."""
    if seen.state.is_waiting and await app.practice.cancel(learning, seen.attempt):
        return RedirectResponse(f"/practice/questions/{seen.attempt.question_id}", 303)
    return _back(seen, "")


def _anchor(seen: Seen, key_point_id: str) -> str:
    points = () if seen.grade is None else seen.grade.points
    return next((f"point-{n}" for n, point in enumerate(points, 1) if point.key_point_id == key_point_id), "")


def _back(seen: Seen, anchor: str) -> Response:
    place = f"/practice/attempts/{seen.attempt.id}"
    return RedirectResponse(f"{place}#{anchor}" if anchor else place, 303)
