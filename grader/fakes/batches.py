"""A fake of the store of batches, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from grader.access import Amount, Limit
from grader.errors import AlreadyStored
from grader.fakes.kept_batch import KeptBatch
from grader.ports import (
    REDONE,
    Batch,
    BatchPlace,
    BatchState,
    Chunk,
    Counts,
    Item,
    ItemStatus,
    PauseReason,
    Result,
    Row,
    Standing,
    Todo,
)
from rubrics.model import Rubric

_UNFINISHED = {BatchState.RUNNING, BatchState.PAUSED}


@dataclass
class FakeBatchStore:
    """A BatchStore, a ChunkStore and a BatchSubjects."""

    kept: dict[str, KeptBatch] = field(default_factory=dict)

    async def create(self, tenant: str, batch: Batch) -> None:
        """Keep a new batch."""
        taken = any((each.tenant, each.batch.key) == (tenant, batch.key) for each in self.kept.values() if batch.key)
        if taken or batch.id in self.kept:
            raise AlreadyStored("there is such a batch already")
        self.kept[batch.id] = KeptBatch(tenant, batch)

    async def add(
        self, tenant: str, batch_id: str, items: Sequence[Item], rubrics: Sequence[Rubric], at: datetime
    ) -> None:
        """Keep rows of a batch in preparation."""
        kept = self._of(tenant, batch_id)
        first = {item.sameness: item.idx for item in kept.items.values() if item.same_as is None}
        for item in items:
            same_as = first.setdefault(item.sameness, item.idx)
            kept.items[item.idx] = replace(item, same_as=None if same_as == item.idx else same_as)
        kept.rubrics |= {rubric.content_hash: rubric for rubric in rubrics}
        self._change(kept, touched_at=at)

    async def start(self, tenant: str, batch_id: str, chunk_rows: int, at: datetime) -> Batch:
        """Cut it into chunks and let it run."""
        kept = self._of(tenant, batch_id)
        kept.cut(chunk_rows)
        distinct = sum(item.same_as is None for item in kept.items.values())
        return self._change(
            kept,
            state=BatchState.RUNNING,
            total=len(kept.items),
            distinct=distinct,
            chunk_rows=chunk_rows,
            resumed_at=at,
            touched_at=at,
        )

    async def discard(self, tenant: str, batch_id: str) -> bool:
        """Forget it."""
        found = await self.find(tenant, batch_id)
        return found is not None and self.kept.pop(batch_id, None) is not None

    async def find(self, tenant: str, batch_id: str) -> Batch | None:
        """The tenant's batch, or None."""
        found = self.kept.get(batch_id)
        return found.batch if found is not None and found.tenant == tenant else None

    async def by_key(self, tenant: str, key: str) -> Batch | None:
        """The tenant's batch with this key, or None."""
        return next((each.batch for each in self._theirs(tenant) if each.batch.key == key), None)

    async def page(self, tenant: str, *, limit: int, after: BatchPlace | None = None) -> tuple[Batch, ...]:
        """The newest batches."""
        found = sorted(((each.batch.created_at, each.batch.id) for each in self._theirs(tenant)), reverse=True)
        behind = [batch_id for at, batch_id in found if after is None or (at, batch_id) < (after.created_at, after.id)]
        return tuple(self.kept[batch_id].batch for batch_id in behind[:limit])

    async def progress(self, tenant: str, batch_id: str) -> tuple[Batch, Counts] | None:
        """The tenant's batch and its counts, or None."""
        batch = await self.find(tenant, batch_id)
        return None if batch is None else (batch, await self.counts(tenant, batch_id))

    async def results(self, tenant: str, batch_id: str, idxs: Collection[int]) -> Mapping[int, Result]:
        """The results of these rows."""
        if await self.find(tenant, batch_id) is None:
            return {}
        found = self._of(tenant, batch_id).results
        return {idx: found[idx] for idx in idxs if idx in found}

    async def counts(self, tenant: str, batch_id: str) -> Counts:
        """How many rows have which status."""
        return self._of(tenant, batch_id).counts() if await self.find(tenant, batch_id) else Counts()

    async def rubrics(self, tenant: str, batch_id: str) -> Mapping[str, Rubric]:
        """What its rows are graded against."""
        return dict(self._of(tenant, batch_id).rubrics)

    async def rows(self, tenant: str, batch_id: str, *, after: int, limit: int) -> tuple[Row, ...]:
        """Rows in order."""
        if not await self.find(tenant, batch_id):
            return ()
        kept = self._of(tenant, batch_id)
        wanted = [idx for idx in sorted(kept.items) if idx > after][:limit]
        return tuple(Row(kept.items[idx], kept.results.get(idx)) for idx in wanted)

    async def pause(self, tenant: str, batch_id: str, reason: PauseReason, at: datetime) -> bool:
        """Let a running one rest."""
        return self._move(tenant, batch_id, {BatchState.RUNNING}, state=BatchState.PAUSED, reason=reason, touched_at=at)

    async def resume(self, tenant: str, batch_id: str, at: datetime, limit: Limit | None = None) -> bool:
        """Let a paused one go on."""
        changes: dict[str, Any] = {} if limit is None else {"limit": limit}
        return self._move(tenant, batch_id, {BatchState.PAUSED}, **self._again(batch_id, at), **changes)

    async def cancel(self, tenant: str, batch_id: str, at: datetime) -> bool:
        """End it for good."""
        return self._move(tenant, batch_id, _UNFINISHED, state=BatchState.CANCELLED, reason=None, finished_at=at)

    async def retry(self, tenant: str, batch_id: str, at: datetime) -> int:
        """Do again what is among REDONE."""
        batch = await self.find(tenant, batch_id)
        count = 0 if batch is None else sum(each.status in REDONE for each in self.kept[batch_id].results.values())
        if batch is None or batch.state is not BatchState.COMPLETED or not count:
            return 0
        again = self._again(batch_id, at)
        self._move(tenant, batch_id, {batch.state}, **again, redo_before=again["generation"], finished_at=None)
        kept = self.kept[batch_id]
        self._change(kept, settled=kept.batch.total - count)
        return count

    async def finish(self, tenant: str, batch_id: str, at: datetime) -> bool:
        """Complete it if every row is settled."""
        if await self.find(tenant, batch_id) is None or await self.open(tenant, batch_id):
            return False
        return self._move(tenant, batch_id, {BatchState.RUNNING}, state=BatchState.COMPLETED, finished_at=at)

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Row, ...]:
        """Every row about a candidate."""
        return tuple(
            Row(item, kept.results.get(item.idx))
            for kept in self._theirs(tenant)
            for item in kept.items.values()
            if item.candidate_ref == candidate_ref
        )

    async def erase(self, tenant: str, candidate_ref: str, at: datetime) -> int:
        """Empty every row about a candidate."""
        count = 0
        for kept in self._theirs(tenant):
            theirs = [item for item in kept.items.values() if item.candidate_ref == candidate_ref]
            for item in theirs:
                kept.items[item.idx] = item.emptied
                kept.results[item.idx] = Result(item.idx, ItemStatus.ERASED, kept.batch.generation, at)
                for same in [each for each in kept.items.values() if each.same_as == item.idx]:
                    kept.items[same.idx] = replace(same, same_as=None)
            count += len(theirs)
        return count

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete batches that ended before."""
        old = [
            kept.batch for kept in self._theirs(tenant) if kept.batch.finished_at and kept.batch.finished_at < before
        ]
        for batch in old:
            del self.kept[batch.id]
        return tuple(sorted(batch.id for batch in old))

    async def running(self) -> tuple[tuple[str, Batch], ...]:
        """Every running batch."""
        running = [each for each in self.kept.values() if each.batch.state is BatchState.RUNNING]
        return tuple((each.tenant, each.batch) for each in sorted(running, key=lambda each: each.batch.created_at))

    async def open(self, tenant: str, batch_id: str) -> tuple[Chunk, ...]:
        """Its chunks that are not settled."""
        kept = self._of(tenant, batch_id)
        return tuple(kept.chunk(lo) for lo, chunk in kept.chunks.items() if not kept.is_settled(chunk))

    async def planned(self, tenant: str, batch_id: str, generation: int) -> None:
        """All chunks of this generation are with the engine."""
        self._change(self._of(tenant, batch_id), planned=generation)

    async def begin(self, tenant: str, batch_id: str, lo: int, generation: int) -> Chunk | None:
        """Start on a chunk."""
        batch = await self.find(tenant, batch_id)
        if batch is None or (batch.state, batch.generation) != (BatchState.RUNNING, generation):
            return None
        kept = self._of(tenant, batch_id)
        kept.chunks[lo] = replace(kept.chunks[lo], attempts=kept.chunks[lo].attempts + 1)
        return kept.chunk(lo)

    async def attempted(self, tenant: str, batch_id: str, lo: int, attempts: int) -> None:
        """So many starts count."""
        chunks = self._of(tenant, batch_id).chunks
        chunks[lo] = replace(chunks[lo], attempts=attempts)

    async def todo(self, tenant: str, batch_id: str, lo: int, hi: int) -> Todo:
        """What is left of these rows."""
        kept = self._of(tenant, batch_id)
        same: dict[int, tuple[Item, ...]] = {}
        for item in kept.items.values():
            if item.same_as is not None and lo <= item.same_as < hi and kept.open(item.idx):
                same[item.same_as] = (*same.get(item.same_as, ()), item)
        firsts = [kept.items[idx] for idx in range(lo, hi) if kept.items[idx].same_as is None]
        return Todo(tuple(item for item in firsts if kept.open(item.idx) or item.idx in same), same)

    async def save(self, tenant: str, batch_id: str, lo: int, results: Sequence[Result], spent: Amount) -> Standing:
        """Keep results; the first of a row stays."""
        batch = await self.find(tenant, batch_id)
        if batch is None:
            return Standing(BatchState.CANCELLED, 0, Amount())
        kept = self._of(tenant, batch_id)
        new = [each for each in results if _is_better(each, kept.results.get(each.idx))]
        kept.results |= {each.idx: each for each in new}
        kept.spent[lo] = kept.spent.get(lo, Amount()) + spent
        if new:
            kept.chunks[lo] = replace(kept.chunks[lo], attempts=0)
        return Standing(batch.state, batch.generation, kept.counts().spent, frozenset(each.idx for each in new))

    async def sweep(self, before: datetime) -> int:
        """Delete abandoned submissions."""
        stale = [
            each.batch.id
            for each in self.kept.values()
            if each.batch.state is BatchState.PREPARING and each.batch.touched_at < before
        ]
        for batch_id in stale:
            del self.kept[batch_id]
        return len(stale)

    def _theirs(self, tenant: str) -> list[KeptBatch]:
        return [each for each in self.kept.values() if each.tenant == tenant]

    def _of(self, tenant: str, batch_id: str) -> KeptBatch:
        return next(each for each in self._theirs(tenant) if each.batch.id == batch_id)

    def _again(self, batch_id: str, at: datetime) -> dict[str, Any]:
        kept = self.kept.get(batch_id)
        if kept is None:
            return {}
        return {
            "state": BatchState.RUNNING,
            "reason": None,
            "generation": kept.batch.generation + 1,
            "resumed_at": at,
            "settled": kept.counts().settled,
        }

    def _move(self, tenant: str, batch_id: str, states: set[BatchState], **changes: Any) -> bool:  # noqa: ANN401
        kept = self.kept.get(batch_id)
        if kept is None or kept.tenant != tenant or kept.batch.state not in states:
            return False
        self._change(kept, **changes)
        return True

    def _change(self, kept: KeptBatch, **changes: Any) -> Batch:  # noqa: ANN401 - as the fields are
        kept.batch = replace(kept.batch, **changes)
        return kept.batch


def _is_better(new: Result, old: Result | None) -> bool:
    return old is None or (old.status in REDONE and old.generation < new.generation)
