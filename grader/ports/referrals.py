"""Keeping what people are to look at; StorageError from every operation that cannot be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from grader.ports.storage import Place
from grader.referral import Reason, Referral


@dataclass(frozen=True)
class ReferralFilter:
    """Which referrals are wanted; None wants all of that kind.

    `batch_id` wants those of grades made in a batch, `without` those of other grades than these.
    """

    is_open: bool = True
    reason: Reason | None = None
    question_id: str | None = None
    batch_id: str | None = None
    without: frozenset[str] = frozenset()


class ReferralStore(Protocol):
    """Keeps one referral a grade, by tenant."""

    async def refer(self, tenant: str, referral: Referral) -> None:
        """Keep it; reasons join those of an open one, and one that is settled begins anew."""
        ...

    async def add(self, tenant: str, referrals: Sequence[Referral]) -> None:
        """Keep those of grades that nobody has referred yet."""
        ...

    async def find(self, tenant: str, grade_id: str) -> Referral | None:
        """The referral of the tenant's grade, or None."""
        ...

    async def page(
        self, tenant: str, wanted: ReferralFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Referral, ...]:
        """At most `limit` of the wanted ones, those that wait the longest first, from behind `after` on."""
        ...

    async def waiting(self, tenant: str) -> Mapping[Reason, int]:
        """How many open ones there are for each reason; one with several reasons counts for each."""
        ...

    async def settle(self, tenant: str, grade_id: str, by: str, at: datetime) -> bool:
        """Somebody has looked; False where it was not open."""
        ...

    async def settled(self, tenant: str, grade_ids: Collection[str]) -> frozenset[str]:
        """Which of these grades, at most some thousand, a person has looked at and nobody has to any more."""
        ...

    async def settled_of(self, tenant: str, batch_id: str) -> frozenset[str]:
        """Which grades of a batch a person has looked at and nobody has to any more."""
        ...

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete the referrals of these grades; how many there were."""
        ...
