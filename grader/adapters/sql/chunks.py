"""What workers read and write of batches in a SQL database: one row of counters a chunk, one result a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from grader.access import Amount, Limit
from grader.adapters.sql.batch_tables import (
    BATCHES,
    CHUNKS,
    ITEMS,
    NEEDS_WORK,
    RESULTS,
    read_batch,
    read_chunk,
    read_counts,
    read_item,
    result_row,
    sums,
    to_redo,
)
from grader.adapters.sql.batches import SqlBatchStore
from grader.adapters.sql.database import Database
from grader.adapters.sql.tenancy import EVERY_TENANT, Prepared, TenantConnection
from grader.ports import Batch, BatchState, Chunk, Item, Result, Standing, Todo

_BATCH: Final = Prepared(select(BATCHES).where(BATCHES.c.id == bindparam("batch_id")))
_RESULT: Final = ("status", "generation", "made_at", "score", "grade", "reason", "salt")


class SqlChunkStore:
    """A ChunkStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def running(self) -> tuple[tuple[str, Batch], ...]:
        """Every running batch with its tenant, the oldest first."""
        query = select(BATCHES).where(BATCHES.c.state == BatchState.RUNNING.value)
        async with self._database.reading(EVERY_TENANT) as rows:
            found = (await rows.execute(query.order_by(BATCHES.c.created_at, BATCHES.c.id))).all()
        return tuple((row.tenant, read_batch(row)) for row in found)

    async def open(self, tenant: str, batch_id: str) -> tuple[Chunk, ...]:
        """Its chunks that are not settled, in order."""
        query = select(CHUNKS).where(CHUNKS.c.batch_id == batch_id, NEEDS_WORK).order_by(CHUNKS.c.lo)
        async with self._database.reading(tenant) as rows:
            return tuple(read_chunk(row) for row in (await rows.execute(query)).all())

    async def planned(self, tenant: str, batch_id: str, generation: int) -> None:
        """All chunks of this generation are with the engine."""
        this = (BATCHES.c.id == batch_id) & (BATCHES.c.generation == generation)
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(BATCHES).where(this).values(planned=generation))

    async def begin(self, tenant: str, batch_id: str, lo: int, generation: int) -> Chunk | None:
        """Start on a chunk of a batch that runs in this generation."""
        async with self._database.writing(tenant) as rows:
            batch = (await rows.execute(select(BATCHES).where(BATCHES.c.id == batch_id))).one_or_none()
            if batch is None or (batch.state, batch.generation) != (BatchState.RUNNING.value, generation):
                return None
            await _attempted(rows, batch_id, lo, CHUNKS.c.attempts + 1)
            this = (CHUNKS.c.batch_id == batch_id) & (CHUNKS.c.lo == lo)
            found = (await rows.execute(select(CHUNKS).where(this))).one_or_none()
        return None if found is None else read_chunk(found)

    async def attempted(self, tenant: str, batch_id: str, lo: int, attempts: int) -> None:
        """So many starts count."""
        async with self._database.writing(tenant) as rows:
            await _attempted(rows, batch_id, lo, attempts)

    async def todo(self, tenant: str, batch_id: str, lo: int, hi: int) -> Todo:
        """What is left of these rows; plain range reads on keys."""
        here = ITEMS.c.batch_id == batch_id
        within = select(ITEMS).where(here, ITEMS.c.idx >= lo, ITEMS.c.idx < hi).order_by(ITEMS.c.idx)
        alike = select(ITEMS).where(here, ITEMS.c.same_as >= lo, ITEMS.c.same_as < hi).order_by(ITEMS.c.idx)
        async with self._database.reading(tenant) as rows:
            redo = int(await rows.scalar(select(BATCHES.c.redo_before).where(BATCHES.c.id == batch_id)) or 0)
            firsts = [row for row in (await rows.execute(within)).all() if row.same_as is None]
            others = (await rows.execute(alike)).all()
            done = await _done(rows, batch_id, [row.idx for row in (*firsts, *others)], redo)
        same: dict[int, tuple[Item, ...]] = {}
        for row in others:
            if row.idx not in done:
                same[row.same_as] = (*same.get(row.same_as, ()), read_item(row))
        return Todo(tuple(read_item(row) for row in firsts if row.idx not in done or row.idx in same), same)

    async def save(self, tenant: str, batch_id: str, lo: int, results: Sequence[Result], spent: Amount) -> Standing:
        """Keep results and count them in one transaction; the first of a row stays."""
        this = (CHUNKS.c.batch_id == batch_id) & (CHUNKS.c.lo == lo)
        if not results and spent == Amount():
            async with self._database.reading(tenant) as rows:
                return await _standing(rows, batch_id)
        async with self._database.writing(tenant) as rows:
            if rows.takes_turns:
                await rows.execute(select(CHUNKS.c.lo).where(this).with_for_update())  # an erasure counts anew, alone
            kept = await _kept(rows, batch_id, results) if results else frozenset[int]()
            counts = Counter(result.status.value for result in results if result.idx in kept)
            more: dict[str, Any] = {name: CHUNKS.c[name] + n for name, n in {**counts, **vars(spent)}.items() if n}
            if more:
                await rows.execute(update(CHUNKS).where(this).values(more | ({"attempts": 0} if kept else {})))
            return replace(await _standing(rows, batch_id), kept=kept)

    async def sweep(self, before: datetime) -> int:
        """Delete abandoned submissions."""
        query = select(BATCHES.c.tenant, BATCHES.c.id).where(
            BATCHES.c.state == BatchState.PREPARING.value, BATCHES.c.touched_at < before
        )
        async with self._database.reading(EVERY_TENANT) as rows:
            stale = (await rows.execute(query)).all()
        store = SqlBatchStore(self._database)
        for row in stale:
            await store.discard(row.tenant, row.id)
        return len(stale)


async def _attempted(rows: TenantConnection, batch_id: str, lo: int, attempts: Any) -> None:  # noqa: ANN401 - number or sum
    this = (CHUNKS.c.batch_id == batch_id) & (CHUNKS.c.lo == lo)
    await rows.execute(update(CHUNKS).where(this).values(attempts=attempts))


async def _done(rows: TenantConnection, batch_id: str, idxs: list[int], redo_before: int) -> set[int]:
    """Which of these rows have a result that stands."""
    if not idxs:
        return set()
    query = select(RESULTS.c.idx).where(RESULTS.c.batch_id == batch_id, RESULTS.c.idx.in_(idxs), ~to_redo(redo_before))
    return set((await rows.execute(query)).scalars().all())


async def _kept(rows: TenantConnection, batch_id: str, results: Sequence[Result]) -> frozenset[int]:
    """Keep results; the rows that had none that stands before."""
    statement = rows.insert(RESULTS)
    new = {name: statement.excluded[name] for name in _RESULT}
    keeping = statement.on_conflict_do_update(
        index_elements=["batch_id", "idx"], set_=new, where=to_redo(statement.excluded.generation)
    ).returning(RESULTS.c.idx)
    made = await rows.execute(keeping, [result_row(batch_id, result) for result in results])
    return frozenset(made.scalars().all())


async def _standing(rows: TenantConnection, batch_id: str) -> Standing:
    found = (await rows.run(_BATCH, batch_id=batch_id)).one_or_none()
    if found is None:
        return Standing(BatchState.CANCELLED, 0, Amount())
    batch = read_batch(found)
    if batch.limit == Limit():  # nobody asks what it spent
        return Standing(batch.state, batch.generation, Amount())
    spent = (await rows.execute(select(*sums()).where(CHUNKS.c.batch_id == batch_id))).one()
    return Standing(batch.state, batch.generation, read_counts(spent).spent)
