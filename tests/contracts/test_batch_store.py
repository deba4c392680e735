"""What every store of batches promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.access import Amount, Limit
from grader.adapters.sql import Database, SqlBatchStore, SqlBatchSubjects, SqlChunkStore
from grader.errors import AlreadyStored
from grader.fakes import FakeBatchStore
from grader.ports import (
    Batch,
    BatchPlace,
    BatchState,
    BatchStore,
    BatchSubjects,
    ChunkStore,
    Counts,
    Item,
    ItemStatus,
    PauseReason,
    Result,
)
from rubrics.bank import Bank

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Bank().rubric("DL0028")
HASH = RUBRIC.content_hash
BATCH = Batch("b-1", "Monday „wörtlich“", BatchState.PREPARING, "{}", "local", NOON, NOON, limit=Limit(usd=2.5))
ODD = "nul \0 half \ud800 window 🪟 „nur w“"


@dataclass
class Stores:
    """The three views of one store of batches, and shortcuts."""

    batches: BatchStore
    chunks: ChunkStore
    subjects: BatchSubjects

    async def submitted(self, *answers: str, chunk_rows: int = 2, refs: Sequence[str | None] = ()) -> Batch:
        """A running batch of these answers, about these candidates."""
        await self.batches.create("one", BATCH)
        named = [*refs, *[None] * len(answers)]
        items = [Item(idx, HASH, text, named[idx]) for idx, text in enumerate(answers)]
        await self.batches.add("one", "b-1", items, [RUBRIC], NOON)
        return await self.batches.start("one", "b-1", chunk_rows, NOON)

    async def result_of(self, idx: int) -> Result | None:
        return (await self.batches.rows("one", "b-1", after=idx - 1, limit=1))[0].result

    async def todo(self, lo: int, hi: int) -> list[int]:
        return [item.idx for item in (await self.chunks.todo("one", "b-1", lo, hi)).items]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> Stores:
    """Each store in turn, empty."""
    if request.param == "fake":
        fake = FakeBatchStore()
        return Stores(fake, fake, fake)
    database = await open_database(request.param)
    return Stores(SqlBatchStore(database), SqlChunkStore(database), SqlBatchSubjects(database))


def graded(idx: int, status: ItemStatus = ItemStatus.GRADED, generation: int = 1, **fields: object) -> Result:
    return replace(Result(idx, status, generation, NOON, 0.5, "{}"), **fields)


async def test_a_batch_in_preparation_is_found_by_id_and_key_by_its_tenant_only(stores: Stores) -> None:
    batch = replace(BATCH, key="monday")
    await stores.batches.create("one", batch)
    assert await stores.batches.find("one", "b-1") == batch == await stores.batches.by_key("one", "monday")
    assert await stores.batches.find("two", "b-1") is None is await stores.batches.by_key("two", "monday")
    assert await stores.batches.find("one", "\0") is None
    with pytest.raises(AlreadyStored):
        await stores.batches.create("one", replace(batch, id="b-2"))
    await stores.batches.create("two", replace(batch, id="b-2"))


async def test_rows_come_back_as_they_were_and_in_order(stores: Stores) -> None:
    await stores.batches.create("one", BATCH)
    rows = [Item(idx, HASH, f"{ODD} {idx}", f"c-{idx}", {"column ä": ODD}) for idx in range(5)]
    await stores.batches.add("one", "b-1", rows[:2], [RUBRIC], NOON)
    await stores.batches.add("one", "b-1", rows[2:], [RUBRIC], NOON)
    batch = await stores.batches.start("one", "b-1", 2, NOON)
    assert (batch.state, batch.total, batch.distinct, batch.resumed_at) == (BatchState.RUNNING, 5, 5, NOON)
    found = await stores.batches.rows("one", "b-1", after=0, limit=3)
    assert [row.item for row in found] == rows[1:4]
    assert {row.result for row in found} == {None}
    assert await stores.batches.rows("two", "b-1", after=-1, limit=3) == ()
    assert await stores.batches.rubrics("one", "b-1") == {HASH: RUBRIC}


async def test_identical_answers_to_the_same_rubric_point_to_the_first_also_across_blocks(stores: Stores) -> None:
    await stores.batches.create("one", BATCH)
    other = Bank().rubric("DL0001")
    await stores.batches.add("one", "b-1", [Item(0, HASH, "a"), Item(1, HASH, "b"), Item(2, HASH, "a")], [RUBRIC], NOON)
    more = [Item(3, HASH, "b"), Item(4, other.content_hash, "a"), Item(5, HASH, "a")]
    await stores.batches.add("one", "b-1", more, [RUBRIC, other], NOON)
    batch = await stores.batches.start("one", "b-1", 3, NOON)
    assert batch.distinct == 3
    rows = await stores.batches.rows("one", "b-1", after=-1, limit=9)
    assert [row.item.same_as for row in rows] == [None, None, 0, 1, None, 0]
    chunks = await stores.chunks.open("one", "b-1")
    assert [(chunk.lo, chunk.hi, chunk.rows) for chunk in chunks] == [(0, 3, 5), (3, 6, 1)]
    todo = await stores.chunks.todo("one", "b-1", 0, 3)
    assert [item.idx for item in todo.items] == [0, 1]
    assert {idx: [item.idx for item in same] for idx, same in todo.same.items()} == {0: [2, 5], 1: [3]}


async def test_the_first_result_of_a_row_stays_and_is_counted_once(stores: Stores) -> None:
    await stores.submitted("a", "b", "c")
    assert await stores.chunks.begin("one", "b-1", 0, 1) is not None
    took = Amount(2, 100, 0.25)
    standing = await stores.chunks.save("one", "b-1", 0, [graded(0), graded(1, ItemStatus.NEEDS_REVIEW)], took)
    assert (standing.state, standing.generation, standing.spent) == (BatchState.RUNNING, 1, took)
    standing = await stores.chunks.save("one", "b-1", 0, [graded(0, score=0.9), graded(1)], took)
    assert standing.spent == took + took
    assert await stores.result_of(0) == graded(0)
    counts = await stores.batches.counts("one", "b-1")
    assert (counts.graded, counts.needs_review, counts.settled, counts.spent) == (1, 1, 2, took + took)
    assert [chunk.lo for chunk in await stores.chunks.open("one", "b-1")] == [2]


async def test_progress_is_the_batch_and_its_counts_in_one_look(stores: Stores) -> None:
    await stores.batches.create("one", BATCH)
    assert await stores.batches.progress("one", "b-1") == (BATCH, Counts())
    await stores.batches.discard("one", "b-1")
    await stores.submitted("a", "b", "c")
    await stores.chunks.save("one", "b-1", 0, [graded(0)], Amount(1, 2, 0.5))
    await stores.chunks.save("one", "b-1", 2, [graded(2)], Amount(1, 2, 0.5))
    batch = await stores.batches.find("one", "b-1")
    assert await stores.batches.progress("one", "b-1") == (batch, Counts(graded=2, spent=Amount(2, 4, 1.0)))
    assert await stores.batches.progress("two", "b-1") is None
    assert await stores.batches.results("one", "b-1", [1, 2, 9]) == {2: graded(2)}
    assert await stores.batches.results("two", "b-1", [2]) == {}


async def test_who_hands_results_in_is_told_which_of_them_stay(stores: Stores) -> None:
    await stores.submitted("a", "b")
    assert (await stores.chunks.save("one", "b-1", 0, [graded(0)], Amount())).kept == {0}
    assert (await stores.chunks.save("one", "b-1", 0, [graded(0), graded(1)], Amount())).kept == {1}


async def test_a_start_is_an_attempt_until_there_is_a_result(stores: Stores) -> None:
    await stores.submitted("a", "b")
    first, second = [await stores.chunks.begin("one", "b-1", 0, 1) for _ in range(2)]
    assert first
    assert second
    assert (first.attempts, second.attempts) == (1, 2)
    await stores.chunks.save("one", "b-1", 0, [graded(0)], Amount())
    third = await stores.chunks.begin("one", "b-1", 0, 1)
    assert third
    assert third.attempts == 1
    await stores.chunks.attempted("one", "b-1", 0, 7)
    assert (await stores.chunks.open("one", "b-1"))[0].attempts == 7


async def test_nobody_starts_on_what_does_not_run_or_is_of_another_generation(stores: Stores) -> None:
    await stores.submitted("a")
    assert await stores.chunks.begin("one", "b-1", 0, 2) is None
    assert await stores.batches.pause("one", "b-1", PauseReason.BUDGET, NOON)
    assert not await stores.batches.pause("one", "b-1", PauseReason.ASKED, NOON)
    assert await stores.chunks.begin("one", "b-1", 0, 1) is None
    assert (await stores.chunks.save("one", "b-1", 0, [], Amount())).state is BatchState.PAUSED
    assert await stores.chunks.running() == ()
    assert await stores.batches.resume("one", "b-1", NOON, Limit(calls=7))
    batch = await stores.batches.find("one", "b-1")
    assert batch
    assert (batch.generation, batch.limit, batch.reason) == (2, Limit(calls=7), None)
    assert await stores.chunks.running() == (("one", batch),)
    assert await stores.chunks.begin("one", "b-1", 0, 2) is not None


async def test_a_batch_is_completed_when_every_row_is_settled(stores: Stores) -> None:
    await stores.submitted("a", "b", "c")
    await stores.chunks.save("one", "b-1", 0, [graded(0), graded(1)], Amount())
    assert not await stores.batches.finish("one", "b-1", NOON)
    await stores.chunks.save("one", "b-1", 2, [graded(2)], Amount())
    assert await stores.batches.finish("one", "b-1", NOON)
    assert not await stores.batches.finish("one", "b-1", NOON)
    batch = await stores.batches.find("one", "b-1")
    assert batch
    assert (batch.state, batch.finished_at) == (BatchState.COMPLETED, NOON)
    assert not await stores.batches.cancel("one", "b-1", NOON)


async def test_a_retry_does_again_what_failed_and_nothing_else(stores: Stores) -> None:
    await stores.submitted("a", "b", "c", "b")
    failed = [graded(idx, ItemStatus.FAILED, grade=None, score=None, reason="odd") for idx in (1, 3)]
    await stores.chunks.save("one", "b-1", 0, [graded(0), *failed], Amount())
    await stores.chunks.save("one", "b-1", 2, [graded(2, ItemStatus.UNGRADED)], Amount())
    assert await stores.batches.retry("one", "b-1", NOON) == 0
    assert await stores.batches.finish("one", "b-1", NOON)
    assert await stores.batches.retry("one", "b-1", NOON) == 3
    assert (await stores.todo(0, 2), await stores.todo(2, 4)) == ([1], [2])
    assert await stores.result_of(1) == failed[0]
    again = [graded(1, generation=2), graded(3, ItemStatus.FAILED, generation=2)]
    await stores.chunks.save("one", "b-1", 0, again, Amount())
    assert await stores.result_of(1) == again[0]
    assert (await stores.todo(0, 2), await stores.todo(2, 4)) == ([], [2])
    counts = await stores.batches.counts("one", "b-1")
    assert (counts.graded, counts.failed) == (2, 1)
    await stores.chunks.save("one", "b-1", 2, [graded(2, generation=2)], Amount())
    assert await stores.batches.finish("one", "b-1", NOON)


async def test_what_was_resumed_keeps_its_failures_until_a_retry(stores: Stores) -> None:
    await stores.submitted("a", "b")
    await stores.chunks.save("one", "b-1", 0, [graded(0, ItemStatus.FAILED)], Amount())
    await stores.batches.pause("one", "b-1", PauseReason.ASKED, NOON)
    await stores.batches.resume("one", "b-1", NOON)
    assert await stores.todo(0, 2) == [1]


async def test_the_newest_batches_come_first_page_by_page(stores: Stores) -> None:
    for number in range(4):
        at = NOON + timedelta(seconds=number)
        await stores.batches.create("one", replace(BATCH, id=f"b-{number}", created_at=at))
    first = await stores.batches.page("one", limit=2)
    assert [batch.id for batch in first] == ["b-3", "b-2"]
    rest = await stores.batches.page("one", limit=9, after=BatchPlace(first[-1].created_at, first[-1].id))
    assert [batch.id for batch in rest] == ["b-1", "b-0"]
    assert await stores.batches.page("two", limit=9) == ()


async def test_what_nobody_goes_on_submitting_is_deleted(stores: Stores) -> None:
    await stores.batches.create("one", BATCH)
    await stores.batches.add("one", "b-1", [Item(0, HASH, "a")], [RUBRIC], NOON + timedelta(seconds=5))
    assert await stores.chunks.sweep(NOON + timedelta(seconds=5)) == 0
    assert await stores.chunks.sweep(NOON + timedelta(seconds=6)) == 1
    assert await stores.batches.find("one", "b-1") is None
    assert not await stores.batches.discard("one", "b-1")


async def test_another_tenant_changes_nothing(stores: Stores) -> None:
    batch = await stores.submitted("a", refs=["c-1"])
    assert not await stores.batches.pause("two", "b-1", PauseReason.ASKED, NOON)
    assert not await stores.batches.cancel("two", "b-1", NOON)
    assert not await stores.batches.discard("two", "b-1")
    assert await stores.chunks.begin("two", "b-1", 0, 1) is None
    assert await stores.subjects.erase("two", "c-1", NOON) == 0
    assert await stores.subjects.of("two", "c-1") == ()
    assert await stores.batches.find("one", "b-1") == batch


async def test_what_is_held_about_a_candidate_is_handed_out_and_emptied(stores: Stores) -> None:
    await stores.submitted("a", "b", "a", "c", refs=["c-1", "c-2", "c-3"])
    await stores.chunks.save("one", "b-1", 0, [graded(0), graded(2), graded(1)], Amount(1, 2, 3.0))
    assert [(row.item.idx, row.result) for row in await stores.subjects.of("one", "c-1")] == [(0, graded(0))]
    assert await stores.subjects.erase("one", "c-1", NOON) == 1
    assert await stores.subjects.of("one", "c-1") == ()
    rows = await stores.batches.rows("one", "b-1", after=-1, limit=9)
    assert (rows[0].item.answer, rows[0].item.candidate_ref) == ("", None)
    assert rows[0].result == Result(0, ItemStatus.ERASED, 1, NOON)
    assert (rows[2].item.answer, rows[2].item.same_as, rows[2].result) == ("a", None, graded(2))
    counts = await stores.batches.counts("one", "b-1")
    assert (counts.erased, counts.graded, counts.settled) == (1, 2, 3)
    await stores.chunks.save("one", "b-1", 0, [graded(0)], Amount())
    assert await stores.result_of(0) == Result(0, ItemStatus.ERASED, 1, NOON)
    await stores.chunks.save("one", "b-1", 2, [graded(3)], Amount())
    assert await stores.batches.finish("one", "b-1", NOON)


async def test_a_row_that_was_the_same_as_an_erased_one_is_graded_for_itself(stores: Stores) -> None:
    await stores.submitted("a", "b", "a", refs=["c-1", "c-2", "c-3"])
    await stores.subjects.erase("one", "c-1", NOON)
    assert (await stores.todo(0, 2), await stores.todo(2, 3)) == ([1], [2])
    assert [(chunk.lo, chunk.rows) for chunk in await stores.chunks.open("one", "b-1")] == [(0, 2), (2, 1)]


async def test_batches_that_ended_before_are_deleted_with_everything(stores: Stores) -> None:
    await stores.submitted("a")
    await stores.chunks.save("one", "b-1", 0, [graded(0)], Amount())
    assert await stores.subjects.expire("one", NOON + timedelta(days=1)) == ()
    await stores.batches.finish("one", "b-1", NOON)
    assert await stores.subjects.expire("one", NOON) == ()
    assert await stores.subjects.expire("one", NOON + timedelta(seconds=1)) == ("b-1",)
    assert await stores.batches.find("one", "b-1") is None
    assert await stores.batches.rows("one", "b-1", after=-1, limit=9) == ()
