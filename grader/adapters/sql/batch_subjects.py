"""What batches hold about candidates, in a SQL database: handed out, emptied, deleted when its time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from grader.adapters.sql.batch_tables import (
    BATCHES,
    CHUNKS,
    COUNTED,
    ITEMS,
    RESULTS,
    item_row,
    read_item,
    read_result,
    result_row,
    to_redo,
)
from grader.adapters.sql.batches import SqlBatchStore
from grader.adapters.sql.database import Database
from grader.adapters.sql.tenancy import TenantConnection
from grader.ports import Item, ItemStatus, Result, Row


class SqlBatchSubjects:
    """A BatchSubjects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Row, ...]:
        """Every row about this candidate."""
        found: list[Row] = []
        async with self._database.reading(tenant) as rows:
            for batch_id, items in (await _theirs(rows, candidate_ref)).items():
                wanted = RESULTS.c.idx.in_([item.idx for item in items])
                made = (await rows.execute(select(RESULTS).where(RESULTS.c.batch_id == batch_id, wanted))).all()
                results = {row.idx: read_result(row) for row in made}
                found += [Row(item, results.get(item.idx)) for item in items]
        return tuple(found)

    async def erase(self, tenant: str, candidate_ref: str, at: datetime) -> int:
        """Empty every row about this candidate."""
        async with self._database.writing(tenant) as rows:
            theirs = await _theirs(rows, candidate_ref)
            for batch_id, items in theirs.items():
                await _empty(rows, batch_id, items, at)
        return sum(map(len, theirs.values()))

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete the batches that ended before."""
        async with self._database.reading(tenant) as rows:
            old = select(BATCHES.c.id).where(BATCHES.c.finished_at < before).order_by(BATCHES.c.id)
            ids = tuple((await rows.execute(old)).scalars().all())
        store = SqlBatchStore(self._database)
        for batch_id in ids:
            await store.discard(tenant, batch_id)
        return ids


async def _theirs(rows: TenantConnection, candidate_ref: str) -> dict[str, list[Item]]:
    """The rows about a candidate, by batch."""
    query = select(ITEMS).where(ITEMS.c.candidate_ref == candidate_ref).order_by(ITEMS.c.batch_id, ITEMS.c.idx)
    theirs: dict[str, list[Item]] = {}
    for row in (await rows.execute(query)).all():
        theirs.setdefault(row.batch_id, []).append(read_item(row))
    return theirs


async def _empty(rows: TenantConnection, batch_id: str, items: list[Item], at: datetime) -> None:
    """Empty rows of one batch; what was the same as one of them stands for itself from now on."""
    here, idxs = ITEMS.c.batch_id == batch_id, [item.idx for item in items]
    await rows.execute(select(CHUNKS.c.lo).where(CHUNKS.c.batch_id == batch_id).with_for_update())  # no save counts now
    for item in items:
        nothing = item_row(batch_id, item.emptied, None)
        await rows.execute(update(ITEMS).where(here, ITEMS.c.idx == item.idx).values(nothing))
    await rows.execute(update(ITEMS).where(here, ITEMS.c.same_as.in_(idxs)).values(same_as=None))
    generation = int(await rows.scalar(select(BATCHES.c.generation).where(BATCHES.c.id == batch_id)) or 0)
    erased = [result_row(batch_id, Result(idx, ItemStatus.ERASED, generation, at)) for idx in idxs]
    there = RESULTS.c.batch_id == batch_id, RESULTS.c.idx.in_(idxs)
    await rows.execute(delete(RESULTS).where(*there))
    await rows.execute(insert(RESULTS), erased)
    await _recount(rows, batch_id)


async def _recount(rows: TenantConnection, batch_id: str) -> None:
    """Set the counters of a batch right after its rows have changed."""
    batch = (await rows.execute(select(BATCHES).where(BATCHES.c.id == batch_id))).one()
    here = ITEMS.c.batch_id == batch_id
    place = (func.coalesce(ITEMS.c.same_as, ITEMS.c.idx) // batch.chunk_rows).label("place")
    sizes = select(place, func.count().label("rows")).where(here).group_by(place)
    totals = {row.place: row.rows for row in (await rows.execute(sizes)).all()}
    both = ITEMS.join(RESULTS, (RESULTS.c.batch_id == ITEMS.c.batch_id) & (RESULTS.c.idx == ITEMS.c.idx))
    statuses = (
        select(place, RESULTS.c.status, func.count().label("rows"))
        .select_from(both)
        .where(here, ~to_redo(batch.redo_before))
    )
    counts: dict[int, dict[str, int]] = {}
    for found in (await rows.execute(statuses.group_by(place, RESULTS.c.status))).all():
        counts.setdefault(found.place, dict.fromkeys(COUNTED, 0))[found.status] = found.rows
    for chunk in (await rows.execute(select(CHUNKS).where(CHUNKS.c.batch_id == batch_id))).all():
        number = chunk.lo // batch.chunk_rows
        now = {**counts.get(number, dict.fromkeys(COUNTED, 0)), "rows": totals.get(number, 0)}
        if any(getattr(chunk, name) != value for name, value in now.items()):
            this = (CHUNKS.c.batch_id == batch_id) & (CHUNKS.c.lo == chunk.lo)
            await rows.execute(update(CHUNKS).where(this).values(now))
