"""The work on chunks, on fakes: rows become results, failures are rows, a budget pauses, lost chunks come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from grader.access import LOCAL, Amount, Limit
from grader.batch import Batches, Lane, NewBatch, NewRow
from grader.batch.chunk_work import ChunkWork
from grader.batch.dispatching import Dispatcher
from grader.batch.endings import Endings
from grader.batch.record import Record
from grader.batch.slices import Means
from grader.domain import Grade, Usage
from grader.errors import BudgetExhausted, ConfigurationError, InvalidAnswer, StorageAway
from grader.fakes import FakeAuditLog, FakeBatchEngine, FakeBatchStore, FakeReferralStore, separately
from grader.grading import Request
from grader.ports import Batch, BatchState, ItemStatus, PauseReason, Row
from grader.webhooks import EventType, WebhookEvent
from rubrics.bank import Bank
from tests.grader.adapters.sql.examples import grade

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Bank().rubric("DL0028")
ONE_CALL = Amount(calls=1)


class House:
    """Batches over fakes; `failures` are what grading an answer raises, the first time or always."""

    def __init__(self, failures: dict[str, list[Exception]] | None = None) -> None:
        self.store, self.engine, self.asked = FakeBatchStore(), FakeBatchEngine(), list[str]()
        self.failures = failures or {}
        self.batches = Batches(self.store, lambda _judge: "llm", now=lambda: NOON)
        self.told = list[WebhookEvent]()
        endings = self.endings = Endings(self.store, tell=self.tell, now=lambda: NOON)
        lane = Lane(self.make, lambda _request: ONE_CALL, rows_at_once=1)
        self.log, self.referrals = FakeAuditLog(), FakeReferralStore()
        record = Record(self.store, self.log, self.referrals, separately)
        means = Means(endings, record, lambda _queue: lane)
        self.work = ChunkWork(means)
        self.dispatcher = Dispatcher(endings, self.store, self.engine, now=lambda: NOON)

    async def tell(self, _tenant: str, event: WebhookEvent) -> None:
        self.told.append(event)

    async def make(self, _tenant: str, request: Request) -> Grade:
        self.asked.append(request.answer)
        if self.failures.get(request.answer):
            raise self.failures[request.answer].pop(0)
        return grade(candidate_ref=request.candidate_ref, usage=Usage(llm_calls=1))

    async def ended(self, *answers: str, limit: Limit | None = None) -> Batch:
        """The batch of these answers once the engine has nothing left to do."""

        async def rows() -> AsyncIterator[NewRow]:
            for number, answer in enumerate(answers):
                yield NewRow(RUBRIC, answer, f"c-{number}")

        batch = await self.batches.submit(LOCAL, NewBatch(limit=limit or Limit()), rows())
        await self.go_on()
        return await self.batches.find("local", batch.id)

    async def go_on(self) -> None:
        await self.dispatcher.sweep()
        await self.engine.work_off(self.work.work)

    async def rows(self, batch: Batch) -> list[Row]:
        return [row async for row in self.batches.all_rows("local", batch.id)]


async def test_every_row_gets_a_grade_and_identical_answers_share_one() -> None:
    house = House()
    batch = await house.ended("one", "two", "one")
    assert batch.state is BatchState.COMPLETED
    assert sorted(house.asked) == ["one", "two"]
    grades = [Grade.model_validate_json(row.result.grade or "") for row in await house.rows(batch) if row.result]
    assert [each.candidate_ref for each in grades] == ["c-0", "c-1", "c-2"]
    assert [each.usage.llm_calls for each in grades] == [1, 1, 0]
    assert len({each.id for each in grades}) == 3
    assert (await house.batches.progress("local", batch.id)).counts.spent.calls == 2


async def test_a_failure_is_a_row_with_a_reason_and_the_others_go_on() -> None:
    house = House({"long": [InvalidAnswer("too long")], "odd": [ZeroDivisionError()]})
    batch = await house.ended("long", "fine", "odd")
    found = [(row.result.status, row.result.reason) for row in await house.rows(batch) if row.result]
    assert found == [
        (ItemStatus.FAILED, "cannot_be_graded: too long"),
        (ItemStatus.GRADED, ""),
        (ItemStatus.FAILED, "unexpected_error: ZeroDivisionError"),
    ]
    assert await house.batches.retry(LOCAL, batch.id) == 2
    await house.go_on()
    statuses = {row.result.status for row in await house.rows(batch) if row.result}
    assert statuses == {ItemStatus.GRADED}
    assert house.asked.count("fine") == 1


async def test_a_budget_pauses_before_it_is_passed_and_goes_on_with_another() -> None:
    house = House()
    batch = await house.ended("one", "two", "three", limit=Limit(calls=2))
    assert (batch.state, batch.reason, len(house.asked)) == (BatchState.PAUSED, PauseReason.BUDGET, 2)
    await house.batches.resume(LOCAL, batch.id, Limit(calls=3))
    await house.go_on()
    assert (await house.batches.find("local", batch.id)).state is BatchState.COMPLETED
    assert len(house.asked) == 3


async def test_what_no_row_can_help_pauses_the_batch_and_costs_no_row() -> None:
    for error, reason in (
        (ConfigurationError("there is no judge"), PauseReason.CONFIGURATION),
        (BudgetExhausted("spent", 60), PauseReason.TENANT_BUDGET),
    ):
        house = House({"two": [error]})
        batch = await house.ended("one", "two")
        assert (batch.state, batch.reason) == (BatchState.PAUSED, reason)
        await house.batches.resume(LOCAL, batch.id)
        await house.go_on()
        assert (await house.batches.find("local", batch.id)).state is BatchState.COMPLETED
        assert house.asked.count("one") == 1


async def test_a_database_that_was_away_costs_no_row() -> None:
    batch = await (house := House({"one": [StorageAway("gone")]})).ended("one")
    assert batch.state is BatchState.COMPLETED
    assert house.asked == ["one", "one"]


async def test_a_chunk_that_the_engine_lost_is_handed_out_again() -> None:
    house = House()
    work: Callable[..., Awaitable[None]] = house.work.work
    house.work.work = lambda _job: _nothing()  # type: ignore[method-assign]
    batch = await house.ended("one", "two")
    assert batch.state is BatchState.RUNNING
    house.work.work = work  # type: ignore[method-assign]
    house.dispatcher = Dispatcher(house.endings, house.store, house.engine, now=lambda: NOON)
    await house.go_on()
    assert (await house.batches.find("local", batch.id)).state is BatchState.COMPLETED


async def test_what_waits_for_a_cancelled_batch_is_taken_back() -> None:
    house = House()

    async def rows() -> AsyncIterator[NewRow]:
        yield NewRow(RUBRIC, "one")

    batch = await house.batches.submit(LOCAL, NewBatch(), rows())
    await house.dispatcher.sweep()
    await house.batches.cancel(LOCAL, batch.id)
    house.dispatcher = Dispatcher(house.endings, house.store, house.engine, now=lambda: NOON)
    await house.dispatcher.sweep()
    assert await house.engine.list() == ()
    assert house.asked == []


async def _nothing() -> None:
    """A worker that lost what it was given."""


async def test_the_end_of_a_batch_is_told_once_with_what_became_of_its_rows() -> None:
    house = House()
    batch = await house.ended("one", "two")
    await house.go_on()
    assert [(event.type, event.about) for event in house.told] == [(EventType.BATCH_COMPLETED, batch.id)]
    assert house.told[0].data["total"] == 2
    assert house.told[0].data["generation"] == 1


async def test_a_batch_that_halts_says_why() -> None:
    house = House()
    batch = await house.ended("one", "two", limit=Limit(calls=1))
    assert batch.state is BatchState.PAUSED
    assert [(event.type, event.data["reason"]) for event in house.told] == [
        (EventType.BATCH_FAILED, PauseReason.BUDGET.value)
    ]
