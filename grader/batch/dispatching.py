"""What keeps batches going: every open chunk of a running batch is known to the engine, whatever got lost on the way.

Each process that runs the engine does this; ids follow from what the tables say, so that doing it twice does nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from grader.batch.endings import Endings
from grader.batch.lanes import STALLED_SECONDS
from grader.batch.service import ABANDONED
from grader.errors import StorageError
from grader.ports import Batch, BatchEngine, Chunk, ChunkStore, Job, JobState, KnownJob, Priority

_log: Final = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 1.0
"""Between two looks for batches whose chunks the engine does not have yet."""

RECONCILE_SECONDS: Final = 15.0
"""Between two comparisons of open chunks with the engine's jobs."""

AT_ONCE: Final = 100
"""Chunks handed to the engine at a time."""

_PRIORITIES: Final = {Priority.HIGH: 10, Priority.NORMAL: 20, Priority.LOW: 30}


@dataclass
class Dispatcher:
    """Hands chunks to the engine."""

    endings: Endings
    chunks: ChunkStore
    engine: BatchEngine
    stalled_seconds: Callable[[str], float] = lambda _queue: STALLED_SECONDS
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reconciled: float = field(default=float("-inf"))
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def notice(self) -> None:
        """Look soon: a batch was submitted or changed."""
        self._news.set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except StorageError as error:
                _log.warning("batches wait for the database: %s", error)
            except Exception:  # noqa: BLE001 - the next sweep may do better, and the batches need one
                _log.exception("a sweep over the batches failed in a way nobody expected")
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._news.wait()
            self._news.clear()

    async def sweep(self) -> None:
        """Plan what is not planned; every so often also compare, cancel and clean up."""
        running = await self.chunks.running()
        for tenant, batch in running:
            if batch.planned < batch.generation:
                await self._plan(tenant, batch)
        if self.clock() - self._reconciled >= RECONCILE_SECONDS:
            self._reconciled = self.clock()
            await self._compare([(tenant, batch) for tenant, batch in running if batch.planned == batch.generation])
            await self.chunks.sweep(self.now() - ABANDONED)

    async def _compare(self, planned: list[tuple[str, Batch]]) -> None:
        """Hold the engine's jobs against the tables: what was planned before they were listed must be among them.

        What runs after they were listed is not cancelled.
        """
        jobs = await self.engine.list()
        seen: dict[str, tuple[int, float]] = {}
        for tenant, batch in planned:
            beginning = f"{batch.id}:{batch.generation}:"
            await self._reconcile(tenant, batch, [job for job in jobs if job.id.startswith(beginning)], seen)
        self._seen = seen
        generations = {batch.id: batch.generation for _, batch in await self.chunks.running()}
        over = [job.id for job in jobs if job.state is JobState.WAITING and not _counts(job.id, generations)]
        if over:
            await self.engine.cancel(over)

    async def _plan(self, tenant: str, batch: Batch) -> None:
        """Give every open chunk of this generation to the engine; after a crash on the way somebody does it again."""
        jobs = [_job(tenant, batch, chunk) for chunk in await self.chunks.open(tenant, batch.id)]
        for start in range(0, len(jobs), AT_ONCE):
            await self.engine.enqueue(jobs[start : start + AT_ONCE])
        await self.chunks.planned(tenant, batch.id, batch.generation)
        if not jobs:
            await self.endings.complete(tenant, batch.id)

    async def _reconcile(
        self, tenant: str, batch: Batch, jobs: list[KnownJob], seen: dict[str, tuple[int, float]]
    ) -> None:
        """Hand out chunks that are open although nobody has them, and those whose worker gets nowhere."""
        has = {int(job.id.split(":")[2]): job for job in jobs}
        chunks = await self.chunks.open(tenant, batch.id)
        lost = [_job(tenant, batch, chunk, self._again()) for chunk in chunks if chunk.lo not in has]
        if lost:
            _log.warning("%d chunks of batch %s were lost and are handed out again", len(lost), batch.id)
            await self.engine.enqueue(lost)
        if not chunks:
            await self.endings.complete(tenant, batch.id)
        taken = [(has[chunk.lo].id, chunk) for chunk in chunks if chunk.lo in has and _is_taken(has[chunk.lo])]
        stalled = [job_id for job_id, chunk in taken if self._is_stalled(batch, job_id, chunk, seen)]
        if stalled:
            await self.engine.resume(stalled)

    def _is_stalled(self, batch: Batch, job_id: str, chunk: Chunk, seen: dict[str, tuple[int, float]]) -> bool:
        settled, now = chunk.counts.settled, self.clock()
        before, since = self._seen.get(job_id, (settled, now))
        seen[job_id] = (settled, since if before == settled else now)
        if now - seen[job_id][1] < self.stalled_seconds(batch.queue):
            return False
        del seen[job_id]
        return True

    def _again(self) -> str:
        """Stands in the id of a job that was lost: the same for everybody who finds that out at about this time."""
        return f":{int(self.now().timestamp() // RECONCILE_SECONDS)}"


def _job(tenant: str, batch: Batch, chunk: Chunk, again: str = "") -> Job:
    job_id = f"{batch.id}:{batch.generation}:{chunk.lo}{again}"
    return Job(job_id, batch.queue, tenant, batch.id, batch.generation, chunk.lo, _PRIORITIES[batch.priority])


def _counts(job_id: str, generations: dict[str, int]) -> bool:
    batch_id, generation = job_id.split(":")[:2]
    return generations.get(batch_id) == int(generation)


def _is_taken(job: KnownJob) -> bool:
    return job.state is JobState.TAKEN
