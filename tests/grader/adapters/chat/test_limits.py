"""How much is asked at once, by the minute, and while the endpoint wants a rest."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.adapters.chat.limits import LONGEST_PAUSE, LimitedChatModel, TokenBucket
from grader.budget import estimated_tokens
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, completion
from grader.ports import ChatRequest, Completion

from .conftest import FakeTime

REQUEST: ChatRequest = {"system": "s" * 200, "user": "u" * 200, "schema_name": "n", "schema": {}}
TOKENS = estimated_tokens("s" * 200, "u" * 200, "{}")
GOOD = completion("{}")  # 120 tokens


def limited(
    time: FakeTime,
    *replies: Completion | Exception,
    concurrency: int = 8,
    per_minute: int | None = None,
    wait: float = 45,
) -> tuple[LimitedChatModel, FakeChatModel]:
    inner = FakeChatModel(list(replies))
    model = LimitedChatModel(
        inner, concurrency=concurrency, tokens_per_minute=per_minute, longest_wait=wait, clock=time.clock
    )
    return model, inner


async def test_without_a_limit_nothing_waits(time: FakeTime) -> None:
    model, _ = limited(time, GOOD)
    for _ in range(100):
        await model.complete(**REQUEST)
    assert time.slept == []


async def test_no_more_calls_than_allowed_are_under_way() -> None:
    now, most = 0, 0

    class Counting(FakeChatModel):
        async def complete(self, **request: object) -> Completion:  # type: ignore[override]
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)
            now -= 1
            return await super().complete(**request)  # type: ignore[arg-type]

    model = LimitedChatModel(Counting([GOOD]), concurrency=3, tokens_per_minute=None, longest_wait=1)
    await asyncio.gather(*(model.complete(**REQUEST) for _ in range(20)))
    assert most == 3


async def test_tokens_are_booked_by_what_a_call_really_took(time: FakeTime) -> None:
    model, _ = limited(time, GOOD, per_minute=600)
    for _ in range(4):
        await model.complete(**REQUEST)  # 120 tokens each, 10 come back in a second
    assert time.slept == []
    await model.complete(**REQUEST)
    await model.complete(**REQUEST)
    assert time.slept == [pytest.approx(TOKENS / 10)]


async def test_a_turn_that_would_come_too_late_is_refused_with_the_time_it_would_take(time: FakeTime) -> None:
    model, inner = limited(time, GOOD, per_minute=60, wait=45)
    await model.complete(**REQUEST)
    with pytest.raises(JudgeFailure) as failure:
        await model.complete(**REQUEST)
    assert failure.value.reason == "rate_limited"
    assert failure.value.retry_after == pytest.approx(120)  # the debt of the first, and its own
    assert (len(inner.asked), failure.value.usage.llm_calls) == (1, 0)
    time.time += 100
    await model.complete(**REQUEST)
    assert len(inner.asked) == 2


async def test_everybody_rests_when_the_endpoint_asks_one_to(time: FakeTime) -> None:
    model, inner = limited(time, JudgeFailure("rate_limited", "no", retry_after=30), GOOD)
    with pytest.raises(JudgeFailure):
        await model.complete(**REQUEST)
    time.time += 10
    await model.complete(**REQUEST)
    assert (time.slept, len(inner.asked)) == ([20.0], 2)


async def test_a_rest_that_is_too_long_to_wait_for_is_told_and_ends_some_time(time: FakeTime) -> None:
    model, inner = limited(time, JudgeFailure("rate_limited", "no", retry_after=86_400), GOOD)
    reasons = []
    for _ in range(3):
        with pytest.raises(JudgeFailure) as failure:
            await model.complete(**REQUEST)
        reasons.append(failure.value.retry_after)
    assert (reasons, len(inner.asked)) == ([86_400, LONGEST_PAUSE, LONGEST_PAUSE], 1)
    time.time += LONGEST_PAUSE
    assert (await model.complete(**REQUEST)).text == "{}"


async def test_whoever_gives_up_waiting_gives_the_tokens_back(time: FakeTime) -> None:
    model, _ = limited(time, GOOD, per_minute=600, wait=1_000)
    model._bucket.book(600, time.time)  # type: ignore[union-attr] # noqa: SLF001

    async def never(_seconds: float) -> None:
        await asyncio.Event().wait()

    model._clock = type(model._clock)(now=lambda: time.time, sleep=never)  # noqa: SLF001
    waiting = asyncio.create_task(model.complete(**REQUEST))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert model._bucket.book(0, time.time) == 0.0  # type: ignore[union-attr] # noqa: SLF001


@given(st.lists(st.tuples(st.floats(0, 5_000), st.floats(0, 30)), max_size=40), st.integers(1, 100_000))
def test_no_more_flows_out_of_a_bucket_than_one_fill_and_what_came_back(
    bookings: list[tuple[float, float]], per_minute: int
) -> None:
    now, taken, bucket = 0.0, 0.0, TokenBucket(per_minute, 0.0)
    for tokens, pause in bookings:
        now += pause
        wait = bucket.book(tokens, now)
        if wait > 60:
            bucket.book(-tokens, now)
            continue
        taken += tokens
        assert taken <= per_minute + (now + wait) * per_minute / 60 + 1e-3
