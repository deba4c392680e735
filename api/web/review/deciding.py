"""What a person decides: a verdict, an answer to an objection, a judgement given blind, and that they are done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from api.errors import Problem
from api.web.csrf import FIELD, require_form_token
from api.web.forms import Fields, Form, read_form
from api.web.review.reviewing import Case, Visiting
from api.web.review.words import OVERRIDE_REASONS
from grader.domain import Label
from grader.errors import AlreadyStored
from grader.mistakes import Decision
from grader.outcome import NotRecomputable
from grader.review import AppealState, Note, OverrideReason
from grader.reviewing import Answered, AppealClosed, UnknownAppeal, UnknownKeyPoint, Verdict
from grader.text.quotes import find_quote
from grader.triage import AppealsOpen, NotAsked
from rubrics.model import Span

router = APIRouter(prefix="/review/grades/{grade_id}", include_in_schema=False, default_response_class=HTMLResponse)
_notes: Final[TypeAdapter[str]] = TypeAdapter(Note)

MOST_POINTS: Final = 500
"""Key points that one form may judge; no rubric of the bank has 20."""

CHANGED: Final = "Somebody else decided on this grade meanwhile. This is how it stands now; decide again if need be."
OWN: Final = "You judged this point before somebody objected to it. Leave the objection to somebody else."
NOT_RECOMPUTABLE: Final = (
    "Other rules than today's made this score, so a verdict cannot be put into it. Have the answer graded again."
)


async def long_form(request: Request) -> Fields:
    """A form of ours with a field for every point."""
    fields = await read_form(request, MOST_POINTS)
    require_form_token(request, fields.get(FIELD))
    return fields


LongForm = Annotated[Fields, Depends(long_form)]


@router.post("/overrides")
async def override(at: Visiting, form: Form) -> Response:
    """Put a person's verdict in the machine's place, with a reason, a note, and the words that prove it."""
    point = form.need("point")
    if form.need("version") != at.case.version:
        return await at.page(status=409, complaint=CHANGED, typed=form)
    if point in await at.for_others():
        return await at.page(status=409, complaint=OWN)
    try:
        verdict = read_verdict(form, at.case)
        await at.app.reviewer.override(at.who, at.case.grade, verdict, str(uuid.uuid4()))
    except UnknownKeyPoint as error:
        raise Problem(404, "not-found", "The grade has no such key point.") from error
    except BadVerdict as error:
        return await at.page(status=422, complaint=str(error), typed=form)
    except NotRecomputable:
        return await at.page(status=409, complaint=NOT_RECOMPUTABLE, typed=form)
    except AlreadyStored:
        return await at.page(status=409, complaint=CHANGED, typed=form)
    return at.back(_anchor(at.case, point))


class BadVerdict(Exception):
    """Words that were given as evidence are not in the answer, or the form says something that cannot be."""


def read_verdict(form: Fields, case: Case) -> Verdict:
    """The verdict that a form says; BadVerdict says what is wrong with it."""
    said = read_decision(form)
    return Verdict(form["point"], said.label, said.reason, said.note, _spans(form.get("words", ""), case))


def read_decision(form: Mapping[str, str]) -> Decision:
    """Verdict, reason and note of a form, and the reason's own words where no note was written; BadVerdict."""
    label, reason = form.get("verdict", ""), form.get("reason", "")
    if label not in set(Label):
        raise BadVerdict("Choose a verdict.")
    if reason not in set(OverrideReason):
        raise BadVerdict("Say why: choose a reason.")
    code = OverrideReason(reason)
    try:
        note = _notes.validate_python(form.get("note", "").strip() or OVERRIDE_REASONS[code][1])
    except ValidationError:
        raise BadVerdict("A note may have 2,000 characters.") from None
    return Decision(Label(label), code, note)


def _spans(words: str, case: Case) -> tuple[Span, ...]:
    """Where the answer says these words, one passage a line."""
    passages = [line.strip() for line in words.splitlines() if line.strip()]
    if passages and case.answer is None:
        raise BadVerdict("The answer is no longer kept, so no words of it can be shown.")
    spans = []
    for passage in passages:
        found = find_quote(case.answer or "", passage)
        if found is None:
            raise BadVerdict(f"The answer does not say “{passage[:80]}”. Copy the words as they stand there.")
        spans.append(found.span)
    return tuple(dict.fromkeys(spans))


@router.post("/opinion")
async def judge_blind(at: Visiting, form: LongForm) -> Response:
    """Keep what a person says of the points before they saw what the machine said."""
    labels = {
        name.removeprefix("verdict."): Label(value)
        for name, value in form.items()
        if name.startswith("verdict.") and value in set(Label)
    }
    try:
        await at.app.triage.opine(at.who, at.case.grade, labels, blind=True)
    except NotAsked:
        complaint = "Give a verdict on every point; “not assessable” is one, too."
        return await at.page(status=422, complaint=complaint, typed=form)
    except AlreadyStored:
        pass  # sent twice: the first one counts
    return at.back("result")


@router.post("/appeals/{number}")
async def answer_appeal(at: Visiting, form: Form, number: int) -> Response:
    """Answer an objection and leave the verdict."""
    own = await at.for_others()
    if any(each.number == number and each.key_point_id in own for each in at.case.open_appeals):
        return await at.page(status=409, complaint=OWN)
    try:
        text = _notes.validate_python(form.get("answer", ""))
        await at.app.reviewer.answer(at.who, at.case.grade, Answered(number, AppealState.UPHELD, text))
    except ValidationError:
        complaint = "Say in a sentence why the verdict stands; 2,000 characters at most."
        return await at.page(status=422, complaint=complaint)
    except UnknownAppeal as error:
        raise Problem(404, "not-found", "There is no such appeal.") from error
    except AppealClosed as error:
        raise Problem(409, "appeal-closed", "The appeal was decided otherwise already.") from error
    return at.back("result")


@router.post("/done")
async def settle(at: Visiting, form: Form) -> Response:  # noqa: ARG001 - its token
    """The person is content with what stands now; on to the next."""
    if await at.app.triage.to_judge_blind(at.who, at.case.grade):
        return at.back("result")
    try:
        await at.app.triage.settle(at.who, at.case.grade)
    except AppealsOpen:
        complaint = "An objection is still to be answered: say why the verdict stands, or change it."
        return await at.page(status=409, complaint=complaint)
    return RedirectResponse(f"/review/next{at.wanted.query(after=at.case.grade.id)}", 303)


def _anchor(case: Case, key_point_id: str) -> str:
    found = (f"point-{seen.number}" for seen in case.points if seen.point.key_point_id == key_point_id)
    return next(found, "result")
