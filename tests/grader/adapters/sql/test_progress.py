"""A look at how far a batch is reads a row of counters a chunk, by its key, and no row of the batch itself."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event

from grader.access import Amount
from grader.adapters.sql import Database, SqlBatchStore, SqlChunkStore
from grader.batch.service import MOST_CHUNK_ROWS, chunk_rows
from grader.ports import Batch, BatchState, Item, ItemStatus, Result
from rubrics.bank import Bank
from tests.conftest import NewDatabase

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Bank().rubric("DL0028")


async def filled(database: Database) -> SqlBatchStore:
    """Two running batches of six rows in chunks of two, the first row of each graded."""
    batches, chunks = SqlBatchStore(database), SqlChunkStore(database)
    for name in ("b-1", "b-2"):
        await batches.create("one", Batch(name, "", BatchState.PREPARING, "{}", "local", NOON, NOON))
        items = [Item(idx, RUBRIC.content_hash, f"answer {idx}") for idx in range(6)]
        await batches.add("one", name, items, [RUBRIC], NOON)
        await batches.start("one", name, 2, NOON)
        await chunks.save("one", name, 0, [Result(0, ItemStatus.GRADED, 1, NOON, 0.5, "{}")], Amount())
    return batches


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """The statements that run inside, with their values, but for those that begin a transaction."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "set_config" not in statement and not statement.startswith("BEGIN"):
            seen.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_it_is_one_statement_about_chunks_and_their_batch(database: Database) -> None:
    batches = await filled(database)
    with watched() as seen:
        found = await batches.progress("one", "b-1")
    assert found is not None
    assert (found[0].total, found[1].graded) == (6, 1)
    ((statement, _),) = seen
    assert set(re.findall(r"\b(?:FROM|JOIN)\s+\(?([a-z]\w+)", statement)) == {"batches", "chunks"}


async def test_it_finds_them_by_the_batch(new_database: NewDatabase) -> None:
    url = new_database("sqlite")
    database = Database(url)
    await database.open()
    batches = await filled(database)
    with watched() as seen:
        await batches.progress("one", "b-1")
    await database.close()
    ((statement, values),) = seen
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert not [step for step in plan if step.startswith("SCAN") and "anon" not in step], plan
    assert [step for step in plan if step.startswith("SEARCH chunks USING INDEX") and "batch_id=?" in step], plan


@pytest.mark.parametrize(("rows", "chunks"), [(100, 7), (10_000, 65), (1_000_000, 2_000)])
def test_a_batch_has_few_chunks_however_many_rows(rows: int, chunks: int) -> None:
    assert -(-rows // chunk_rows(rows)) == chunks <= max(65, rows // MOST_CHUNK_ROWS)
