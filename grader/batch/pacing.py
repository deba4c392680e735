"""Rows that ask a provider begin at a pace, however many workers there are."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from grader.batch.patience import patiently
from grader.ports import PaceStore

LEASES_PER_SECOND: Final = 20
"""How often a worker asks for places at most, where the pace is high: each is a commit."""

TIMES_THE_WAY: Final = 4
"""A lease lasts so many times as long as the last one took to get: a slow database does not slow the pace."""

LONGEST_LEASE_SECONDS: Final = 1.0
"""So much of the pace is lost when a worker dies, or has nothing more to do."""


@dataclass
class Pacer:
    """Lets one row begin at each place of the pace `name`; places are taken some at a time, by each worker its own."""

    paces: PaceStore
    name: str
    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _places: deque[float] = field(default_factory=deque)
    _way: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def permitted(self) -> None:
        """Return when it is one's turn."""
        async with self._asking:
            if not self._places:
                await patiently(self._lease)
            place = self._places.popleft()
        await self.sleep(max(0.0, place - self.clock()))

    async def _lease(self) -> None:
        asked = self.clock()
        seconds = min(max(1 / LEASES_PER_SECOND, TIMES_THE_WAY * self._way), LONGEST_LEASE_SECONDS)
        count = max(1, round(self.per_second * seconds))
        first = await self.paces.lease(self.name, count, self.per_second) + self.clock()
        self._way = self.clock() - asked
        self._places.extend(first + number / self.per_second for number in range(count))
