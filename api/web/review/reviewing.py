"""One grade side by side: the answer with its evidence, the rubric with its verdicts; or, blind, without either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import App, Application, Caller
from api.errors import Problem
from api.etags import etag
from api.web.marking import Passage, badge, mark
from api.web.rendering import form_page
from api.web.review.queue import Wanted, Wish, person
from api.web.review.speech import Speech, speech_of
from api.web.review.words import (
    APPEAL_REASONS,
    OVERRIDE_REASONS,
    REASONS,
    VERDICTS,
    age,
    is_late,
    pseudonym,
)
from grader.access import Principal
from grader.audit import Action, Event
from grader.domain import Grade, GradedPoint, Label
from grader.feedback import FLAG_NOTES
from grader.keeping import NOBODY, by, request_of
from grader.ports import PendingGrade, Reservation
from grader.referral import Referral
from grader.review import Appeal, AppealState, Override, Review, ReviewedGrade, SecondOpinion
from grader.text.canonical import canonicalise
from rubrics.model import Rubric

router = APIRouter(prefix="/review/grades/{grade_id}", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class PointSeen:
    """One key point: `label` is the verdict that stands, `override` the person's where one decided."""

    number: int
    point: GradedPoint
    label: Label
    badge: str
    override: Override | None
    appeals: tuple[Appeal, ...]
    own: Label | None
    disputed: bool


@dataclass(frozen=True)
class Case:
    """What there is to know of a grade that somebody looks at; `answer` and `rubric` are null once they are gone."""

    grade: Grade
    review: Review
    referral: Referral | None
    rubric: Rubric | None
    answer: str | None
    own: SecondOpinion | None

    @property
    def waits(self) -> bool:
        """Whether somebody still has to look."""
        return self.referral is not None and self.referral.is_open

    @property
    def version(self) -> str:
        """Which version of the grade the page shows; a change names it."""
        return etag(ReviewedGrade.of(self.grade, self.review))

    @property
    def points(self) -> tuple[PointSeen, ...]:
        """Every key point as it stands."""
        return tuple(self._point(number, point) for number, point in enumerate(self.grade.points, 1))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The answer with the evidence marked that stands: a person's where one decided and named some."""
        return () if self.answer is None else mark(self.answer, tuple(_standing(seen) for seen in self.points))

    @property
    def open_appeals(self) -> tuple[Appeal, ...]:
        """What still has to be answered."""
        return tuple(each for each in self.review.appeals if each.state is AppealState.OPEN)

    @property
    def agreed(self) -> int:
        """On how many points this person's own verdict was the machine's."""
        return sum(each.verdict is each.machine for each in self.own.points) if self.own else 0

    def _point(self, number: int, point: GradedPoint) -> PointSeen:
        theirs = [each for each in self.review.overrides if each.key_point_id == point.key_point_id]
        appeals = tuple(each for each in self.review.appeals if each.key_point_id == point.key_point_id)
        label = self.review.outcome.verdicts[point.key_point_id]
        return PointSeen(
            number=number,
            point=point,
            label=label,
            badge=badge(point.model_copy(update={"verdict": label})) if not theirs else VERDICTS[label][0],
            override=theirs[-1] if theirs else None,
            appeals=appeals,
            own=None if self.own is None else self.own.of(point.key_point_id),
            disputed=any(each.state is AppealState.OPEN for each in appeals),
        )


def _standing(seen: PointSeen) -> GradedPoint:
    evidence = seen.point.evidence if seen.override is None else seen.override.evidence or seen.point.evidence
    shown = evidence if seen.label in {Label.COVERED, Label.PARTIAL, Label.CONTRADICTED} else ()
    return seen.point.model_copy(update={"verdict": seen.label, "evidence": shown})


async def find_case(app: Application, who: Principal, grade_id: str) -> Case:
    """The tenant's grade with everything that was said of it; 404."""
    grade = await app.find(who.tenant, grade_id)
    if grade is None or isinstance(grade, PendingGrade):
        raise Problem(404, "not-found", "There is no such grade.")
    storage = app.services.storage
    basis = await storage.bases.find(who.tenant, grade_id)
    asked = None if basis is None else request_of(basis)
    opinions = await storage.reviews.opinions(who.tenant, grade_id)
    return Case(
        grade=grade,
        review=await app.reviewer.review(who.tenant, grade),
        referral=await storage.referrals.find(who.tenant, grade_id),
        rubric=None if asked is None else asked.rubric,
        answer=None if asked is None else canonicalise(asked.answer).text,
        own=next((each for each in opinions if each.made_by == by(who)), None),
    )


@dataclass(frozen=True)
class Visit:
    """Somebody looks at a grade, on the way through the part of the queue that is `wanted`.

    `reserved` is the reservation of another person who was here first.
    """

    request: Request
    app: Application
    who: Principal
    case: Case
    wanted: Wanted
    reserved: Reservation | None

    async def page(self, *, status: int = 200, complaint: str = "", typed: Mapping[str, str] | None = None) -> Response:
        """Side by side, or blind where this person has to judge first; with what is wrong with what was `typed`."""
        blind = await self.app.triage.to_judge_blind(self.who, self.case.grade)
        rubric, referral = self.case.rubric, self.case.referral
        return form_page(
            self.request,
            "review/blind.html" if blind else "review/grade.html",
            status=status,
            case=self.case,
            grade=self.case.grade,
            points=self.case.points,
            asked=[seen for seen in self.case.points if seen.point.key_point_id in blind],
            title=self.case.grade.question_id if rubric is None else rubric.question.title,
            question=None if rubric is None else rubric.question.text,
            reference=None if rubric is None else rubric.reference_answer,
            reasons=[REASONS[reason] for reason in referral.reasons] if referral else [],
            waits=age(referral.since) if referral and self.case.waits else "",
            late=bool(referral and self.case.waits and is_late(referral.since)),
            at=await self._other(),
            candidate=pseudonym(self.app.access.secret, self.case.grade.candidate_ref),
            name=await self._name(),
            speech=await self._speech(),
            verdicts=VERDICTS,
            override_reasons=OVERRIDE_REASONS,
            appeal_reasons=APPEAL_REASONS,
            notes=[FLAG_NOTES[flag] for flag in self.case.grade.flags],
            complaint=complaint,
            typed=typed or {},
            wanted=self.wanted,
            for_others=await self.for_others(),
        )

    async def for_others(self) -> frozenset[str]:
        """The points with an objection that this person may not answer, having judged them before."""
        return await self.app.triage.judged_before(self.who, self.case.grade.id)

    def back(self, anchor: str) -> Response:
        """To the page of the grade, where something of it is."""
        place = f"/review/grades/{self.case.grade.id}{self.wanted.query()}"
        return RedirectResponse(f"{place}#{anchor}", 303)

    async def _other(self) -> str:
        """Who else is looking at it; empty where nobody is."""
        return "" if self.reserved is None else await person(self.app, self.reserved.by)

    async def _name(self) -> str | None:
        """The candidate's reference, where it is asked for; that somebody looked at it is logged."""
        if self.request.query_params.get("names") != "shown" or self.case.grade.candidate_ref is None:
            return None
        seen = Event(self.who.key_id or NOBODY, Action.NAME_SHOWN, self.case.grade.id)
        await self.app.services.storage.audit.append(self.who.tenant, seen)
        return self.case.grade.candidate_ref

    async def _speech(self) -> Speech | None:
        ref = self.case.grade.candidate_ref
        if ref is None:
            return None
        return speech_of(await self.app.services.storage.interviews.of(self.who.tenant, ref), self.case.grade.id)


async def visit(request: Request, app: App, caller: Caller, wanted: Wish, grade_id: str) -> Visit:
    """The visit of an address; what waits for the visitor is from now on theirs, unless another was here first."""
    case = await find_case(app, caller, grade_id)
    mine = case.referral and case.waits and not await app.triage.is_for_others(caller, grade_id)
    reserved = await app.triage.reserve(caller, case.referral) if case.referral and mine else None
    return Visit(request, app, caller, case, wanted, reserved)


Visiting = Annotated[Visit, Depends(visit)]


@router.get("")
async def show_case(at: Visiting) -> Response:
    """Side by side; where this person has to judge first, the answer and the points without any verdict."""
    return await at.page()
