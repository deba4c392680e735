"""Answers that were accepted and whose grade is still to be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from grader.domain import Grade


class PendingState(StrEnum):
    """How far a promised grade is: nobody is at it, somebody is, or it will never come."""

    QUEUED = "queued"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True)
class PendingGrade:
    """A promised grade, by the id it will have; it is gone from here as soon as there is the grade.

    `request` is what to grade, as JSON, and empty once it has failed for good. Nobody may take it before `due_at`;
    whoever takes it moves that on, and so holds it until then. `tries` counts how often it was taken. `made_by` is
    the id of the key it was asked for with, None on this machine itself; `reason` says in a word why it failed.
    """

    id: str
    question_id: str
    rubric_hash: str
    candidate_ref: str | None
    accepted_at: datetime
    due_at: datetime
    request: str
    made_by: str | None = None
    state: PendingState = PendingState.QUEUED
    tries: int = 0
    reason: str = ""


class PendingGrades(Protocol):
    """Keeps promised grades, by tenant; StorageError from every operation that cannot be done."""

    async def add(self, tenant: str, pending: PendingGrade) -> None:
        """Keep it; when this returns it survives a crash. AlreadyStored if its id is not new."""
        ...

    async def find(self, tenant: str, grade_id: str) -> PendingGrade | None:
        """The tenant's promised grade with this id, or None."""
        ...

    async def claim(self, now: datetime, until: datetime) -> tuple[str, PendingGrade] | None:
        """Take the one that is due the longest, of any tenant, and hold it `until` then; None where none is due.

        It is counted as one more try. Of several that claim at once each gets another.
        """
        ...

    async def hold(self, tenant: str, grade_id: str, until: datetime) -> None:
        """Hold what was taken for longer."""
        ...

    async def put_back(self, tenant: str, grade_id: str, due_at: datetime, reason: str) -> None:
        """Let it be taken again, not before `due_at`."""
        ...

    async def fail(self, tenant: str, grade_id: str, reason: str) -> None:
        """It will never come: forget what was to be graded, and keep the reason."""
        ...

    async def remove(self, tenant: str, grade_id: str) -> bool:
        """Forget it, and say whether it was still there: if not, somebody else made the grade, or it was erased."""
        ...

    async def count(self) -> int:
        """How many wait or are being made, of all tenants."""
        ...

    async def of(self, tenant: str, candidate_ref: str) -> tuple[PendingGrade, ...]:
        """What is promised to this candidate, by id."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete everything promised to this candidate; the ids, sorted."""
        ...


@dataclass(frozen=True)
class Holding:
    """How a grade stands: kept, promised, or neither; `discussed` says whether a person has said anything of it."""

    grade: Grade | None = None
    pending: PendingGrade | None = None
    discussed: bool = False


class Holdings(Protocol):
    """Says in one look how a grade stands."""

    async def find(self, tenant: str, grade_id: str) -> Holding:
        """The tenant's grade with this id, or the promise of it; StorageError."""
        ...
