"""What outlives the process: grades, and replies that need not be asked for again.

Everything kept belongs to a tenant, and no operation sees another tenant's: what is somebody else's is as if not there.
Every operation may raise a StorageError; see `grader.errors` for its kinds.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from grader.domain import Grade, Status
from grader.ports.chat import Completion


@dataclass(frozen=True)
class Subject:
    """On whose behalf something is kept, and about which candidate, where that is known."""

    tenant: str
    candidate_ref: str | None = None


@dataclass(frozen=True)
class GradeFilter:
    """Which grades are wanted; None wants all. `since` is the earliest `created_at`, with its time zone.

    `status` is the one that counts: a person's where one has decided or was content with what stands.
    """

    question_id: str | None = None
    status: Status | None = None
    candidate_ref: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where a page ended: its last grade's `created_at` and id."""

    created_at: datetime
    id: str


class GradeStore(Protocol):
    """Keeps grades; a stored grade never changes, grading again makes a new one that names the old in `regrade_of`."""

    async def save(self, tenant: str, grade: Grade) -> None:
        """Keep `grade`; when this returns it survives a crash. AlreadyStored if its id is not new."""
        ...

    async def find(self, tenant: str, grade_id: str) -> Grade | None:
        """The tenant's grade with this id, or None."""
        ...

    async def page(
        self, tenant: str, wanted: GradeFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Grade, ...]:
        """At most `limit` of the wanted grades, the newest first, from behind `after` on."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete every grade of this candidate; the ids they had, sorted."""
        ...

    async def older(self, tenant: str, before: datetime, *, limit: int) -> tuple[Grade, ...]:
        """At most `limit` grades made before, the oldest first."""
        ...

    async def remove(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete these grades; how many there were."""
        ...


class ResponseCache(Protocol):
    """Keeps replies of chat models under the hash of everything they depend on, for a while."""

    async def find(self, subject: Subject, key: str) -> Completion | None:
        """The tenant's reply under `key`, or None where there is none or it has expired.

        From now on it also counts as one that a grade of the subject's candidate rests on.
        """
        ...

    async def keep(self, subject: Subject, key: str, completion: Completion) -> Completion:
        """Keep a reply and return the one that is kept: of two for one key the first stays."""
        ...

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Completion, ...]:
        """Every reply that a grade of this candidate rests on, the oldest first."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Delete every reply that a grade of this candidate rests on; how many there were."""
        ...


class Erasures(Protocol):
    """Keeps, by tenant, a mark of whom was erased and when; StorageError from every operation that cannot be done."""

    async def note(self, tenant: str, candidate: str, at: datetime, *, forget_before: datetime) -> None:
        """Note an erasure, in place of an earlier one of the same mark, and forget those before a moment."""
        ...

    async def last(self, tenant: str, candidate: str) -> datetime | None:
        """When the one with this mark was erased, or None."""
        ...


class Together(Protocol):
    """Binds several operations into one."""

    def __call__(self, tenant: str) -> AbstractAsyncContextManager[None]:
        """What is kept inside, in whichever store, is kept together when it is left, or not at all.

        For one task and one tenant; do nothing slow inside: the tenant's others wait, in whichever process, so that
        one sees all that those before it kept. What fails inside undoes all of it; where that should not be, put it
        into another one inside, which is undone by itself.
        """
        ...
