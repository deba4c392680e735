"""Promised grades: each comes, once, whatever happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.backlog import CANNOT_BE_GRADED, DELAYS, HOLD, MAX_TRIES, TOO_MANY_TRIES, Backlog
from grader.domain import Grade, Label
from grader.errors import AlreadyStored, CandidateErased, InvalidAnswer, JudgeFailure, Overloaded, StorageAway
from grader.fakes import FakeJudge, FakePendingGrades, separately
from grader.grading import Grader, Request
from grader.ports import PendingState
from grader.reception import Reception
from rubrics.bank import Bank

RUBRIC = Bank().rubric("DL0028")
REQUEST = Request(RUBRIC, "Each token attends to a window of its neighbours.", candidate_ref="c-1")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class House:
    """A backlog over fakes, with a clock that the test turns and a list of what was kept."""

    make: Callable[[str, Request], Awaitable[Grade]]
    pending: FakePendingGrades = field(default_factory=FakePendingGrades)
    kept: list[tuple[str, str, str | None]] = field(default_factory=list)
    time: datetime = NOON
    limit: int = 10
    erased_at: datetime | None = None

    def __post_init__(self) -> None:
        self.backlog = Backlog(
            self.pending, separately, self.make, self.keep, limit=self.limit, workers=2, now=lambda: self.time
        )
        self.reception = Reception(self.backlog, limit=2)

    async def keep(
        self, tenant: str, _request: Request, grade: Grade, made_by: str | None, asked_at: datetime
    ) -> Grade:
        if self.erased_at is not None and asked_at <= self.erased_at:
            raise CandidateErased
        self.kept.append((tenant, grade.id, made_by))
        return grade

    async def work(self) -> None:
        """Let the workers do what is due now."""
        async with self.reception:
            for _ in range(200):
                await asyncio.sleep(0)


async def good(_tenant: str, request: Request) -> Grade:
    return await Grader({"fake": FakeJudge({"k1": Label.COVERED})}, "fake").grade(request)


def failing(error: Exception) -> Callable[[str, Request], Awaitable[Grade]]:
    async def make(_tenant: str, _request: Request) -> Grade:
        raise error

    return make


async def down(_tenant: str, request: Request) -> Grade:
    judge = FakeJudge(failure=JudgeFailure("unreachable", "nobody answers"))
    return await Grader({"fake": judge}, "fake").grade(request)


async def test_a_promised_grade_is_made_under_the_promised_id_for_its_tenant() -> None:
    house = House(good)
    promised = await house.backlog.accept("acme", "g-1", REQUEST, "key-1")
    assert (promised.id, promised.state, promised.candidate_ref) == ("g-1", PendingState.QUEUED, "c-1")
    await house.work()
    assert house.kept == [("acme", "g-1", "key-1")]
    assert house.pending.kept == {}


async def test_a_promise_is_stored_before_it_is_given() -> None:
    house = House(good, pending=FakePendingGrades(failure=StorageAway("gone")))
    with pytest.raises(StorageAway):
        await house.backlog.accept("acme", "g-1", REQUEST)
    assert house.backlog.waiting == 0


async def test_what_another_process_promised_before_it_was_killed_is_graded_when_its_hold_is_over() -> None:
    dead = House(good)
    await dead.backlog.accept("acme", "g-1", REQUEST)
    assert await dead.pending.claim(NOON, NOON + HOLD)
    house = House(good, pending=dead.pending)
    await house.work()
    assert house.kept == []
    house.time = NOON + HOLD
    await house.work()
    assert house.kept == [("acme", "g-1", None)]


async def test_more_than_the_limit_is_refused_at_once() -> None:
    house = House(good, limit=2)
    for number in range(2):
        await house.backlog.accept("acme", f"g-{number}", REQUEST)
    with pytest.raises(Overloaded):
        await house.backlog.accept("acme", "g-3", REQUEST)
    await house.work()
    assert (len(house.kept), house.backlog.waiting) == (2, 0)


async def test_an_id_is_promised_once_and_a_second_promise_takes_no_room() -> None:
    house = House(good)
    await house.backlog.accept("acme", "g-1", REQUEST)
    with pytest.raises(AlreadyStored):
        await house.backlog.accept("other", "g-1", REQUEST)
    assert house.backlog.waiting == 1


async def test_while_the_judge_is_down_a_grade_is_tried_again_later_and_in_the_end_kept_without_a_score() -> None:
    house = House(down)
    await house.backlog.accept("acme", "g-1", REQUEST)
    for delay in DELAYS:
        await house.work()
        promised = house.pending.kept["acme", "g-1"]
        assert (promised.state, promised.reason) == (PendingState.QUEUED, "judge_unavailable")
        assert promised.due_at == house.time + delay
        house.time += delay
    await house.work()
    assert house.kept == [("acme", "g-1", None)]


async def test_a_grade_that_fails_at_every_try_is_given_up_with_a_reason_and_without_the_answer() -> None:
    house = House(failing(RuntimeError("a bug")))
    await house.backlog.accept("acme", "g-1", REQUEST)
    for _ in range(MAX_TRIES):
        await house.work()
        house.time += max(DELAYS)
    promised = house.pending.kept["acme", "g-1"]
    assert (promised.state, promised.reason, promised.request) == (PendingState.FAILED, TOO_MANY_TRIES, "")
    assert (house.kept, house.backlog.waiting) == ([], 0)


async def test_a_grade_that_ends_every_process_that_tries_it_is_given_up() -> None:
    house = House(good)
    await house.backlog.accept("acme", "g-1", REQUEST)
    poison = replace(house.pending.kept["acme", "g-1"], tries=MAX_TRIES)
    house.pending.kept["acme", "g-1"] = poison
    await house.work()
    promised = house.pending.kept["acme", "g-1"]
    assert (promised.state, promised.reason) == (PendingState.FAILED, CANNOT_BE_GRADED)


async def test_an_answer_that_cannot_be_graded_is_not_tried_again() -> None:
    house = House(failing(InvalidAnswer("too long")))
    await house.backlog.accept("acme", "g-1", REQUEST)
    await house.work()
    assert house.pending.kept["acme", "g-1"].state is PendingState.FAILED


async def test_a_promise_that_was_erased_while_its_grade_was_made_leaves_no_grade() -> None:
    async def erased_meanwhile(tenant: str, request: Request) -> Grade:
        await house.pending.erase("acme", "c-1")
        return await good(tenant, request)

    house = House(erased_meanwhile)
    await house.backlog.accept("acme", "g-1", REQUEST)
    await house.work()
    assert house.kept == []


async def test_a_grade_under_way_when_the_service_stops_is_put_back_for_the_next() -> None:
    begun = asyncio.Event()

    async def endless(_tenant: str, _request: Request) -> Any:
        begun.set()
        await asyncio.Event().wait()

    house = House(endless)
    async with house.reception:
        await house.backlog.accept("acme", "g-1", REQUEST)
        await begun.wait()
    promised = house.pending.kept["acme", "g-1"]
    assert (promised.state, promised.due_at) == (PendingState.QUEUED, NOON)


async def test_work_under_way_gives_signs_of_life() -> None:
    release = asyncio.Event()

    async def slow(tenant: str, request: Request) -> Grade:
        await release.wait()
        return await good(tenant, request)

    house = House(slow)
    house.backlog.hold = timedelta(milliseconds=30)
    async with house.reception:
        await house.backlog.accept("acme", "g-1", REQUEST)
        await asyncio.sleep(0.02)
        house.time += timedelta(minutes=1)
        await asyncio.sleep(0.05)
        assert house.pending.kept["acme", "g-1"].due_at > house.time
        release.set()
        await asyncio.sleep(0.02)
    assert house.kept == [("acme", "g-1", None)]


async def test_a_database_that_is_away_stops_nothing_for_good() -> None:
    house = House(good)
    await house.backlog.accept("acme", "g-1", REQUEST)
    house.pending.failure = StorageAway("gone")
    await house.work()
    house.pending.failure = None
    await house.work()
    assert house.kept == [("acme", "g-1", None)]


async def test_a_caller_who_waits_gets_the_grade_and_nothing_is_promised() -> None:
    house = House(good)
    grade = await house.reception.grade("acme", "g-1", REQUEST, seconds=5, made_by="key-1")
    assert isinstance(grade, Grade)
    assert (grade.id, house.kept, house.pending.kept) == ("g-1", [("acme", "g-1", "key-1")], {})


async def test_a_caller_who_does_not_wait_gets_a_promise() -> None:
    house = House(good)
    promised = await house.reception.grade("acme", "g-1", REQUEST, seconds=0)
    assert (promised.id, house.kept) == ("g-1", [])
    assert ("acme", "g-1") in house.pending.kept


async def test_a_grade_that_takes_too_long_is_promised_and_made_once() -> None:
    release, made = asyncio.Event(), 0

    async def slow(tenant: str, request: Request) -> Grade:
        nonlocal made
        made += 1
        await release.wait()
        return await good(tenant, request)

    house = House(slow)
    async with house.reception:
        promised = await house.reception.grade("acme", "g-1", REQUEST, seconds=0.01)
        assert not isinstance(promised, Grade)
        assert promised.state is PendingState.RUNNING
        release.set()
        for _ in range(50):
            await asyncio.sleep(0)
    assert (made, house.kept, house.pending.kept, house.backlog.waiting) == (1, [("acme", "g-1", None)], {}, 0)


async def test_more_callers_than_can_wait_are_refused_at_once() -> None:
    async def endless(_tenant: str, _request: Request) -> Any:
        await asyncio.Event().wait()

    house = House(endless)
    waiting = [asyncio.create_task(house.reception.grade("acme", f"g-{n}", REQUEST, seconds=9)) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await house.reception.grade("acme", "g-2", REQUEST, seconds=9)
    for caller in waiting:
        caller.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert house.kept == []


async def test_a_grade_without_any_judge_is_told_to_the_caller_and_not_kept() -> None:
    house = House(down)
    grade = await house.reception.grade("acme", "g-1", REQUEST, seconds=5)
    assert isinstance(grade, Grade)
    assert (grade.score, house.kept) == (None, [])


async def test_a_grade_made_while_its_candidate_is_erased_is_not_kept() -> None:
    house = House(good, erased_at=NOON)
    with pytest.raises(CandidateErased):
        await house.reception.grade("acme", "g-1", REQUEST, seconds=5)
    house.time += timedelta(seconds=1)
    assert await house.reception.grade("acme", "g-2", REQUEST, seconds=5)
    assert house.kept == [("acme", "g-2", None)]


async def test_a_promise_given_after_the_erasure_of_a_grade_asked_for_before_comes_to_nothing() -> None:
    release = asyncio.Event()

    async def slowly(tenant: str, request: Request) -> Grade:
        await release.wait()
        return await good(tenant, request)

    house = House(slowly)
    async with house.reception:
        await house.reception.grade("acme", "g-1", REQUEST, seconds=0.01)
        house.erased_at = house.time
        release.set()
        for _ in range(200):
            await asyncio.sleep(0)
    assert (house.kept, house.pending.kept, house.backlog.waiting) == ([], {}, 0)
