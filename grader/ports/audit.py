"""The decision log, and what it speaks of besides grades: what each was made from, and what people said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from grader.audit import Anchor, Entry, Event
from grader.review import Appeal, Outcome, Override, SecondOpinion


class AuditLog(Protocol):
    """Keeps a chain of entries a tenant, to which only ever one more is added; StorageError where that cannot be."""

    async def append(self, tenant: str, event: Event) -> Entry:
        """Chain `event` behind what is there."""
        ...

    async def head(self, tenant: str) -> Anchor:
        """The last entry's number and hash; of an empty chain 0 and GENESIS."""
        ...

    async def page(self, tenant: str, *, after: int, limit: int) -> tuple[Entry, ...]:
        """At most `limit` entries with numbers above `after`, in order."""
        ...

    async def tenants(self) -> tuple[str, ...]:
        """Who has a chain, sorted."""
        ...


@dataclass(frozen=True)
class Basis:
    """What a grade was made from: the whole request as JSON, and the salt of what the log says about it."""

    grade_id: str
    candidate_ref: str | None
    kept_at: datetime
    request: str = field(repr=False)
    salt: bytes = field(repr=False)


class BasisStore(Protocol):
    """Keeps what grades were made from, by tenant; StorageError from every operation that cannot be done."""

    async def keep(self, tenant: str, basis: Basis) -> None:
        """Keep it; AlreadyStored if its grade has one."""
        ...

    async def find(self, tenant: str, grade_id: str) -> Basis | None:
        """What the tenant's grade was made from, or None."""
        ...

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete what these grades were made from, salts included; how many there were."""
        ...


class ReviewStore(Protocol):
    """Keeps what people said of grades, by tenant; StorageError from every operation that cannot be done."""

    async def overrides(self, tenant: str, grade_id: str) -> tuple[Override, ...]:
        """The grade's overrides, in order."""
        ...

    async def outcomes(self, tenant: str, grade_ids: Collection[str]) -> Mapping[str, Outcome]:
        """What these grades, at most some thousand, come to by their last overrides; those without one are left out."""
        ...

    async def overruled(self, tenant: str, batch_id: str) -> Mapping[str, Outcome]:
        """What the grades of a batch come to by their last overrides; those without one are left out."""
        ...

    async def override(self, tenant: str, override: Override) -> None:
        """Keep it; AlreadyStored if the grade has one of this number, because somebody was faster."""
        ...

    async def appeals(self, tenant: str, grade_id: str) -> tuple[Appeal, ...]:
        """The grade's appeals, in order."""
        ...

    async def appeal(self, tenant: str, appeal: Appeal) -> None:
        """Keep it; AlreadyStored if the grade has one of this number."""
        ...

    async def decide(self, tenant: str, appeal: Appeal) -> bool:
        """Keep what became of an open appeal; False where it was not open any more."""
        ...

    async def opine(self, tenant: str, opinion: SecondOpinion) -> None:
        """Keep it; AlreadyStored if this person has given one on the grade."""
        ...

    async def opinions(self, tenant: str, grade_id: str) -> tuple[SecondOpinion, ...]:
        """The second opinions on the grade, the oldest first."""
        ...

    async def latest_opinions(
        self, tenant: str, *, limit: int, question_id: str | None = None
    ) -> tuple[SecondOpinion, ...]:
        """At most `limit` second opinions on any grade, the newest first."""
        ...

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete what was said of these grades; how many overrides, appeals and opinions there were."""
        ...
