"""Batches in a SQL database: submitted in blocks, looked at by counters, moved from state to state."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, delete, func, insert, literal, select, true, tuple_, update

from grader.access import Limit
from grader.adapters.sql.batch_tables import (
    BATCH_RUBRICS,
    BATCHES,
    CHUNKS,
    COUNTED,
    ITEMS,
    NEEDS_WORK,
    OF_BATCH,
    RESULTS,
    SPENT,
    batch_row,
    item_row,
    read_batch,
    read_counts,
    read_item,
    read_result,
    sums,
)
from grader.adapters.sql.database import Database
from grader.adapters.sql.referrals import REFERRALS
from grader.adapters.sql.reviews import APPEALS, OPINIONS, OVERRIDES
from grader.adapters.sql.schema import UtcDateTime
from grader.adapters.sql.tenancy import Prepared, TenantConnection
from grader.errors import StorageError
from grader.ports import REDONE, Batch, BatchPlace, BatchState, Counts, Item, PauseReason, Result, Row
from rubrics.model import Rubric

DELETED_AT_ONCE: Final = 20_000
"""Rows deleted in one transaction: 0.2 s, so that nobody waits long for the writer."""


_ID: Final[BindParameter[str]] = bindparam("batch_id")
_SUMS: Final = select(*sums()).where(CHUNKS.c.batch_id == _ID).subquery()
_PROGRESS: Final = Prepared(
    select(BATCHES, *_SUMS.c).select_from(BATCHES.join(_SUMS, true())).where(BATCHES.c.id == _ID)
)


class SqlBatchStore:
    """A BatchStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, tenant: str, batch: Batch) -> None:
        """Keep a new batch."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(BATCHES).values(batch_row(batch)))

    async def add(
        self, tenant: str, batch_id: str, items: Sequence[Item], rubrics: Sequence[Rubric], at: datetime
    ) -> None:
        """Keep rows of a batch in preparation."""
        async with self._database.writing(tenant) as rows:
            if not await _moved(rows, batch_id, {BatchState.PREPARING}, touched_at=at):
                raise StorageError(f"batch {batch_id} is no longer in preparation")
            first = await _first(rows, batch_id, items)
            kept = []
            for item in items:
                same_as = first.setdefault(item.sameness, item.idx)
                kept.append(item_row(batch_id, item, None if same_as == item.idx else same_as))
            await rows.execute(insert(ITEMS), kept)
            for rubric in rubrics:
                stored = {"rubric_hash": rubric.content_hash, "rubric": rubric.model_dump_json()}
                await rows.keep_first(BATCH_RUBRICS, {"batch_id": batch_id, **stored})

    async def start(self, tenant: str, batch_id: str, chunk_rows: int, at: datetime) -> Batch:
        """Count the rows, cut them into chunks, and let it run."""
        async with self._database.writing(tenant) as rows:
            here = ITEMS.c.batch_id == batch_id
            total = int(await rows.scalar(select(func.count()).select_from(ITEMS).where(here)))
            distinct = select(func.count()).select_from(ITEMS).where(here, ITEMS.c.same_as.is_(None))
            counts = {"total": total, "distinct": int(await rows.scalar(distinct)), "chunk_rows": chunk_rows}
            chunks = await _cut(rows, batch_id, chunk_rows, total)
            if chunks:
                await rows.execute(insert(CHUNKS), chunks)
            await _moved(
                rows,
                batch_id,
                {BatchState.PREPARING},
                state=BatchState.RUNNING.value,
                touched_at=at,
                resumed_at=at,
                **counts,
            )
            return await _found(rows, batch_id) or _gone(batch_id)

    async def discard(self, tenant: str, batch_id: str) -> bool:
        """Delete it with everything of it, a part at a time and itself last."""
        for table in OF_BATCH:
            while await self._deleted_some(tenant, batch_id, table):
                pass
        async with self._database.writing(tenant) as rows:
            for said in (OVERRIDES, APPEALS, OPINIONS, REFERRALS):
                of_its_grades = said.c.grade_id.startswith(f"{batch_id}.", autoescape=True)
                await rows.execute(delete(said).where(of_its_grades))
            return (await rows.execute(delete(BATCHES).where(BATCHES.c.id == batch_id))).rowcount > 0

    async def find(self, tenant: str, batch_id: str) -> Batch | None:
        """The tenant's batch, or None."""
        if "\0" in batch_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            return await _found(rows, batch_id)

    async def by_key(self, tenant: str, key: str) -> Batch | None:
        """The tenant's batch with this key, or None."""
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(BATCHES).where(BATCHES.c.key == key))).one_or_none()
        return None if found is None else read_batch(found)

    async def page(self, tenant: str, *, limit: int, after: BatchPlace | None = None) -> tuple[Batch, ...]:
        """The newest batches."""
        query = select(BATCHES).order_by(BATCHES.c.created_at.desc(), BATCHES.c.id.desc()).limit(limit)
        if after is not None:
            place = tuple_(literal(after.created_at, UtcDateTime), after.id)
            query = query.where(tuple_(BATCHES.c.created_at, BATCHES.c.id) < place)
        async with self._database.reading(tenant) as rows:
            return tuple(read_batch(row) for row in (await rows.execute(query)).all())

    async def progress(self, tenant: str, batch_id: str) -> tuple[Batch, Counts] | None:
        """The tenant's batch and its counts, by one statement: it is asked again and again while a batch runs."""
        if "\0" in batch_id:  # as above
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.run(_PROGRESS, batch_id=batch_id)).one_or_none()
        return None if found is None else (read_batch(found), read_counts(found))

    async def counts(self, tenant: str, batch_id: str) -> Counts:
        """How many rows have which status."""
        async with self._database.reading(tenant) as rows:
            return await _counts(rows, batch_id)

    async def rubrics(self, tenant: str, batch_id: str) -> Mapping[str, Rubric]:
        """What its rows are graded against, by hash."""
        query = select(BATCH_RUBRICS.c.rubric_hash, BATCH_RUBRICS.c.rubric)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(query.where(BATCH_RUBRICS.c.batch_id == batch_id))).all()
        return {row.rubric_hash: Rubric.model_validate_json(row.rubric) for row in found}

    async def rows(self, tenant: str, batch_id: str, *, after: int, limit: int) -> tuple[Row, ...]:
        """Rows in order; two range reads, since a join of both has been seen to go quadratic on PostgreSQL."""
        there = select(ITEMS).where(ITEMS.c.batch_id == batch_id, ITEMS.c.idx > after).order_by(ITEMS.c.idx)
        async with self._database.reading(tenant) as rows:
            items = [read_item(row) for row in (await rows.execute(there.limit(limit))).all()]
            if not items:
                return ()
            within = RESULTS.c.idx.between(items[0].idx, items[-1].idx)
            made = (await rows.execute(select(RESULTS).where(RESULTS.c.batch_id == batch_id, within))).all()
        results = {row.idx: read_result(row) for row in made}
        return tuple(Row(item, results.get(item.idx)) for item in items)

    async def results(self, tenant: str, batch_id: str, idxs: Collection[int]) -> Mapping[int, Result]:
        """The results of these rows."""
        query = select(RESULTS).where(RESULTS.c.batch_id == batch_id, RESULTS.c.idx.in_(idxs))
        async with self._database.reading(tenant) as rows:
            return {row.idx: read_result(row) for row in (await rows.execute(query)).all()}

    async def pause(self, tenant: str, batch_id: str, reason: PauseReason, at: datetime) -> bool:
        """Let a running one rest."""
        changes = {"state": BatchState.PAUSED.value, "reason": reason.value, "touched_at": at}
        async with self._database.writing(tenant) as rows:
            return await _moved(rows, batch_id, {BatchState.RUNNING}, **changes)

    async def resume(self, tenant: str, batch_id: str, at: datetime, limit: Limit | None = None) -> bool:
        """Let a paused one go on as a new generation."""
        changes = {} if limit is None else {f"limit_{name}": value for name, value in vars(limit).items()}
        async with self._database.writing(tenant) as rows:
            settled = (await _counts(rows, batch_id)).settled
            return await _moved(rows, batch_id, {BatchState.PAUSED}, **_again(at, settled), **changes)

    async def cancel(self, tenant: str, batch_id: str, at: datetime) -> bool:
        """End it for good."""
        changes = {"state": BatchState.CANCELLED.value, "reason": None, "finished_at": at}
        async with self._database.writing(tenant) as rows:
            return await _moved(rows, batch_id, {BatchState.RUNNING, BatchState.PAUSED}, **changes)

    async def retry(self, tenant: str, batch_id: str, at: datetime) -> int:
        """Do again what is among REDONE: its rows no longer count as settled, and are replaced one by one."""
        async with self._database.writing(tenant) as rows:
            counts = await _counts(rows, batch_id)
            redone = sum(getattr(counts, status.value) for status in REDONE)
            again = _again(at, counts.settled - redone)
            changes = {**again, "redo_before": BATCHES.c.generation + 1, "finished_at": None}
            if not redone or not await _moved(rows, batch_id, {BatchState.COMPLETED}, **changes):
                return 0
            none = {status.value: 0 for status in REDONE}
            await rows.execute(update(CHUNKS).where(CHUNKS.c.batch_id == batch_id).values(none | {"attempts": 0}))
            return int(redone)

    async def finish(self, tenant: str, batch_id: str, at: datetime) -> bool:
        """Complete it if every row is settled."""
        async with self._database.writing(tenant) as rows:
            left = select(func.count()).select_from(CHUNKS).where(CHUNKS.c.batch_id == batch_id, NEEDS_WORK)
            if await rows.scalar(left):
                return False
            done = {"state": BatchState.COMPLETED.value, "finished_at": at}
            return await _moved(rows, batch_id, {BatchState.RUNNING}, **done)

    async def _deleted_some(self, tenant: str, batch_id: str, table: Any) -> bool:  # noqa: ANN401 - a table
        """Delete some rows of a batch; whether there may be more."""
        key = next(column for column in table.primary_key if column.name != "batch_id")
        some = select(key).where(table.c.batch_id == batch_id).order_by(key).limit(DELETED_AT_ONCE)
        async with self._database.writing(tenant) as rows:
            keys = (await rows.execute(some)).scalars().all()
            if not keys:
                return False
            these = (table.c.batch_id == batch_id) & key.between(keys[0], keys[-1])
            await rows.execute(delete(table).where(these))
        return len(keys) == DELETED_AT_ONCE


async def _first(rows: TenantConnection, batch_id: str, items: Sequence[Item]) -> dict[bytes, int]:
    """The rows kept so far that are the same as one of these, the first of each kind."""
    wanted = [item.sameness for item in items]
    query = select(ITEMS.c.sameness, ITEMS.c.idx).where(
        ITEMS.c.batch_id == batch_id, ITEMS.c.sameness.in_(wanted), ITEMS.c.same_as.is_(None)
    )
    return {bytes(row.sameness): row.idx for row in (await rows.execute(query)).all()}


async def _cut(rows: TenantConnection, batch_id: str, chunk_rows: int, total: int) -> list[dict[str, Any]]:
    """The chunks of a batch; each settles its own rows that are the first of their kind, and all that are the same."""
    place = (func.coalesce(ITEMS.c.same_as, ITEMS.c.idx) // chunk_rows).label("place")
    query = select(place, func.count().label("rows")).where(ITEMS.c.batch_id == batch_id).group_by(place)
    numbers = {row.place: row.rows for row in (await rows.execute(query)).all()}
    nothing = dict.fromkeys((*COUNTED, *SPENT, "attempts"), 0)
    return [
        {"batch_id": batch_id, "lo": lo, "hi": min(lo + chunk_rows, total), "rows": numbers.get(lo // chunk_rows, 0)}
        | nothing
        for lo in range(0, total, chunk_rows)
    ]


async def _found(rows: TenantConnection, batch_id: str) -> Batch | None:
    found = (await rows.execute(select(BATCHES).where(BATCHES.c.id == batch_id))).one_or_none()
    return None if found is None else read_batch(found)


async def _counts(rows: TenantConnection, batch_id: str) -> Counts:
    return read_counts((await rows.execute(select(*sums()).where(CHUNKS.c.batch_id == batch_id))).one())


async def _moved(rows: TenantConnection, batch_id: str, states: Collection[BatchState], **changes: Any) -> bool:  # noqa: ANN401 - as the columns are
    """Change a batch if it is in one of these states; whether it was."""
    there = (BATCHES.c.id == batch_id) & BATCHES.c.state.in_([state.value for state in states])
    return (await rows.execute(update(BATCHES).where(there).values(changes))).rowcount > 0


def _again(at: datetime, settled: int) -> dict[str, Any]:
    """What makes a batch run as its next generation."""
    again = {"state": BatchState.RUNNING.value, "reason": None, "generation": BATCHES.c.generation + 1}
    return {**again, "resumed_at": at, "settled": settled}


def _gone(batch_id: str) -> Batch:
    raise StorageError(f"batch {batch_id} was deleted while it was submitted")
