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


@dataclass
class Pacer:
    """Lets one row begin at each place of the pace `name`; places are taken some at a time, by each worker its own."""

    paces: PaceStore
    name: str
    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _places: deque[float] = field(default_factory=deque)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def permitted(self) -> None:
        """Return when it is one's turn."""
        async with self._asking:
            if not self._places:
                await patiently(self._lease)
            place = self._places.popleft()
        await self.sleep(max(0.0, place - self.clock()))

    async def _lease(self) -> None:
        count = max(1, round(self.per_second / LEASES_PER_SECOND))
        first = await self.paces.lease(self.name, count, self.per_second) + self.clock()
        self._places.extend(first + number / self.per_second for number in range(count))
