"""A fake of the store of promised grades, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from grader.errors import AlreadyStored
from grader.fakes.audit import FakeReviewStore
from grader.fakes.referrals import FakeReferralStore
from grader.fakes.storage import FakeGradeStore
from grader.ports import Holding, PendingGrade, PendingState


@dataclass
class FakePendingGrades:
    """Keeps promised grades in memory; with a `failure` it raises that instead."""

    kept: dict[tuple[str, str], PendingGrade] = field(default_factory=dict)
    failure: Exception | None = None

    async def add(self, tenant: str, pending: PendingGrade) -> None:
        """Keep it; its id must be new."""
        self._fail()
        if any(pending.id == kept for _, kept in self.kept):
            raise AlreadyStored(f"grade {pending.id} is promised already")
        self.kept[tenant, pending.id] = pending

    async def find(self, tenant: str, grade_id: str) -> PendingGrade | None:
        """The tenant's promised grade with this id, or None."""
        self._fail()
        return self.kept.get((tenant, grade_id))

    async def claim(self, now: datetime, until: datetime) -> tuple[str, PendingGrade] | None:
        """Take the one that is due the longest."""
        self._fail()
        due = [key for key, one in self.kept.items() if one.state is not PendingState.FAILED and one.due_at <= now]
        if not due:
            return None
        tenant, grade_id = min(due, key=lambda key: (self.kept[key].due_at, key))
        tries = self.kept[tenant, grade_id].tries + 1
        self._change(tenant, grade_id, state=PendingState.RUNNING, due_at=until, tries=tries)
        return tenant, self.kept[tenant, grade_id]

    async def hold(self, tenant: str, grade_id: str, until: datetime) -> None:
        """Hold what was taken for longer."""
        self._change(tenant, grade_id, due_at=until)

    async def put_back(self, tenant: str, grade_id: str, due_at: datetime, reason: str) -> None:
        """Let it be taken again."""
        self._change(tenant, grade_id, state=PendingState.QUEUED, due_at=due_at, reason=reason)

    async def fail(self, tenant: str, grade_id: str, reason: str) -> None:
        """It will never come."""
        self._change(tenant, grade_id, state=PendingState.FAILED, request="", reason=reason)

    async def remove(self, tenant: str, grade_id: str) -> bool:
        """Forget it; whether it was there."""
        self._fail()
        return self.kept.pop((tenant, grade_id), None) is not None

    async def count(self) -> int:
        """How many wait or are being made."""
        self._fail()
        return sum(pending.state is not PendingState.FAILED for pending in self.kept.values())

    async def of(self, tenant: str, candidate_ref: str) -> tuple[PendingGrade, ...]:
        """What is promised to a candidate."""
        self._fail()
        theirs = [one for key, one in self.kept.items() if (key[0], one.candidate_ref) == (tenant, candidate_ref)]
        return tuple(sorted(theirs, key=lambda one: one.id))

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Forget what was promised to a candidate; the ids."""
        self._fail()
        theirs = [key for key, one in self.kept.items() if (key[0], one.candidate_ref) == (tenant, candidate_ref)]
        for key in theirs:
            del self.kept[key]
        return tuple(sorted(grade_id for _, grade_id in theirs))

    def _change(self, tenant: str, grade_id: str, **changes: Any) -> None:  # noqa: ANN401 - whatever the field holds
        self._fail()
        if (tenant, grade_id) in self.kept:
            self.kept[tenant, grade_id] = replace(self.kept[tenant, grade_id], **changes)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass(frozen=True)
class FakeHoldings:
    """Says how grades stand in fakes."""

    grades: FakeGradeStore
    pending: FakePendingGrades
    reviews: FakeReviewStore
    referrals: FakeReferralStore = field(default_factory=FakeReferralStore)

    async def find(self, tenant: str, grade_id: str) -> Holding:
        """The tenant's grade with this id, or the promise of it."""
        said = await self.reviews.overrides(tenant, grade_id) or await self.reviews.appeals(tenant, grade_id)
        discussed = said or await self.referrals.settled(tenant, [grade_id])
        grade = await self.grades.find(tenant, grade_id)
        pending = None if grade else await self.pending.find(tenant, grade_id)
        return Holding(grade, pending, discussed=bool(discussed))
