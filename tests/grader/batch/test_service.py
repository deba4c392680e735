"""What can be done with batches, on fakes: submit, look, pause, resume, cancel, retry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from grader.access import LOCAL
from grader.batch import Batches, NewBatch, NewRow, Options
from grader.errors import BatchConflict, ConfigurationError, UnknownBatch
from grader.fakes import FakeBatchStore, counting_ids
from grader.ports import BatchState, ItemStatus, PauseReason, Result
from rubrics.model import KeyPoint, Question, Rubric

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Rubric(
    question=Question(id="Q1", title="Windows", text="What is a window?"),
    key_points=(KeyPoint(id="k1", text="A window is a stretch of tokens."),),
)


def queue_of(options: Options) -> str:
    if options.judge == "nobody":
        raise ConfigurationError("there is no judge 'nobody'")
    return "local"


@pytest.fixture
def store() -> FakeBatchStore:
    return FakeBatchStore()


@pytest.fixture
def batches(store: FakeBatchStore) -> Batches:
    return Batches(store, queue_of, now=lambda: NOON, new_id=counting_ids("batch"))


async def answers(*texts: str) -> AsyncIterator[NewRow]:
    for text in texts:
        yield NewRow(RUBRIC, text)


async def test_rows_are_kept_in_the_order_they_came_in_and_the_batch_runs(batches: Batches) -> None:
    batch = await batches.submit(LOCAL, NewBatch("first"), answers("one", "two", "one"))
    assert (batch.state, batch.total, batch.distinct) == (BatchState.RUNNING, 3, 2)
    rows = [row async for row in batches.all_rows("local", batch.id)]
    assert [row.item.answer for row in rows] == ["one", "two", "one"]
    assert [row.item.same_as for row in rows] == [None, None, 0]


async def test_the_same_key_is_the_same_batch_and_no_row_is_read(batches: Batches) -> None:
    first = await batches.submit(LOCAL, NewBatch(key="monday"), answers("one"))

    async def never() -> AsyncIterator[NewRow]:
        pytest.fail("a row was read")
        yield NewRow(RUBRIC, "")

    assert await batches.submit(LOCAL, NewBatch(key="monday"), never()) == first


async def test_rows_that_break_off_leave_no_batch(batches: Batches, store: FakeBatchStore) -> None:
    async def broken() -> AsyncIterator[NewRow]:
        yield NewRow(RUBRIC, "one")
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await batches.submit(LOCAL, NewBatch(), broken())
    assert store.kept == {}


async def test_a_judge_that_is_not_there_is_named_before_a_row_is_kept(batches: Batches) -> None:
    with pytest.raises(ConfigurationError, match="nobody"):
        await batches.submit(LOCAL, NewBatch(options=Options(judge="nobody")), answers("one"))


async def test_a_paused_batch_goes_on_as_a_new_generation(batches: Batches) -> None:
    batch = await batches.submit(LOCAL, NewBatch(), answers("one"))
    paused = await batches.pause(LOCAL, batch.id)
    assert (paused.state, paused.reason) == (BatchState.PAUSED, PauseReason.ASKED)
    assert await batches.pause(LOCAL, batch.id) == paused
    resumed = await batches.resume(LOCAL, batch.id)
    assert (resumed.state, resumed.reason, resumed.generation) == (BatchState.RUNNING, None, 2)


async def test_what_was_cancelled_is_over(batches: Batches) -> None:
    batch = await batches.submit(LOCAL, NewBatch(), answers("one"))
    assert (await batches.cancel(LOCAL, batch.id)).state is BatchState.CANCELLED
    with pytest.raises(BatchConflict, match="cancelled: it cannot be resumed"):
        await batches.resume(LOCAL, batch.id)
    with pytest.raises(UnknownBatch):
        await batches.progress("somebody else", batch.id)


async def test_a_retry_does_again_what_failed(batches: Batches, store: FakeBatchStore) -> None:
    batch = await batches.submit(LOCAL, NewBatch(), answers("one", "two"))
    with pytest.raises(BatchConflict, match="running: it cannot be retried"):
        await batches.retry(LOCAL, batch.id)
    results = [Result(0, ItemStatus.GRADED, 1, NOON), Result(1, ItemStatus.FAILED, 1, NOON, reason="odd")]
    chunk = await store.begin("local", batch.id, 0, 1)
    assert chunk is not None
    await store.save("local", batch.id, 0, results, chunk.counts.spent)
    assert await store.finish("local", batch.id, NOON)
    assert await batches.retry(LOCAL, batch.id) == 1
    assert [item.idx for item in (await store.todo("local", batch.id, 0, 2)).items] == [1]


async def test_progress_tells_rate_and_time_left(store: FakeBatchStore) -> None:
    clock = [NOON]
    batches = Batches(store, queue_of, now=lambda: clock[0])
    batch = await batches.submit(LOCAL, NewBatch(), answers(*map(str, range(10))))
    chunk = await store.begin("local", batch.id, 0, 1)
    assert chunk is not None
    results = [Result(idx, ItemStatus.GRADED, 1, NOON) for idx in range(4)]
    await store.save("local", batch.id, 0, results, chunk.counts.spent)
    clock[0] += timedelta(seconds=2)
    progress = await batches.progress("local", batch.id)
    assert (progress.settled, progress.waiting, progress.rate, progress.eta_seconds) == (4, 6, 2.0, 3.0)


async def test_an_estimate_counts_identical_answers_once_and_keeps_nothing(store: FakeBatchStore) -> None:
    found = await Batches(store, queue_of).estimate(answers("one", "two", "one"), Options(), rows_per_second=4)
    assert (found.rows, found.distinct, found.points, found.seconds) == (3, 2, 2, 0.5)
    assert store.kept == {}
