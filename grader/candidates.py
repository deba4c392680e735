"""All that is held about one candidate: to hand it out, to erase it, and to let it expire.

What remains of an erased candidate are entries of the decision log, which say when how many grades were made,
overridden and erased. Their commitments can no longer be tried out against anything: the salts went with the grades.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from grader.access import Principal
from grader.audit import Action, Anchor, Event
from grader.domain import Grade
from grader.erased import Erased
from grader.held import (
    Erasure,
    Export,
    Held,
    HeldRow,
    Ordered,
    grade_of,
    held_row,
    interviewed,
    promised_grade,
)
from grader.keeping import NOBODY, request_of
from grader.ports import (
    AttemptStore,
    AuditLog,
    BasisStore,
    BatchSubjects,
    BulkJobStore,
    GradeFilter,
    GradeStore,
    IdempotencyStore,
    InterviewStore,
    OrderStore,
    Outbox,
    PendingGrades,
    Place,
    ReferralStore,
    ResponseCache,
    ReviewStore,
    StudyStore,
    Together,
)

PAGE: Final = 100
"""Grades read at a time."""


@dataclass(frozen=True)
class Candidates:
    """What is held about candidates, wherever it is held."""

    grades: GradeStore
    bases: BasisStore
    reviews: ReviewStore
    pending: PendingGrades
    responses: ResponseCache
    idempotency: IdempotencyStore
    outbox: Outbox
    audit: AuditLog
    together: Together
    erased: Erased
    attempts: AttemptStore
    studies: StudyStore
    batches: BatchSubjects
    bulk_jobs: BulkJobStore
    orders: OrderStore
    interviews: InterviewStore
    referrals: ReferralStore
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def export(self, who: Principal, candidate_ref: str) -> Export:
        """Everything held; that it was read is logged."""
        held = [await self._held(who.tenant, grade) for grade in await self._grades(who.tenant, candidate_ref)]
        pending = await self.pending.of(who.tenant, candidate_ref)
        replies = await self.responses.of(who.tenant, candidate_ref)
        attempts = await self.attempts.of(who.tenant, candidate_ref)
        facts = {"grades": str(len(held)), "promised": str(len(pending)), "replies": str(len(replies))}
        await self.audit.append(who.tenant, Event(_by(who), Action.EXPORTED, _receipt(), facts))
        return Export(
            candidate_ref=candidate_ref,
            exported_at=self.now(),
            grades=tuple(held),
            promised=tuple(promised_grade(each) for each in pending),
            replies=tuple(reply.text for reply in replies),
            attempts=attempts,
            reveals=await self.attempts.reveals(who.tenant, [attempt.id for attempt in attempts]),
            studies=await self.studies.of(who.tenant, candidate_ref),
            rows=await self._held_rows(who.tenant, candidate_ref),
            orders=await self._ordered(who.tenant, candidate_ref),
            interviews=tuple(map(interviewed, await self.interviews.of(who.tenant, candidate_ref))),
        )

    async def erase(self, who: Principal, candidate_ref: str) -> Erasure:
        """Delete everything, in one transaction; of somebody nothing is known of, too: that is logged as well."""
        tenant = who.tenant
        async with self.together(tenant):
            in_batches = await self._in_batches(tenant, candidate_ref)
            said = await self._said(tenant, (*await self._grades(tenant, candidate_ref), *in_batches))
            await self.erased.note(tenant, candidate_ref, self.now())
            grades = await self.grades.erase(tenant, candidate_ref)
            promised = await self.pending.erase(tenant, candidate_ref)
            replies = await self.responses.erase(tenant, candidate_ref)
            orders = await self.orders.erase(tenant, candidate_ref)
            interviews = await self.interviews.erase(tenant, candidate_ref)
            ids = (*grades, *(grade.id for grade in in_batches))
            await self._forget(tenant, ids, (*promised, *said, *orders, *interviews))
            counts = {
                "grades": len(grades),
                "promised": len(promised),
                "replies": replies,
                "statements": len(said),
                "attempts": await self.attempts.erase(tenant, candidate_ref),
                "studies": await self.studies.erase(tenant, candidate_ref),
                "rows": await self.batches.erase(tenant, candidate_ref, self.now()),
                "bulk_requests": await self.bulk_jobs.erase(tenant, candidate_ref),
                "orders": len(orders),
                "interviews": len(interviews),
            }
            entry = await self.audit.append(tenant, _erased(_by(who), Action.ERASED, grades, counts))
        receipt = str(entry.read()["subject"])
        return Erasure(receipt=receipt, entry=str(Anchor(entry.number, entry.hash)), **counts)

    async def expire(self, tenant: str, before: datetime, *, limit: int = PAGE) -> int:
        """Delete at most `limit` of the grades made before, with all that rests on them; how many there were.

        What is left of practising, of orders, interviews and batches that ended before goes too, however much.
        """
        await self._expire_batches(tenant, before)  # by itself: it may be a million rows
        async with self.together(tenant):
            await self.attempts.expire(tenant, before)
            await self.studies.expire(tenant, before)
            await self._forget(tenant, (), await self.orders.expire(tenant, before))
            await self._forget(tenant, (), await self.interviews.expire(tenant, before))
            old = await self.grades.older(tenant, before, limit=limit)
            if old:
                said = await self._said(tenant, old)
                ids = tuple(grade.id for grade in old)
                await self.grades.remove(tenant, ids)
                await self._forget(tenant, ids, said)
                counts = {"grades": len(ids), "statements": len(said)}
                await self.audit.append(tenant, _erased("retention", Action.EXPIRED, ids, counts))
        return len(old)

    async def _expire_batches(self, tenant: str, before: datetime) -> None:
        batches = await self.batches.expire(tenant, before)
        if batches:
            counts = {"batches": len(batches)}
            await self.audit.append(tenant, _erased("retention", Action.EXPIRED, batches, counts))

    async def _grades(self, tenant: str, candidate_ref: str) -> tuple[Grade, ...]:
        found: list[Grade] = []
        wanted, after = GradeFilter(candidate_ref=candidate_ref), None
        while page := await self.grades.page(tenant, wanted, limit=PAGE, after=after):
            found += page
            after = Place(page[-1].created_at, page[-1].id)
        return tuple(found)

    async def _ordered(self, tenant: str, candidate_ref: str) -> tuple[Ordered, ...]:
        orders = await self.orders.of(tenant, candidate_ref)
        return tuple([Ordered(order=each, answers=await self.orders.answers(tenant, each.id)) for each in orders])

    async def _in_batches(self, tenant: str, candidate_ref: str) -> tuple[Grade, ...]:
        """The candidate's grades among those of batches."""
        rows = await self.batches.of(tenant, candidate_ref)
        return tuple(grade for grade in map(grade_of, rows) if grade is not None)

    async def _held_rows(self, tenant: str, candidate_ref: str) -> tuple[HeldRow, ...]:
        rows = [(row, grade_of(row)) for row in await self.batches.of(tenant, candidate_ref)]
        held = [None if grade is None else await self._held(tenant, grade) for _, grade in rows]
        return tuple(held_row(row, each) for (row, _), each in zip(rows, held, strict=True))

    async def _held(self, tenant: str, grade: Grade) -> Held:
        basis = await self.bases.find(tenant, grade.id)
        return Held(
            grade=grade,
            answer=None if basis is None else request_of(basis).answer,
            overrides=await self.reviews.overrides(tenant, grade.id),
            appeals=await self.reviews.appeals(tenant, grade.id),
            opinions=await self.reviews.opinions(tenant, grade.id),
        )

    async def _said(self, tenant: str, grades: tuple[Grade, ...]) -> tuple[str, ...]:
        """The ids of the overrides and appeals of these grades."""
        found: list[Any] = []
        for grade in grades:
            found += await self.reviews.overrides(tenant, grade.id)
            found += await self.reviews.appeals(tenant, grade.id)
        return tuple(item.id for item in found)

    async def _forget(self, tenant: str, grades: tuple[str, ...], others: tuple[str, ...]) -> None:
        """Delete what rests on these grades, and the kept answers to the requests that made them and the others."""
        await self.bases.erase(tenant, grades)
        await self.reviews.erase(tenant, grades)
        await self.referrals.erase(tenant, grades)
        await self.outbox.forget(tenant, about=(*grades, *others))
        await self.idempotency.forget(tenant, (*grades, *others))


def _erased(by: str, action: Action, grades: tuple[str, ...], counts: dict[str, int]) -> Event:
    facts = {name: str(count) for name, count in counts.items()} | {"ids": " ".join(grades)}
    return Event(by, action, _receipt(), facts)


def _by(who: Principal) -> str:
    return who.key_id or NOBODY


def _receipt() -> str:
    return str(uuid.uuid4())
