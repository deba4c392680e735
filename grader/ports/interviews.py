"""Interviews that were handed in, in all their versions, and what they came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class InterviewState(StrEnum):
    """How far a version of an interview is; the first two go on by themselves, the others are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    NEEDS_ROLES = "needs_roles"
    GRADED = "graded"
    FAILED = "failed"


@dataclass(frozen=True)
class KeptInterview:
    """One version: what is wanted (`commission`) and what it came to (`report`, empty until then), both as JSON.

    `due_at` is when somebody may take it up, `tries` how often that happened; `reason` says why it waits or failed.
    """

    id: str
    version: int
    state: InterviewState
    created_at: datetime
    due_at: datetime
    commission: str
    candidate_refs: tuple[str, ...] = ()
    report: str = ""
    tries: int = 0
    reason: str = ""
    made_by: str | None = None


class InterviewStore(Protocol):
    """Keeps interviews; a version that has come to an end never changes."""

    async def add(self, tenant: str, interview: KeptInterview) -> None:
        """Keep a version; AlreadyStored if there is one of this number, whosever it is."""
        ...

    async def find(self, tenant: str, interview_id: str, version: int | None = None) -> KeptInterview | None:
        """The tenant's interview in this version (None: the newest), or None."""
        ...

    async def claim(self, now: datetime, until: datetime) -> tuple[str, KeptInterview] | None:
        """Take the unfinished version that is due the longest, of any tenant, until then; None where none is due."""
        ...

    async def hold(self, tenant: str, interview: KeptInterview, until: datetime) -> None:
        """Hold what was taken for longer."""
        ...

    async def put_back(self, tenant: str, interview: KeptInterview, due_at: datetime, reason: str) -> None:
        """Let it be taken again, not before `due_at`."""
        ...

    async def settle(self, tenant: str, interview: KeptInterview, state: InterviewState, report: str) -> bool:
        """Keep what it came to; False where it is gone, or has come to an end already."""
        ...

    async def of(self, tenant: str, candidate_ref: str) -> tuple[KeptInterview, ...]:
        """Every version of every interview with this candidate, the oldest first."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete every interview with this candidate, whole; the ids they had, sorted."""
        ...

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete every interview handed in before; the ids they had, sorted."""
        ...
