"""Who is waited for comes before work that nobody waits for: said once around the work, minded at every queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

STRETCH_SECONDS: Final = 0.002
"""So long bulk work has the event loop before everybody else gets a turn: a statement takes two or three turns."""


@dataclass
class Bulk:
    """Work that can wait: for single requests, and for all else on the event loop."""

    clock: Callable[[], float] = time.perf_counter
    _until: float = 0.0
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def give_way(self) -> None:
        """Go on at once for a stretch of STRETCH_SECONDS, all tasks of this work together; then after everybody else.

        Without this 32 tasks that were woken in one turn of the event loop would keep all others waiting for all 32.
        """
        if self.clock() < self._until:
            return
        async with self._door:  # one task a turn
            if self.clock() >= self._until:
                await asyncio.sleep(0)
                self._until = self.clock() + STRETCH_SECONDS


_BULK: Final[ContextVar[Bulk | None]] = ContextVar("bulk", default=None)


@contextmanager
def in_bulk(bulk: Bulk | None = None) -> Iterator[None]:
    """What is asked for inside, and in tasks that begin there, can wait for what is not; it is part of `bulk`."""
    token = _BULK.set(bulk or Bulk())
    try:
        yield
    finally:
        _BULK.reset(token)


def is_bulk() -> bool:
    """Whether this can wait."""
    return _BULK.get() is not None


async def give_way() -> None:
    """Let everybody else have the event loop, where this can wait and has had it for a stretch."""
    bulk = _BULK.get()
    if bulk is not None:
        await bulk.give_way()
