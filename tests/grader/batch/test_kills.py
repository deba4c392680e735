"""kill -9 of workers: every row gets exactly one result, none is changed, and little is paid for twice."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from grader.access import LOCAL
from grader.batch import Batches, NewBatch, NewRow, Progress
from grader.batch.chunk_work import MOST_ATTEMPTS
from grader.batch.outcome import SET_ASIDE
from grader.batch.slices import FLUSH_ROWS
from grader.bootstrap.stores import Storage
from grader.ports import BatchState, ItemStatus, Result
from rubrics.bank import Bank
from tests.grader.batch.worker import Plan, batch_work, calls, working
from tests.postgres import Postgres

_log = logging.getLogger(__name__)

RUBRIC = Bank().rubric("DL0028")
RESUMED_SECONDS = 10.0
"""From the restart, or the death of a neighbour, to the next result (issue 7)."""

DONE_SECONDS = 120.0


@dataclass
class Observer:
    """Submits a batch and looks at it from outside."""

    plan: Plan
    batches: Batches
    batch_id: str = ""

    async def submit(self, rows: int) -> None:
        async def answers() -> AsyncIterator[NewRow]:
            for number in range(rows):
                yield NewRow(RUBRIC, f"answer {number}")

        self.batch_id = (await self.batches.submit(LOCAL, NewBatch(), answers())).id

    async def progress(self) -> Progress:
        return await self.batches.progress("local", self.batch_id)

    async def results(self) -> dict[int, Result]:
        rows = [row async for row in self.batches.all_rows("local", self.batch_id)]
        return {row.item.idx: row.result for row in rows if row.result is not None}

    async def until(self, settled: int, seconds: float) -> float:
        """How long it takes until so many rows are settled, or the batch is completed."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            progress = await self.progress()
            if progress.settled >= settled or progress.batch.state is BatchState.COMPLETED:
                return time.monotonic() - start
            await asyncio.sleep(0.05)
        pytest.fail(f"{(await self.progress()).settled} of {settled} rows after {seconds} s")


@asynccontextmanager
async def observing(plan: Plan, rows: int) -> AsyncIterator[Observer]:
    """A batch of so many rows, submitted."""
    storage = Storage(plan.settings)
    observer = Observer(plan, batch_work(plan, storage).batches)
    await observer.submit(rows)
    yield observer
    await storage.close()


def at_most_repeated(plan: Plan, kills: int) -> int:
    """Calls that so many kills may cost: what was under way, and what was not yet kept, of every chunk at work."""
    return kills * plan.chunks * (plan.rows + FLUSH_ROWS)


async def checked(observer: Observer, rows: int, kills: int, before: dict[int, Result]) -> None:
    """Every row has one result, none has changed, the calls were made once but for what the kills cost."""
    results = await observer.results()
    assert sorted(results) == list(range(rows))
    assert {result.status for result in results.values()} == {ItemStatus.GRADED}
    assert {idx: results[idx] for idx in before} == before
    made = Counter(calls(observer.plan))
    assert len(made) == rows
    repeated = made.total() - rows
    _log.info("%d kills, %d of %d calls repeated", kills, repeated, rows)
    assert repeated <= at_most_repeated(observer.plan, kills)


SIZES = [pytest.param(20, id="20"), pytest.param(200, id="200", marks=pytest.mark.slow)]


@pytest.mark.parametrize("kills", SIZES)
async def test_the_only_process_on_sqlite_is_killed_and_started_again(
    new_plan: Callable[..., Plan], kills: int
) -> None:
    plan, chance, rows = new_plan("sqlite", seconds=0.05), random.Random(kills), 100 * kills
    before, slowest = dict[int, Result](), 0.0
    async with observing(plan, rows) as observer:
        for _ in range(kills):
            settled = (await observer.progress()).settled
            with working(plan):
                slowest = max(slowest, await observer.until(settled + 1, DONE_SECONDS))
                await asyncio.sleep(chance.uniform(0, 0.3))
            now = await observer.results()
            assert {idx: now[idx] for idx in before} == before
            before = now
        with working(plan):
            await observer.until(rows, DONE_SECONDS)
        _log.info("resumed after at most %.1f s", slowest)
        assert slowest <= RESUMED_SECONDS
        await checked(observer, rows, kills, before)


@pytest.mark.parametrize("kills", SIZES)
async def test_one_of_two_workers_on_postgresql_is_killed(new_plan: Callable[..., Plan], kills: int) -> None:
    plan, chance, rows = new_plan("postgresql", seconds=0.05), random.Random(kills), 200 * kills
    async with observing(plan, rows) as observer:
        with working(plan):
            for _ in range(kills):
                with working(plan):
                    await asyncio.sleep(chance.uniform(0.1, 0.8))
            before = await observer.results()
            await observer.until(rows, DONE_SECONDS + kills)
        await checked(observer, rows, kills, before)


async def test_a_batch_finishes_by_itself_after_postgresql_crashed_in_the_middle_of_it(
    new_plan: Callable[..., Plan], own_postgres: Postgres
) -> None:
    plan, rows = new_plan("own", seconds=0.05), 300
    async with observing(plan, rows) as observer:
        with working(plan):
            await observer.until(60, DONE_SECONDS)
            before = await observer.results()
            own_postgres.control("stop", "-m", "immediate")
            await asyncio.sleep(1.0)
            own_postgres.control("start")
            await observer.until(rows, DONE_SECONDS)
        await checked(observer, rows, 0, before)


STAGES = ["after open", "after planned", "after begin", "after todo", "before save", "after save", "before finish"]


@pytest.mark.parametrize("stage", STAGES)
async def test_a_kill_at_each_stage_is_made_good_by_the_next_start(new_plan: Callable[..., Plan], stage: str) -> None:
    plan, rows = new_plan("sqlite", seconds=0.001), 64
    async with observing(plan, rows) as observer:
        with working(replace(plan, stage=stage), wait=False) as worker:
            assert await asyncio.to_thread(worker.death) == -signal.SIGKILL
        before = await observer.results()
        with working(plan):
            assert await observer.until(rows, DONE_SECONDS) <= RESUMED_SECONDS
        await checked(observer, rows, 1, before)


async def test_a_row_that_kills_its_worker_three_times_alone_is_set_aside_and_all_others_go_on(
    new_plan: Callable[..., Plan],
) -> None:
    plan = new_plan("sqlite", seconds=0.001, poison="answer 20")
    async with observing(plan, 64) as observer:
        for _ in range(MOST_ATTEMPTS):
            with working(plan, wait=False) as worker:
                assert await asyncio.to_thread(worker.death) == -signal.SIGKILL
        with working(plan):
            await observer.until(64, DONE_SECONDS)
        results = await observer.results()
    assert [(idx, each.reason) for idx, each in results.items() if each.status is ItemStatus.FAILED] == [
        (20, SET_ASIDE)
    ]
    assert len(results) == 64
