"""Fakes of what keeps, in memory, and ids that can be foretold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from grader.domain import Grade, Status
from grader.errors import AlreadyStored
from grader.fakes.audit import FakeReviewStore
from grader.fakes.referrals import FakeReferralStore
from grader.ports import (
    Completion,
    GradeFilter,
    Place,
    Subject,
)
from grader.review import once_seen


@dataclass
class FakeGradeStore:
    """Keeps grades in memory, by tenant and id; what people said of them stands in `reviews` and `referrals`."""

    grades: dict[tuple[str, str], Grade] = field(default_factory=dict)
    reviews: FakeReviewStore = field(default_factory=FakeReviewStore)
    referrals: FakeReferralStore = field(default_factory=FakeReferralStore)

    async def save(self, tenant: str, grade: Grade) -> None:
        """Keep a grade; its id must be new, whoever has it."""
        if any(grade.id == kept for _, kept in self.grades):
            raise AlreadyStored(f"grade {grade.id} is there already")
        self.grades[tenant, grade.id] = grade

    async def find(self, tenant: str, grade_id: str) -> Grade | None:
        """The tenant's grade with this id, or None."""
        return self.grades.get((tenant, grade_id))

    async def page(
        self, tenant: str, wanted: GradeFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Grade, ...]:
        """The tenant's newest grades that are wanted, from behind `after` on."""
        theirs = [grade for (owner, _), grade in self.grades.items() if owner == tenant and _is_wanted(grade, wanted)]
        if wanted.status is not None:
            theirs = [grade for grade in theirs if await self._counting(tenant, grade) is wanted.status]
        behind = [grade for grade in theirs if after is None or _place(grade) < (after.created_at, after.id)]
        return tuple(sorted(behind, key=_place, reverse=True)[:limit])

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Forget the candidate's grades; their ids."""
        theirs = [key for key, grade in self.grades.items() if (key[0], grade.candidate_ref) == (tenant, candidate_ref)]
        for key in theirs:
            del self.grades[key]
        return tuple(sorted(grade_id for _, grade_id in theirs))

    async def older(self, tenant: str, before: datetime, *, limit: int) -> tuple[Grade, ...]:
        """The tenant's oldest grades made before."""
        theirs = [grade for (owner, _), grade in self.grades.items() if owner == tenant and grade.created_at < before]
        return tuple(sorted(theirs, key=_place)[:limit])

    async def remove(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Forget these grades."""
        return sum(self.grades.pop((tenant, grade_id), None) is not None for grade_id in grade_ids)

    async def _counting(self, tenant: str, grade: Grade) -> Status:
        overruled = await self.reviews.outcomes(tenant, [grade.id])
        if overruled:
            return overruled[grade.id].status
        return once_seen(grade.status) if await self.referrals.settled(tenant, [grade.id]) else grade.status


def _is_wanted(grade: Grade, wanted: GradeFilter) -> bool:
    exact = (
        (wanted.question_id, grade.question_id),
        (wanted.candidate_ref, grade.candidate_ref),
    )
    return all(want in {None, has} for want, has in exact) and (
        wanted.since is None or grade.created_at >= wanted.since
    )


def _place(grade: Grade) -> tuple[object, str]:
    return grade.created_at, grade.id


@dataclass
class FakeResponseCache:
    """Keeps replies in memory, for ever; with a `failure` it raises that instead."""

    replies: dict[tuple[str, str], Completion] = field(default_factory=dict)
    subjects: set[tuple[Subject, str]] = field(default_factory=set)
    failure: Exception | None = None

    async def find(self, subject: Subject, key: str) -> Completion | None:
        """The tenant's reply under `key`, or None."""
        if self.failure is not None:
            raise self.failure
        found = self.replies.get((subject.tenant, key))
        if found is not None:
            self.subjects.add((subject, key))
        return found

    async def keep(self, subject: Subject, key: str, completion: Completion) -> Completion:
        """The first reply that was kept under `key`."""
        if self.failure is not None:
            raise self.failure
        self.subjects.add((subject, key))
        return self.replies.setdefault((subject.tenant, key), completion)

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Completion, ...]:
        """Every reply that a grade of this candidate rests on."""
        theirs = {key for subject, key in self.subjects if subject == Subject(tenant, candidate_ref)}
        return tuple(reply for (owner, key), reply in self.replies.items() if owner == tenant and key in theirs)

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Forget every reply that a grade of this candidate rests on; how many."""
        theirs = {key for subject, key in self.subjects if subject == Subject(tenant, candidate_ref)}
        return sum(self.replies.pop((tenant, key), None) is not None for key in theirs)


@dataclass
class FakeErasures:
    """Keeps marks in memory."""

    marks: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def note(self, tenant: str, candidate: str, at: datetime, *, forget_before: datetime) -> None:
        """Note one, and forget those before."""
        self.marks = {key: noted for key, noted in self.marks.items() if key[0] != tenant or noted >= forget_before}
        self.marks[tenant, candidate] = at

    async def last(self, tenant: str, candidate: str) -> datetime | None:
        """When it was, where it is still known."""
        return self.marks.get((tenant, candidate))


@asynccontextmanager
async def separately(tenant: str) -> AsyncIterator[None]:  # noqa: ARG001 - what a Together is called with
    """A Together that binds nothing: what the fakes keep is kept at once."""
    yield


def counting_ids(prefix: str = "grade") -> Callable[[], str]:
    """A source of ids `grade-1`, `grade-2`, ..."""
    count = iter(range(1, 1_000_000))
    return lambda: f"{prefix}-{next(count)}"
