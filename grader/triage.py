"""What people are to look at: the queue, a second opinion that nothing swayed, and the end of looking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from grader.access import Principal
from grader.audit import Action, Event
from grader.domain import Grade, Label
from grader.errors import AlreadyStored, GraderError
from grader.keeping import NOBODY, by
from grader.outcome import outcome, policy_of, yardstick
from grader.ports import (
    AuditLog,
    GradeStore,
    Place,
    ReferralFilter,
    ReferralStore,
    Reservation,
    ReservationStore,
    ReviewStore,
    Together,
)
from grader.referral import BLIND, Reason, Referral
from grader.review import Appeal, AppealState, PointOpinion, SecondOpinion
from grader.scoring import score_labels

RESERVED_FOR: Final = timedelta(minutes=10)
"""How long a grade is a person's who opened it or did something to it: long enough to read, short enough to leave."""


class AppealsOpen(GraderError):
    """Somebody objected to a verdict and has not been answered."""


class NotAsked(GraderError):
    """An opinion leaves out a point that is to be judged, or names one that the grade does not have."""


@dataclass(frozen=True)
class Waiting:
    """A referral with the grade it is about."""

    referral: Referral
    grade: Grade


@dataclass(frozen=True)
class Triage:
    """The queue of a tenant's referrals, and what ends them."""

    grades: GradeStore
    reviews: ReviewStore
    referrals: ReferralStore
    reservations: ReservationStore
    audit: AuditLog
    together: Together
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def queue(
        self, tenant: str, wanted: ReferralFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Waiting, ...]:
        """At most `limit` of the wanted, those that wait the longest first."""
        page = await self.referrals.page(tenant, wanted, limit=limit, after=after)
        found = [(referral, await self.grades.find(tenant, referral.grade_id)) for referral in page]
        return tuple(Waiting(referral, grade) for referral, grade in found if grade is not None)

    async def following(self, who: Principal, wanted: ReferralFilter, last: Referral | None) -> Referral | None:
        """The open one to look at after `last`, from the front again behind the end; None where there is none.

        It is reserved for this person, who lets go of `last`; what others have reserved is passed over, and what only
        others may decide.
        """
        passed = {each.grade_id for each in await self.reserved(who)}
        if last is not None:
            await self.reservations.release(who.tenant, last.grade_id, by(who))
            passed.add(last.grade_id)
        while found := await self._first(who.tenant, replace(wanted, is_open=True, without=frozenset(passed)), last):
            if not await self.is_for_others(who, found.grade_id) and await self.reserve(who, found) is None:
                return found
            passed.add(found.grade_id)  # in the second case another was faster
        return None

    async def reserve(self, who: Principal, referral: Referral) -> Reservation | None:
        """From now on this person looks at it, for `RESERVED_FOR`; the reservation of another who came before."""
        wanted = Reservation(referral.grade_id, by(who), self.now() + RESERVED_FOR)
        found = await self.reservations.reserve(who.tenant, wanted, self.now())
        return None if found.by == wanted.by else found

    async def reserved(self, who: Principal) -> tuple[Reservation, ...]:
        """What others are looking at."""
        found = await self.reservations.current(who.tenant, self.now())
        return tuple(each for each in found if each.by != by(who))

    async def to_judge_blind(self, who: Principal, grade: Grade) -> tuple[str, ...]:
        """The points that this person has to judge before the machine's verdicts may be seen; mostly none."""
        referral = await self.referrals.find(who.tenant, grade.id)
        if referral is None or not referral.is_open or not BLIND.intersection(referral.reasons):
            return ()
        if any(each.made_by == by(who) for each in await self.reviews.opinions(who.tenant, grade.id)):
            return ()
        if Reason.SAMPLE in referral.reasons:
            return tuple(point.key_point_id for point in grade.points)
        disputed = {each.key_point_id for each in await self._open_appeals(who.tenant, grade.id)}
        fresh = disputed - await self.judged_before(who, grade.id)
        return tuple(point.key_point_id for point in grade.points if point.key_point_id in fresh)

    async def judged_before(self, who: Principal, grade_id: str) -> frozenset[str]:
        """The points that somebody objects to after this person had judged them: others answer there, with fresh eyes.

        Who needs no key is alone, and answers all.
        """
        if who.key_id is None:
            return frozenset()
        overrides = await self.reviews.overrides(who.tenant, grade_id)
        opinions = await self.reviews.opinions(who.tenant, grade_id)
        said = [(each.key_point_id, each.made_at) for each in overrides if each.made_by == by(who)]
        said += [(of.key_point_id, each.made_at) for each in opinions if each.made_by == by(who) for of in each.points]
        return frozenset(
            appeal.key_point_id
            for appeal in await self._open_appeals(who.tenant, grade_id)
            if any(point == appeal.key_point_id and at < appeal.made_at for point, at in said)
        )

    async def is_for_others(self, who: Principal, grade_id: str) -> bool:
        """Whether all that waits there is objections to what this person said."""
        disputed = {each.key_point_id for each in await self._open_appeals(who.tenant, grade_id)}
        return bool(disputed) and disputed <= await self.judged_before(who, grade_id)

    async def opine(self, who: Principal, grade: Grade, labels: Mapping[str, Label], *, blind: bool) -> SecondOpinion:
        """Keep a person's own verdicts; NotAsked, AlreadyStored where this person has given theirs."""
        wanted = set(await self.to_judge_blind(who, grade)) if blind else set(labels)
        known = {point.key_point_id for point in grade.points}
        if not labels or not wanted <= labels.keys() <= known:
            raise NotAsked("give a verdict on every point that is asked for")
        opinion = await self._opinion(who, grade, labels, blind=blind)
        agreed = sum(each.verdict is each.machine for each in opinion.points)
        facts = {"blind": str(blind).lower(), "points": str(len(opinion.points)), "agreed": str(agreed)}
        async with self.together(who.tenant):
            await self.reviews.opine(who.tenant, opinion)
            await self.audit.append(who.tenant, Event(who.key_id or NOBODY, Action.OPINION_GIVEN, grade.id, facts))
        return opinion

    async def settle(self, who: Principal, grade: Grade) -> bool:
        """A person has looked and is content with what stands now; False where it was not waiting. AppealsOpen.

        Who was not asked to judge blind has with that given an opinion, too: the verdicts that stand.
        """
        if await self._open_appeals(who.tenant, grade.id):
            raise AppealsOpen("answer the objections first")
        come_to = outcome(grade, await self.reviews.overrides(who.tenant, grade.id))
        with suppress(AlreadyStored):
            await self.opine(who, grade, come_to.verdicts, blind=False)
        async with self.together(who.tenant):
            settled = await self.referrals.settle(who.tenant, grade.id, by(who), self.now())
            if settled:
                facts = {"status": come_to.status.value}
                await self.audit.append(who.tenant, Event(who.key_id or NOBODY, Action.REVIEWED, grade.id, facts))
            await self.reservations.release(who.tenant, grade.id, by(who))
        return settled

    async def _first(self, tenant: str, wanted: ReferralFilter, last: Referral | None) -> Referral | None:
        """The first of the wanted behind `last`, or else of all."""
        behind = last and await self.referrals.page(tenant, wanted, limit=1, after=Place(last.since, last.grade_id))
        found = behind or await self.referrals.page(tenant, wanted, limit=1)
        return found[0] if found else None

    async def _open_appeals(self, tenant: str, grade_id: str) -> tuple[Appeal, ...]:
        appeals = await self.reviews.appeals(tenant, grade_id)
        return tuple(each for each in appeals if each.state is AppealState.OPEN)

    async def _opinion(
        self, who: Principal, grade: Grade, labels: Mapping[str, Label], *, blind: bool
    ) -> SecondOpinion:
        referral = await self.referrals.find(who.tenant, grade.id)
        points = tuple(
            PointOpinion(
                key_point_id=point.key_point_id,
                verdict=labels[point.key_point_id],
                machine=point.verdict,
                judged_by=point.judged_by,
            )
            for point in grade.points
            if point.key_point_id in labels
        )
        whole = len(points) == len(grade.points)
        score = score_labels(yardstick(grade), dict(labels), policy_of(grade)).value if whole else None
        return SecondOpinion(
            grade_id=grade.id,
            question_id=grade.question_id,
            rubric_hash=grade.rubric_hash,
            judge=grade.provenance.judge.get("name", ""),
            points=points,
            score=score,
            machine_score=grade.score,
            blind=blind,
            drawn=referral is not None and Reason.SAMPLE in referral.reasons,
            made_by=by(who),
            made_at=self.now(),
        )
