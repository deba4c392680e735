"""People decide: overrides and appeals, each kept with its entry in the decision log, and told who wants to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from grader.access import Principal
from grader.audit import Action, Event, commitment
from grader.domain import Evidence, Grade, Label
from grader.errors import AlreadyStored, GraderError
from grader.keeping import NOBODY, by, request_of
from grader.outcome import outcome, overruled
from grader.ports import AuditLog, Basis, BasisStore, ReferralStore, ReviewStore, Together
from grader.referral import Reason, Referral
from grader.review import (
    Appeal,
    AppealReason,
    AppealState,
    ListedGrade,
    Outcome,
    Override,
    OverrideReason,
    Review,
    ReviewedGrade,
)
from grader.text.canonical import canonicalise
from grader.webhooks import Publisher, grade_reviewed
from rubrics.model import Span

TRIES: Final = 3
"""For the next number of an appeal: only others' appeals against the same grade in the same moment cost one."""

PRACTISING: Final = "practice:"
"""How the candidate_ref of somebody who practises begins: they flag what others appeal against."""


class UnknownKeyPoint(GraderError):
    """The grade has no key point of this id."""


class EvidenceElsewhere(GraderError):
    """The evidence is not in the answer, or the answer is no longer kept."""


class UnknownAppeal(GraderError):
    """There is no appeal of this number against the grade."""


class AppealClosed(GraderError):
    """The appeal is decided already, and otherwise."""


@dataclass(frozen=True)
class Verdict:
    """What a person says of one key point, and why; `evidence` are ranges of the canonical answer."""

    key_point_id: str
    label: Label
    reason: OverrideReason
    note: str
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Objection:
    """What somebody says is wrong with the verdict on one key point."""

    key_point_id: str
    reason: AppealReason
    text: str


@dataclass(frozen=True)
class Answered:
    """What becomes of appeal `number` without a change of the verdict, and what is said about it."""

    number: int
    state: AppealState
    text: str


@dataclass(frozen=True)
class Reviewer:
    """Keeps what people say of grades."""

    bases: BasisStore
    reviews: ReviewStore
    audit: AuditLog
    together: Together
    publisher: Publisher
    referrals: ReferralStore
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def review(self, tenant: str, grade: Grade) -> Review:
        """What was said of the grade, and what it comes to."""
        overrides = await self.reviews.overrides(tenant, grade.id)
        appeals = await self.reviews.appeals(tenant, grade.id)
        referral = await self.referrals.find(tenant, grade.id)
        settled = referral is not None and not referral.is_open
        return Review(
            grade_id=grade.id,
            overrides=overrides,
            appeals=appeals,
            settled_at=referral.settled_at if referral else None,
            settled_by=referral.settled_by if referral else None,
            outcome=outcome(grade, overrides, is_settled=settled),
        )

    async def reviewed(self, tenant: str, grade: Grade) -> ReviewedGrade:
        """The grade with what was said of it."""
        return ReviewedGrade.of(grade, await self.review(tenant, grade))

    async def listed(self, tenant: str, grades: Sequence[Grade]) -> list[ListedGrade]:
        """The grades with what counts of each where people have spoken; what they said is read once for all."""
        ids = [grade.id for grade in grades]
        overruled_to = await self.reviews.outcomes(tenant, ids)
        settled = await self.referrals.settled(tenant, ids)
        return [
            ListedGrade.of(grade, overruled_to.get(grade.id) or _as_seen(grade, is_settled=grade.id in settled))
            for grade in grades
        ]

    async def override(self, who: Principal, grade: Grade, verdict: Verdict, override_id: str) -> Review:
        """Put a person's verdict in the machine's place; open appeals against the point are thereby decided.

        UnknownKeyPoint, EvidenceElsewhere, NotRecomputable; AlreadyStored where somebody else overrode just now.
        """
        machine = _verdict_of(grade, verdict.key_point_id)
        basis = await self.bases.find(who.tenant, grade.id)
        before = await self.review(who.tenant, grade)
        made = Override(
            id=override_id,
            grade_id=grade.id,
            number=len(before.overrides) + 1,
            key_point_id=verdict.key_point_id,
            verdict=verdict.label,
            reason_code=verdict.reason,
            note=verdict.note,
            evidence=_evidence(basis, verdict.evidence),
            outcome=overruled(grade, before.overrides, {verdict.key_point_id: verdict.label}),
            made_by=by(who),
            made_at=self.now(),
        )
        async with self.together(who.tenant):
            await self.reviews.override(who.tenant, made)
            for appeal in before.appeals:
                if appeal.key_point_id == made.key_point_id and appeal.state is AppealState.OPEN:
                    await self.reviews.decide(who.tenant, _settled_by(made, appeal))
            await self.audit.append(who.tenant, _overridden(who, made, machine, basis))
            await self.publisher.publish(who.tenant, grade_reviewed(grade, made, made.outcome, made.made_at))
        return await self.review(who.tenant, grade)

    async def appeal(self, who: Principal, grade: Grade, objection: Objection, appeal_id: str) -> Review:
        """Object to the verdict on one key point; UnknownKeyPoint, AlreadyStored as for an override.

        Of several who object at once each gets a number of their own.
        """
        _verdict_of(grade, objection.key_point_id)
        for _ in range(TRIES - 1):
            with suppress(AlreadyStored):
                return await self._appeal(who, grade, objection, appeal_id)
        return await self._appeal(who, grade, objection, appeal_id)

    async def _appeal(self, who: Principal, grade: Grade, objection: Objection, appeal_id: str) -> Review:
        made = Appeal(
            id=appeal_id,
            grade_id=grade.id,
            number=len(await self.reviews.appeals(who.tenant, grade.id)) + 1,
            key_point_id=objection.key_point_id,
            reason=objection.reason,
            text=objection.text,
            made_by=by(who),
            made_at=self.now(),
        )
        basis = await self.bases.find(who.tenant, grade.id)
        facts = {"key_point": made.key_point_id, "reason": made.reason.value, **_committed(basis, text=made.text)}
        async with self.together(who.tenant):
            await self.reviews.appeal(who.tenant, made)
            reason = Reason.FLAGGED if (grade.candidate_ref or "").startswith(PRACTISING) else Reason.APPEAL
            referral = Referral(grade.id, grade.question_id, (reason,), made.made_at)
            await self.referrals.refer(who.tenant, referral)
            await self.audit.append(who.tenant, Event(who.key_id or NOBODY, Action.APPEALED, grade.id, facts))
        return await self.review(who.tenant, grade)

    async def answer(self, who: Principal, grade: Grade, answered: Answered) -> Review:
        """Answer an open appeal without changing the verdict; AppealClosed, but not for the same answer once more."""
        appeals = {appeal.number: appeal for appeal in await self.reviews.appeals(who.tenant, grade.id)}
        appeal = appeals.get(answered.number)
        if appeal is None:
            raise UnknownAppeal(f"there is no appeal {answered.number} against this grade")
        if (appeal.state, appeal.answer) != (answered.state, answered.text):
            await self._close(who, grade, appeal, answered)
        return await self.review(who.tenant, grade)

    async def _close(self, who: Principal, grade: Grade, appeal: Appeal, answered: Answered) -> None:
        basis = await self.bases.find(who.tenant, appeal.grade_id)
        now = self.now()
        done = {"state": answered.state, "answer": answered.text, "decided_by": by(who), "decided_at": now}
        closed = appeal.model_copy(update=done)
        facts = {
            "appeal": str(appeal.number),
            "key_point": appeal.key_point_id,
            "state": answered.state.value,
            **_committed(basis, answer=answered.text),
        }
        event = Event(who.key_id or NOBODY, Action.APPEAL_DECIDED, appeal.grade_id, facts)
        async with self.together(who.tenant):
            if not await self.reviews.decide(who.tenant, closed):
                raise AppealClosed(f"appeal {appeal.number} is decided already")
            await self.audit.append(who.tenant, event)
            come_to = outcome(grade, await self.reviews.overrides(who.tenant, grade.id))
            await self.publisher.publish(who.tenant, grade_reviewed(grade, closed, come_to, now))


def _as_seen(grade: Grade, *, is_settled: bool) -> Outcome | None:
    """What a grade without overrides came to, if a person has looked at it."""
    return outcome(grade, is_settled=True) if is_settled else None


def _verdict_of(grade: Grade, key_point_id: str) -> Label:
    found = next((point.verdict for point in grade.points if point.key_point_id == key_point_id), None)
    if found is None:
        raise UnknownKeyPoint("the grade has no such key point")
    return found


def _evidence(basis: Basis | None, spans: tuple[Span, ...]) -> tuple[Evidence, ...]:
    """The words at these places of the answer, as code reads them."""
    if not spans:
        return ()
    if basis is None:
        raise EvidenceElsewhere("the answer is no longer kept, so no words of it can be shown")
    text = canonicalise(request_of(basis).answer).text
    if any(span.end > len(text) for span in spans):
        raise EvidenceElsewhere(f"the answer has {len(text)} characters")
    return tuple(Evidence(start=span.start, end=span.end, text=span.of(text)) for span in spans)


def _overridden(who: Principal, made: Override, machine: Label, basis: Basis | None) -> Event:
    """The log's word on an override."""
    score = made.outcome.score
    facts = {
        "key_point": made.key_point_id,
        "machine": machine.value,
        "verdict": made.verdict.value,
        "reason": made.reason_code.value,
        "score": "null" if score is None else str(score),
    }
    return Event(who.key_id or NOBODY, Action.OVERRIDDEN, made.grade_id, {**facts, **_committed(basis, note=made.note)})


def _settled_by(override: Override, appeal: Appeal) -> Appeal:
    """An appeal that got what it asked for, or at least another verdict."""
    done = {"answer": override.note, "decided_by": override.made_by, "decided_at": override.made_at}
    return appeal.model_copy(update={**done, "state": AppealState.CHANGED})


def _committed(basis: Basis | None, **written: str) -> dict[str, str]:
    """What the log says of words somebody wrote; nothing where the salt for it is gone."""
    return {} if basis is None else {name: commitment(basis.salt, words) for name, words in written.items()}
