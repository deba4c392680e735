"""The work on one chunk, and what is done with one that kills its worker."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from grader.batch.outcome import SET_ASIDE, RowGrader
from grader.batch.patience import patiently
from grader.batch.slices import FLUSH_ROWS, Means, Slice
from grader.batch.submission import Options
from grader.batch.turns import Turns
from grader.ports import Batch, BatchState, Chunk, Job, Todo
from rubrics.model import Rubric

SUSPECTED: Final = 3
"""The start from which on a chunk is alone in its worker, row by row: before, another beside it may be to blame."""

MOST_ATTEMPTS: Final = SUSPECTED + 2
"""Starts without a result: a row that was alone in hand at three deaths is set aside. One may come from elsewhere."""

CAREFUL_SECONDS: Final = 30.0
"""Longest time that a suspected chunk is alone: its rows that were under way before come first."""

INNOCENT_SECONDS: Final = 60.0
"""A start that the worker has outlived by so much does not count: what waits for a bulk job waits for hours, and who
is killed meanwhile was killed by something else."""

KEPT_BATCHES: Final = 8
"""Batches whose rubrics are remembered between chunks."""


@dataclass
class ChunkWork:
    """Does jobs: grades the chunks of any batch."""

    means: Means
    _turns: Turns = field(default_factory=Turns)
    _rubrics: OrderedDict[str, Mapping[str, Rubric]] = field(default_factory=OrderedDict)

    async def work(self, job: Job) -> None:
        """Grade what is open of a chunk, if its batch runs in this generation; complete the batch after the last."""
        async with self._turns.shared():
            chunk = await self._begun(job)
            if chunk is None:
                return
            if chunk.attempts < SUSPECTED:
                await self._done(job, chunk)
                return
            await self._count(job, chunk.attempts - 1)  # it has not been tried yet
        async with self._turns.alone():
            suspect = await self._begun(job)
            if suspect is not None:
                await self._carefully(job, suspect)
        await self.work(job)

    async def _begun(self, job: Job) -> Chunk | None:
        chunks = self.means.chunks
        return await patiently(lambda: chunks.begin(job.tenant, job.batch_id, job.lo, job.generation))

    async def _count(self, job: Job, attempts: int) -> None:
        await patiently(lambda: self.means.chunks.attempted(job.tenant, job.batch_id, job.lo, attempts))

    async def _done(self, job: Job, chunk: Chunk) -> None:
        """Grade a chunk, a slice at a time."""
        lane = self.means.lane_of(job.queue)
        try:
            for lo in range(chunk.lo, chunk.hi, lane.slice_rows):
                piece = await self._slice(job, lo, min(lo + lane.slice_rows, chunk.hi))
                if piece is None:
                    return
                await self._outliving(job, piece.graded(lane.rows_at_once))
                if piece.rows.stop.is_set():
                    break
        except asyncio.CancelledError:  # the process ends in peace: nothing was wrong with the chunk
            await asyncio.shield(self.means.chunks.attempted(job.tenant, job.batch_id, job.lo, 0))
            raise
        await self._finish(job)

    async def _carefully(self, job: Job, chunk: Chunk) -> None:
        """Grade the first open rows one by one, each under suspicion; the one that killed the worker is set aside."""
        whole = await self._slice(job, chunk.lo, chunk.hi)
        if whole is None:
            return
        items = whole.todo.items
        if chunk.attempts > MOST_ATTEMPTS and items:
            await whole.keep(whole.rows.failed((items[0], *whole.todo.same.get(items[0].idx, ())), SET_ASIDE))
            items = items[1:]
            await self._count(job, SUSPECTED)
        items = items[: whole.lane.rows_at_once + FLUSH_ROWS]  # the others had not begun when the worker died
        clock = asyncio.get_running_loop()
        until = clock.time() + CAREFUL_SECONDS
        for item in items:
            await replace(whole, todo=Todo((item,), whole.todo.same)).graded(1)
            await self._count(job, SUSPECTED)
            if whole.rows.stop.is_set() or clock.time() >= until:
                break
        await self._count(job, 0)

    async def _slice(self, job: Job, lo: int, hi: int) -> Slice | None:
        """The open rows of a stretch; None where the batch no longer runs in this generation."""
        batch = await patiently(lambda: self.means.batches.find(job.tenant, job.batch_id))
        if batch is None or (batch.state, batch.generation) != (BatchState.RUNNING, job.generation):
            return None
        todo = await patiently(lambda: self.means.chunks.todo(job.tenant, job.batch_id, lo, hi))
        rubrics = await self._rubrics_of(job, batch)
        lane = self.means.lane_of(job.queue)
        here = job.tenant, job.batch_id, job.generation
        rows = RowGrader(lane.make, *here, self.means.audit_share, now=self.means.now)
        return Slice(self.means, job, batch, todo, rubrics, rows, Options.model_validate_json(batch.options), lane)

    async def _outliving(self, job: Job, work: Awaitable[None]) -> None:
        """Do work; whoever has lived through it for so long was not killed by its beginning."""
        waiting = asyncio.ensure_future(work)
        try:
            async with asyncio.timeout(INNOCENT_SECONDS):
                await asyncio.shield(waiting)
        except TimeoutError:
            await self._count(job, 0)
            await waiting
        finally:
            waiting.cancel()
            await asyncio.wait([waiting])

    async def _rubrics_of(self, job: Job, batch: Batch) -> Mapping[str, Rubric]:
        """What the rows of a batch are graded against; the same objects for all its chunks."""
        if batch.id not in self._rubrics:
            self._rubrics[batch.id] = await patiently(lambda: self.means.batches.rubrics(job.tenant, batch.id))
        self._rubrics.move_to_end(batch.id)
        while len(self._rubrics) > KEPT_BATCHES:
            self._rubrics.popitem(last=False)
        return self._rubrics[batch.id]

    async def _finish(self, job: Job) -> None:
        await patiently(lambda: self.means.endings.complete(job.tenant, job.batch_id))
