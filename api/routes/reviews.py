"""Why a grade is what it is, and what people say of it: explanation, overrides, appeals, grading again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal, Self

from fastapi import APIRouter, Depends, Header, Path, Response
from fastapi import Request as HttpRequest
from pydantic import Field, model_validator

from api.dependencies import App, Application, Caller, Creating
from api.errors import FieldError, Problem, invalid
from api.etags import etag, require_match
from api.openapi import problems
from api.routes.grades import UNAVAILABLE, answer_with, require_judge
from api.schemas import PromisedGrade, QuestionId, Strict
from api.texts import Note
from grader.access import Principal
from grader.domain import Grade, Label
from grader.errors import AlreadyStored
from grader.explaining import Explanation, explain
from grader.keeping import request_of
from grader.outcome import NotRecomputable
from grader.ports import PendingGrade
from grader.review import AppealReason, AppealState, OverrideReason, Review, ReviewedGrade
from grader.reviewing import (
    Answered,
    AppealClosed,
    EvidenceElsewhere,
    Objection,
    UnknownAppeal,
    UnknownKeyPoint,
    Verdict,
)
from grader.text.canonical import MAX_CHARACTERS
from rubrics.model import Identifier, Span

router = APIRouter(prefix="/v1/grades/{grade_id}", tags=["reviews"])

MAX_EVIDENCE: Final = 20
"""Places of the answer that one override may name."""

CHANGING: Final = ("precondition-failed", "precondition-required")
"""What a change can answer that must name the version it changes."""

Number = Annotated[int, Path(ge=1, le=1_000_000)]


class SpanIn(Strict):
    """A range of the answer's canonical text, in characters, its end not included."""

    start: int = Field(ge=0, lt=MAX_CHARACTERS)
    end: int = Field(ge=1, le=MAX_CHARACTERS)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.end <= self.start:
            raise ValueError("end must lie behind start")
        return self


class OverrideIn(Strict):
    """A person's verdict on a key point, why, and the words of the answer that prove it."""

    key_point_id: Identifier
    verdict: Annotated[Label, Field(strict=False)]
    reason_code: Annotated[OverrideReason, Field(strict=False)]
    note: Note
    evidence: list[SpanIn] = Field(default=[], max_length=MAX_EVIDENCE)


class AppealIn(Strict):
    """What is wrong with the verdict on a key point."""

    key_point_id: Identifier
    reason: Annotated[AppealReason, Field(strict=False)]
    text: Note


class DecisionIn(Strict):
    """What becomes of an appeal while the verdict stays; an override decides it with `changed` by itself."""

    state: Literal["upheld", "withdrawn"]
    answer: Note


class RegradeIn(Strict):
    """How to grade the same answer again, against the same rubric."""

    judge: QuestionId | None = None


@dataclass(frozen=True)
class Reviewed:
    """The grade that a request speaks of, and who speaks."""

    app: Application
    who: Principal
    grade: Grade

    async def review(self) -> Review:
        """What was said of it until now."""
        return await self.app.reviewer.review(self.who.tenant, self.grade)


async def reviewed(app: App, caller: Caller, grade_id: str) -> Reviewed:
    """The tenant's grade; one that is still to come is not there yet."""
    found = await app.find(caller.tenant, grade_id)
    if found is None or isinstance(found, PendingGrade):
        raise Problem(404, "not-found", "There is no such grade.")
    return Reviewed(app, caller, found)


Of = Annotated[Reviewed, Depends(reviewed)]


@router.get("/explanation")
async def get_explanation(of: Of) -> Explanation:
    """Why the grade is what it is: rubric version, evidence, judges, arithmetic, and what the AI's part was."""
    hiring = of.app.services.settings.screening == "review"
    return explain(of.grade, await of.review(), requires_human_decision=hiring)


@router.get("/review")
async def get_review(of: Of) -> Review:
    """What people said of the grade, and what it comes to."""
    return await of.review()


@router.post("/overrides", status_code=201, openapi_extra=problems(*CHANGING, "not-recomputable"))
async def create_override(
    http: HttpRequest, response: Response, of: Of, creation: Creating, body: OverrideIn
) -> Review:
    """Put a person's verdict in the machine's place; the machine's is kept, the score computed anew.

    `If-Match` names the version of the grade that the person saw.
    """
    response.headers["Location"] = f"/v1/grades/{of.grade.id}/review"
    seen = await of.review()
    if creation.again and any(override.id == creation.id for override in seen.overrides):
        return seen
    require_match(http, etag(ReviewedGrade.of(of.grade, seen)))
    spans = tuple(Span(start=span.start, end=span.end) for span in body.evidence)
    verdict = Verdict(body.key_point_id, body.verdict, body.reason_code, body.note, spans)
    return await _overridden(of, verdict, creation.id)


@router.post("/appeals", status_code=201)
async def create_appeal(response: Response, of: Of, creation: Creating, body: AppealIn) -> Review:
    """Object to the verdict on a key point; a person answers it, or changes the verdict."""
    response.headers["Location"] = f"/v1/grades/{of.grade.id}/review"
    seen = await of.review()
    if creation.again and any(appeal.id == creation.id for appeal in seen.appeals):
        return seen
    return await _appealed(of, Objection(body.key_point_id, body.reason, body.text), creation.id)


@router.put("/appeals/{number}/decision", openapi_extra=problems("appeal-closed"))
async def decide_appeal(of: Of, number: Number, body: DecisionIn) -> Review:
    """Answer an appeal and leave the verdict; the same decision may be sent again."""
    try:
        return await of.app.reviewer.answer(of.who, of.grade, Answered(number, AppealState(body.state), body.answer))
    except UnknownAppeal as error:
        raise Problem(404, "not-found", "There is no such appeal.") from error
    except AppealClosed as error:
        raise Problem(409, "appeal-closed", "The appeal was decided otherwise already.") from error


@router.post(
    "/regrades",
    status_code=201,
    response_model=ReviewedGrade,
    responses={202: {"model": PromisedGrade, "description": "Promised"}},
    openapi_extra=problems("answer-not-kept", "budget-exhausted", "candidate-erased", *UNAVAILABLE),
)
async def create_regrade(
    of: Of, creation: Creating, body: RegradeIn, prefer: Annotated[str | None, Header(max_length=200)] = None
) -> Response:
    """Grade the same answer against the same rubric again; the new grade names the old one, which stays."""
    require_judge(of.app, body.judge)
    basis = await of.app.services.storage.bases.find(of.who.tenant, of.grade.id)
    if basis is None:
        raise Problem(409, "answer-not-kept", "The answer is no longer kept; send it again.")
    asked = request_of(basis)
    again = replace(asked, judge=body.judge or asked.judge, regrade_of=of.grade.id)
    return await answer_with(of.app, again, creation, prefer)


async def _overridden(of: Reviewed, verdict: Verdict, override_id: str) -> Review:
    try:
        return await of.app.reviewer.override(of.who, of.grade, verdict, override_id)
    except UnknownKeyPoint as error:
        raise _unknown_point() from error
    except EvidenceElsewhere as error:
        raise invalid(FieldError(pointer="/evidence", code="not_in_the_answer", detail=str(error))) from error
    except NotRecomputable as error:
        raise Problem(409, "not-recomputable", "Other rules made this score; grade the answer again.") from error
    except AlreadyStored as error:
        raise Problem(412, "precondition-failed", "Somebody else overrode it just now; read it again.") from error


async def _appealed(of: Reviewed, objection: Objection, appeal_id: str) -> Review:
    try:
        return await of.app.reviewer.appeal(of.who, of.grade, objection, appeal_id)
    except UnknownKeyPoint as error:
        raise _unknown_point() from error


def _unknown_point() -> Problem:
    return invalid(FieldError(pointer="/key_point_id", code="unknown_key_point", detail="The grade has no such point."))
