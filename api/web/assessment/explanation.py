"""`/assessment/…/explanation`: how a result came about, in the candidate's own words, and what they object to.

It holds no word of the reference: a point is a number, with its topic where the test shows topics. Where the test shows
candidates nothing, it says how answers are assessed, and nothing of this one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from api.errors import Problem
from api.web.assessment.taking import SEE_OTHER, Number, Typed
from api.web.assessment.visit import Invited, Visit
from api.web.marking import badge
from api.web.rendering import page
from grader.access import Principal
from grader.assessing import CANDIDATE
from grader.assessment import CandidateFeedback, OrderState
from grader.domain import Grade, GradedPoint, Label
from grader.explaining import NO_DECISION, ROLE_OF_CODE, explain
from grader.review import Appeal, AppealReason, AppealState, Note, Override, Review
from grader.reviewing import Objection

router = APIRouter(
    prefix="/assessment/{token}/explanation", include_in_schema=False, default_response_class=HTMLResponse
)

REASONS: Final = {
    AppealReason.COVERED: "My answer makes this point",
    AppealReason.REFERENCE_WRONG: "What is expected here is wrong",
    AppealReason.UNCLEAR: "The question does not ask for this",
    AppealReason.OTHER: "Something else",
}
"""What a candidate may say is wrong; also the text of an objection without one."""

ANSWERS: Final = {
    AppealState.OPEN: "You object to this. A person will look at it, and answers here.",
    AppealState.UPHELD: "You objected to this. A person looked again, and the verdict stands.",
    AppealState.CHANGED: "You objected to this. A person looked again, and changed the verdict.",
    AppealState.WITHDRAWN: "You objected to this, and took it back.",
}

_notes: Final = TypeAdapter(Note)

Place = Annotated[int, Path(ge=1, le=1_000)]


@dataclass(frozen=True)
class PointExplained:
    """One point: its verdict, whether a person gave it, the words it rests on, and the objection to it."""

    number: int
    topic: str
    label: Label
    verdict: str
    by_person: bool
    quotes: tuple[str, ...]
    objection: Appeal | None


@dataclass(frozen=True)
class QuestionExplained:
    """One question: who judged it, and its points; no points where it could not be graded."""

    number: int
    title: str
    role_of_ai: str
    points: tuple[PointExplained, ...]


@router.get("")
async def show(visit: Invited) -> Response:
    """The explanation, once the result has left."""
    if visit.order.state is not OrderState.COMPLETE:
        return RedirectResponse(visit.path, SEE_OTHER)
    return await _page(visit)


@router.post("/{number}/points/{place}")
async def object_to(visit: Invited, number: Number, place: Place, fields: Typed) -> Response:
    """Object to the verdict on a point, once; a person answers it."""
    grade = await _grade(visit, number) if _shown(visit) else None
    points = _points(grade)
    if grade is None or place > len(points):
        raise Problem(404, "not-found", "There is no such point.")
    point, reviewer = points[place - 1], visit.app.reviewer
    review = await reviewer.review(visit.tenant, grade)
    if _objection(review, point) is None:
        objection = Objection(point.key_point_id, *_said(fields))
        await reviewer.appeal(Principal(visit.tenant, frozenset(), CANDIDATE), grade, objection, str(uuid.uuid4()))
    return RedirectResponse(f"{visit.path}/explanation#point-{number}-{place}", SEE_OTHER)


async def _page(visit: Visit) -> Response:
    numbers = range(1, len(visit.order.questions) + 1) if _shown(visit) else ()
    return page(
        "assessment/explanation.html",
        path=visit.path,
        order=visit.order,
        test=visit.test,
        questions=[await _question(visit, number) for number in numbers],
        reasons=REASONS,
        answers=ANSWERS,
        role_of_code=ROLE_OF_CODE,
        no_decision=NO_DECISION,
    )


def _shown(visit: Visit) -> bool:
    return visit.order.state is OrderState.COMPLETE and visit.test.feedback is not CandidateFeedback.NONE


async def _grade(visit: Visit, number: int) -> Grade | None:
    result = visit.order.result
    if result is None or number > len(result.questions):
        return None
    return await visit.app.store.find(visit.tenant, result.questions[number - 1].grade_id)


async def _question(visit: Visit, number: int) -> QuestionExplained:
    question, grade = await visit.question(number), await _grade(visit, number)
    if grade is None:
        return QuestionExplained(number, question.title, "This answer could not be graded, and earned nothing.", ())
    review = await visit.app.reviewer.review(visit.tenant, grade)
    explained = explain(grade, review, requires_human_decision=True)
    topics = visit.test.feedback is CandidateFeedback.TOPICS
    points = tuple(_point(place, point, review, topics=topics) for place, point in enumerate(_points(grade), 1))
    return QuestionExplained(number, question.title, explained.role_of_ai, points)


def _points(grade: Grade | None) -> list[GradedPoint]:
    """What a full answer says; what would cost something is no candidate's to guess."""
    return [] if grade is None else [point for point in grade.points if not point.penalty]


def _point(place: int, point: GradedPoint, review: Review, *, topics: bool) -> PointExplained:
    label, override = review.outcome.verdicts[point.key_point_id], _override(review, point)
    evidence = point.evidence if override is None else override.evidence or point.evidence
    return PointExplained(
        number=place,
        topic=(point.topic or "") if topics else "",
        label=label,
        verdict=badge(point.model_copy(update={"verdict": label, "judged_by": "person"}) if override else point),
        by_person=override is not None,
        quotes=tuple(each.text for each in evidence),
        objection=_objection(review, point),
    )


def _override(review: Review, point: GradedPoint) -> Override | None:
    found = [each for each in review.overrides if each.key_point_id == point.key_point_id]
    return max(found, key=lambda each: each.number, default=None)


def _objection(review: Review, point: GradedPoint) -> Appeal | None:
    return next((each for each in reversed(review.appeals) if each.key_point_id == point.key_point_id), None)


def _said(fields: dict[str, str]) -> tuple[AppealReason, str]:
    if fields.get("reason") not in set(AppealReason):
        raise Problem(400, "malformed-form", "The form names no reason that there is.")
    reason = AppealReason(fields["reason"])
    try:
        return reason, _notes.validate_python(fields.get("text", "").strip() or REASONS[reason])
    except ValidationError:
        raise Problem(400, "malformed-form", "A remark may have 2,000 characters.") from None
