"""What can be done with batches: submit, look, pause, resume, cancel, retry. Nothing here grades."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from grader.access import Amount, Limit, Principal
from grader.batch.estimate import Estimate, estimate
from grader.batch.progress import Progress, progress_of
from grader.batch.submission import NewBatch, NewRow, Options
from grader.errors import AlreadyStored, BatchConflict, UnknownBatch
from grader.grading import Request
from grader.ports import Batch, BatchPlace, BatchState, BatchStore, Item, PauseReason, Row

BLOCK: Final = 1_000
"""Rows that are kept, or read, at a time: 2 MB of ordinary answers."""

ABANDONED: Final = timedelta(minutes=10)
"""A submission that has kept no row for so long has ended with its process."""

MOST_CHUNK_ROWS: Final = 500
FEWEST_CHUNK_ROWS: Final = 16
CHUNKS: Final = 64
"""So many chunks a batch is cut into, as far as they are not bigger or smaller than that: enough to share out evenly.

500 rows keep the engine's share of the time at 0.03 to 0.09 ms a row (engine measurements of November 2026).
"""


@dataclass(frozen=True)
class Batches:
    """The batches of every tenant.

    `queue_of` says which queue work goes through (ConfigurationError: nobody here can do it so), `taking` what a grade
    of a queue may take; `noticed` is called whenever there is something for workers to do.
    """

    store: BatchStore
    queue_of: Callable[[Options], str]
    taking: Callable[[str, Request], Amount] = lambda _queue, _request: Amount()
    noticed: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def submit(self, who: Principal, new: NewBatch, rows: AsyncIterable[NewRow]) -> Batch:
        """Keep the rows as they come, in bounded memory; the batch runs once the last of them is kept.

        With a `key` that was used before, the batch of then is returned and no row is read. If `rows` raises, or the
        process ends, there is no batch. BatchConflict where somebody is submitting under this key right now.
        """
        known = await self._submitted(who.tenant, new.key)
        if known is not None:
            return known
        now = self.now()
        batch = Batch(
            id=self.new_id(),
            name=new.name,
            state=BatchState.PREPARING,
            options=new.options.model_dump_json(),
            queue=self.queue_of(new.options),
            created_at=now,
            touched_at=now,
            priority=new.priority,
            limit=new.limit,
            made_by=who.key_id,
            key=new.key,
        )
        try:
            await self.store.create(who.tenant, batch)
        except AlreadyStored:
            raise _being_submitted() from None
        try:
            count = await self._keep(who.tenant, batch.id, rows)
            started = await self.store.start(who.tenant, batch.id, chunk_rows(count), self.now())
        except BaseException:
            await self.store.discard(who.tenant, batch.id)
            raise
        self.noticed()
        return started

    async def estimate(self, rows: AsyncIterable[NewRow], options: Options, rows_per_second: float) -> Estimate:
        """What these rows would take; nothing is kept. ConfigurationError where nobody can do it so."""
        taking = partial(self.taking, self.queue_of(options))
        return await estimate(rows, options, taking, rows_per_second)

    async def find(self, tenant: str, batch_id: str) -> Batch:
        """The batch; UnknownBatch."""
        found = await self.store.find(tenant, batch_id)
        if found is None:
            raise _unknown(batch_id)
        return found

    async def page(self, tenant: str, *, limit: int, after: BatchPlace | None = None) -> tuple[Batch, ...]:
        """At most `limit` batches, the newest first, from behind `after` on."""
        return await self.store.page(tenant, limit=limit, after=after)

    async def progress(self, tenant: str, batch_id: str) -> Progress:
        """How far it is; UnknownBatch."""
        found = await self.store.progress(tenant, batch_id)
        if found is None:
            raise _unknown(batch_id)
        return progress_of(*found, self.now())

    async def rows(self, tenant: str, batch_id: str, *, after: int = -1, limit: int = BLOCK) -> tuple[Row, ...]:
        """At most `limit` rows behind number `after`, in the order they came in; those without a result, too."""
        await self.find(tenant, batch_id)
        return await self.store.rows(tenant, batch_id, after=after, limit=limit)

    async def blocks(self, tenant: str, batch_id: str) -> AsyncIterator[tuple[Row, ...]]:
        """Every row in the order they came in, BLOCK at a time, with its result where there is one; UnknownBatch."""
        after = -1
        while block := await self.rows(tenant, batch_id, after=after):
            yield block
            after = block[-1].item.idx

    async def all_rows(self, tenant: str, batch_id: str) -> AsyncIterator[Row]:
        """Every row one by one, as in `blocks`."""
        async for block in self.blocks(tenant, batch_id):
            for row in block:
                yield row

    async def pause(self, who: Principal, batch_id: str, reason: PauseReason = PauseReason.ASKED) -> Batch:
        """Let it rest: what is under way ends within seconds, nothing new begins. UnknownBatch, BatchConflict."""
        done = await self.store.pause(who.tenant, batch_id, reason, self.now())
        return await self._after(who.tenant, batch_id, BatchState.PAUSED, done=done)

    async def resume(self, who: Principal, batch_id: str, limit: Limit | None = None) -> Batch:
        """Let a paused one go on, with another limit if given. UnknownBatch, BatchConflict."""
        done = await self.store.resume(who.tenant, batch_id, self.now(), limit)
        return await self._after(who.tenant, batch_id, BatchState.RUNNING, done=done)

    async def cancel(self, who: Principal, batch_id: str) -> Batch:
        """End it for good; its results stay. UnknownBatch, BatchConflict."""
        done = await self.store.cancel(who.tenant, batch_id, self.now())
        return await self._after(who.tenant, batch_id, BatchState.CANCELLED, done=done)

    async def retry(self, who: Principal, batch_id: str) -> int:
        """Let a completed one do again what failed or found no judge; how many rows. UnknownBatch, BatchConflict."""
        batch = await self.find(who.tenant, batch_id)
        if batch.state is not BatchState.COMPLETED:
            raise _wrong_state(batch, "retried")
        count = await self.store.retry(who.tenant, batch_id, self.now())
        self.noticed()
        return count

    async def _submitted(self, tenant: str, key: str | None) -> Batch | None:
        """The batch that was submitted with this key; what an earlier try left half done is deleted."""
        found = None if key is None else await self.store.by_key(tenant, key)
        if found is None or found.state is not BatchState.PREPARING:
            return found
        if self.now() - found.touched_at < ABANDONED:
            raise _being_submitted()
        await self.store.discard(tenant, found.id)
        return None

    async def _keep(self, tenant: str, batch_id: str, rows: AsyncIterable[NewRow]) -> int:
        """Keep the rows in blocks; how many there were."""
        count, block = 0, list[NewRow]()
        async for row in rows:
            block.append(row)
            if len(block) == BLOCK:
                await self._add(tenant, batch_id, count, block)
                count, block = count + len(block), []
        if block:
            await self._add(tenant, batch_id, count, block)
        return count + len(block)

    async def _add(self, tenant: str, batch_id: str, first: int, block: list[NewRow]) -> None:
        rubrics = {row.rubric.content_hash: row.rubric for row in block}
        items = [
            Item(first + place, row.rubric.content_hash, row.answer, row.candidate_ref, row.extra)
            for place, row in enumerate(block)
        ]
        await self.store.add(tenant, batch_id, items, tuple(rubrics.values()), self.now())

    async def _after(self, tenant: str, batch_id: str, state: BatchState, *, done: bool) -> Batch:
        """The batch after a change; asking for what is so already changes nothing."""
        batch = await self.find(tenant, batch_id)
        if not done and batch.state is not state:
            raise _wrong_state(batch, {"paused": "paused", "running": "resumed"}.get(state.value, state.value))
        self.noticed()
        return batch


def chunk_rows(total: int) -> int:
    """How many rows a chunk of a batch has."""
    return min(max(total // CHUNKS, FEWEST_CHUNK_ROWS), MOST_CHUNK_ROWS)


def _unknown(batch_id: str) -> UnknownBatch:
    return UnknownBatch(f"there is no batch {batch_id!r}")


def _wrong_state(batch: Batch, verb: str) -> BatchConflict:
    return BatchConflict(f"batch {batch.id} is {batch.state.value}: it cannot be {verb}")


def _being_submitted() -> BatchConflict:
    return BatchConflict("a batch is being submitted with this key right now; ask again when that has ended")
