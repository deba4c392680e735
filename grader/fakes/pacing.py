"""A fake of the store of paces, in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.ports import CATCH_UP


@dataclass
class FakePaceStore:
    """Keeps paces in memory, by a clock of its own."""

    clock: Callable[[], float] = time.monotonic
    free: dict[str, float] = field(default_factory=dict)

    async def lease(self, name: str, places: int, per_second: float) -> float:
        """Take places, and return when the first of them is due."""
        now = self.clock()
        start = max(self.free.get(name, now), now - CATCH_UP)
        self.free[name] = start + places / per_second
        return start - now
