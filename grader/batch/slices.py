"""Some rows of a chunk: graded side by side, and what is made is kept every few rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from grader.access import Amount, Limit
from grader.batch.endings import Endings
from grader.batch.lanes import Lane
from grader.batch.outcome import Outcome, RowGrader
from grader.batch.patience import patiently
from grader.batch.record import Record
from grader.batch.submission import Options, request_for
from grader.grading import Request
from grader.ports import Batch, BatchState, BatchStore, ChunkStore, Item, Job, PauseReason, Standing, Todo
from grader.urgency import Bulk, in_bulk
from rubrics.model import Rubric

FLUSH_ROWS: Final = 100
FLUSH_SECONDS: Final = 0.5
"""What is made is kept after so many rows or so long: more than that, and what is under way, no crash can cost."""


@dataclass(frozen=True)
class Means:
    """What grading the rows of batches takes.

    `lane_of` says how the rows of a queue are graded; `permitted` waits until a queue's provider may be asked once
    more; all of it is `bulk` work, which makes room for whoever waits for a single grade.
    """

    endings: Endings
    record: Record
    lane_of: Callable[[str], Lane]
    permitted: Callable[[str], Awaitable[None]] | None = None
    bulk: Bulk = field(default_factory=Bulk)
    audit_share: float = 0.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def batches(self) -> BatchStore:
        """Where the batches are kept."""
        return self.endings.batches

    @property
    def chunks(self) -> ChunkStore:
        """What is left to do of them."""
        return self.record.chunks


@dataclass
class Slice:
    """Some rows of a chunk, under way."""

    means: Means
    job: Job
    batch: Batch
    todo: Todo
    rubrics: Mapping[str, Rubric]
    rows: RowGrader
    options: Options
    lane: Lane
    spent: Amount = field(default_factory=Amount)
    expected: Amount = field(default_factory=Amount)
    _made: list[Outcome] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _first: bool = True
    _over: bool = False

    async def graded(self, at_once: int) -> None:
        """Grade them, `at_once` at a time; `rows.stop` is set where the batch is to be left alone."""
        if self._is_limited:
            await self._save([])  # what it has spent by now
        waiting = iter(self.todo.items)
        graders = [asyncio.create_task(self._grade(waiting)) for _ in range(at_once)]
        keeping = asyncio.create_task(self._keep())
        try:
            await asyncio.gather(*graders)
        finally:
            for grader in graders:
                grader.cancel()
            await asyncio.gather(*graders, return_exceptions=True)
            self._over = True
            self._news.set()
            await keeping

    async def _grade(self, waiting: Iterator[Item]) -> None:
        """Grade one row after the other until there is none left."""
        for item in waiting:
            if self.rows.stop.is_set():
                return
            await self._grade_one(item)
            await self.means.bulk.give_way()

    async def _grade_one(self, item: Item) -> None:
        rubric = self.rubrics[item.rubric_hash]
        request = request_for(item, rubric, self.options)
        outcome = await (self._affordable(request, item) if self._is_limited else self._outcome(request, item))
        if outcome.pause is not None:
            await self._pause(outcome.pause)
            return
        self._made.append(outcome)
        self.spent += outcome.spent
        if self._first or len(self._made) >= FLUSH_ROWS:
            self._first = False
            self._news.set()

    async def _affordable(self, request: Request, item: Item) -> Outcome:
        """The outcome, unless the batch might spend more than it may."""
        estimate = self.lane.taking(request)
        if self._passes(estimate):
            return Outcome(pause=PauseReason.BUDGET)
        self.expected += estimate
        try:
            return await self._outcome(request, item)
        finally:
            self.expected -= estimate

    async def _outcome(self, request: Request, item: Item) -> Outcome:
        if self.means.permitted is not None:
            await self.means.permitted(self.job.queue)
        with in_bulk(self.means.bulk):
            return await self.rows.outcome(request, item, self.todo.same.get(item.idx, ()))

    @cached_property
    def _is_limited(self) -> bool:
        return self.batch.limit != Limit()

    def _passes(self, estimate: Amount) -> bool:
        """Whether one more grade might cost more than the batch may."""
        return self.batch.limit.passed_by(self.spent + self.expected + estimate) is not None

    async def _keep(self) -> None:
        """Keep what was made, the first at once and then every so many rows or so long, until it is over and kept."""
        while self._made or not self._over:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._news.wait()
            self._news.clear()
            await self._kept()

    async def _kept(self) -> None:
        """Keep what was made, and see how the batch stands."""
        made, self._made = self._made, []
        await self._save(made)

    async def keep(self, outcome: Outcome) -> None:
        """Keep an outcome at once."""
        await self._save([outcome])

    async def _save(self, made: list[Outcome]) -> None:
        job = self.job
        standing = await patiently(lambda: self.means.record.keep(job, self.batch.made_by, made))
        self.spent = standing.spent + sum((outcome.spent for outcome in self._made), Amount())
        if not _runs(standing, job):
            self.rows.stop.set()

    async def _pause(self, reason: PauseReason) -> None:
        self.rows.stop.set()
        job = self.job
        await patiently(lambda: self.means.endings.halt(job.tenant, job.batch_id, reason))


def _runs(standing: Standing, job: Job) -> bool:
    return standing.state is BatchState.RUNNING and standing.generation == job.generation
