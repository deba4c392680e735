"""Rows of batches are held about candidates like all else: handed out, erased, deleted when their time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grader.access import LOCAL, Amount
from grader.bootstrap import build_candidates
from grader.bootstrap.stores import Storage
from grader.ports import Batch, BatchState, Item, ItemStatus, Result
from grader.settings import Settings
from rubrics.bank import Bank
from tests.grader.adapters.sql.examples import grade

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Bank().rubric("DL0028")


@pytest.fixture
async def storage(database_url: str) -> Storage:
    """A completed batch of one row about c-1 and one about c-2."""
    made = Storage(Settings(database_url=database_url))
    await made.batches.create("local", Batch("b", "", BatchState.PREPARING, "{}", "offline", NOON, NOON))
    items = [Item(idx, RUBRIC.content_hash, f"answer-{idx}", f"c-{idx}", {"team": "red"}) for idx in (0, 1)]
    await made.batches.add("local", "b", items, [RUBRIC], NOON)
    await made.batches.start("local", "b", 10, NOON)
    results = [Result(idx, ItemStatus.GRADED, 1, NOON, 0.5, grade(f"g-{idx}").model_dump_json()) for idx in (0, 1)]
    await made.chunks.save("local", "b", 0, results, Amount())
    await made.batches.finish("local", "b", NOON)
    return made


async def test_a_candidates_rows_are_exported_with_their_grades_and_erased(storage: Storage) -> None:
    candidates = build_candidates(storage)
    held = await candidates.export(LOCAL, "c-1")
    assert [(row.answer, row.extra, row.grade and row.grade.id) for row in held.rows] == [
        ("answer-1", {"team": "red"}, "g-1")
    ]
    assert (await candidates.erase(LOCAL, "c-1")).rows == 1
    assert (await candidates.export(LOCAL, "c-1")).rows == ()
    assert len((await candidates.export(LOCAL, "c-0")).rows) == 1
    await storage.close()


async def test_a_batch_is_deleted_when_its_time_is_over(storage: Storage) -> None:
    candidates = build_candidates(storage)
    await candidates.expire("local", NOON)
    assert await storage.batches.find("local", "b") is not None
    await candidates.expire("local", NOON + timedelta(seconds=1))
    assert await storage.batches.find("local", "b") is None
    await storage.close()
