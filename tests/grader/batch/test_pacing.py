"""The pace of rows that ask a provider, by a clock of the test's own."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from grader.batch.pacing import Pacer
from grader.fakes import FakePaceStore


@dataclass
class Clock:
    """Moves on to the next one who is to wake up once all sleep."""

    now: float = 0.0
    numbers: Iterator[int] = field(default_factory=count)
    sleepers: list[tuple[float, int, asyncio.Event]] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        event = asyncio.Event()
        heapq.heappush(self.sleepers, (self.now + seconds, next(self.numbers), event))
        await event.wait()

    async def run(self, until: float) -> None:
        while self.now < until:
            for _ in range(20):
                await asyncio.sleep(0)
            self.now, _, event = heapq.heappop(self.sleepers)
            event.set()


@pytest.mark.parametrize(("per_second", "seconds"), [(3.0, 30), (200.0, 4)])
async def test_two_workers_together_keep_the_pace(per_second: float, seconds: int) -> None:
    clock, begun = Clock(), list[float]()
    store = FakePaceStore(clock.time)

    async def row(pacer: Pacer) -> None:
        while True:
            await pacer.permitted()
            begun.append(clock.now)
            await clock.sleep(0.05)

    workers = [Pacer(store, "llm", per_second, clock.time, clock.sleep) for _ in range(2)]
    rows = [asyncio.create_task(row(worker)) for worker in workers for _ in range(16)]
    await clock.run(seconds)
    for task in rows:
        task.cancel()
    assert len(begun) == pytest.approx(seconds * per_second, rel=0.05)
    for second in range(seconds - 1):
        assert sum(second <= at < second + 1 for at in begun) <= per_second * 1.05 + 1
