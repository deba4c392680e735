"""A fake of what keeps reservations, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from grader.ports.reservations import Reservation


@dataclass
class FakeReservationStore:
    """Keeps reservations in memory, by tenant and grade."""

    kept: dict[tuple[str, str], Reservation] = field(default_factory=dict)

    async def reserve(self, tenant: str, wanted: Reservation, now: datetime) -> Reservation:
        """Keep it where nobody else has one at `now`; return the one that counts."""
        found = self.kept.get((tenant, wanted.grade_id), wanted)
        if found.by != wanted.by and found.until > now:
            return found
        self.kept[tenant, wanted.grade_id] = wanted
        return wanted

    async def release(self, tenant: str, grade_id: str, by: str) -> None:
        """Forget this person's."""
        found = self.kept.get((tenant, grade_id))
        if found is not None and found.by == by:
            del self.kept[tenant, grade_id]

    async def current(self, tenant: str, now: datetime) -> tuple[Reservation, ...]:
        """Those that count at `now`."""
        return tuple(each for (owner, _), each in self.kept.items() if owner == tenant and each.until > now)
