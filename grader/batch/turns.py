"""Chunks are worked on side by side, but for one that is under suspicion: that one is alone in its process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Turns:
    """Who works at the same time; while somebody waits to be alone nobody else begins."""

    _door: asyncio.Lock = field(default_factory=asyncio.Lock)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _inside: int = 0

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Beside others."""
        async with self._door:
            self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
            self._idle.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Beside nobody, once those inside have ended."""
        async with self._door:
            while self._inside:
                self._idle.clear()
                await self._idle.wait()
            yield
