"""Keeping who is looking at which grade; StorageError from every operation that cannot be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Reservation:
    """A grade that somebody is looking at, so that nobody else is sent to it; from `until` on it is anybody's."""

    grade_id: str
    by: str
    until: datetime


class ReservationStore(Protocol):
    """Keeps at most one reservation a grade, by tenant; one that is over counts for nothing."""

    async def reserve(self, tenant: str, wanted: Reservation, now: datetime) -> Reservation:
        """Keep it where nobody else has one at `now`, the same person's own anew; return the one that counts."""
        ...

    async def release(self, tenant: str, grade_id: str, by: str) -> None:
        """Forget this person's; another's stays."""
        ...

    async def current(self, tenant: str, now: datetime) -> tuple[Reservation, ...]:
        """Those that count at `now`, in no order."""
        ...
