"""Tries within one deadline, on a clock that the test holds."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.adapters.chat.retrying import FIRST_BACKOFF, LONGEST_BACKOFF, PASSING, RetryingChatModel
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, completion
from grader.ports import ChatRequest, Completion

from .conftest import FakeTime

REQUEST: ChatRequest = {"system": "s", "user": "u", "schema_name": "n", "schema": {}}
GOOD = completion("{}")


def failed(reason: str, retry_after: float | None = None, tokens: int = 0) -> JudgeFailure:
    return JudgeFailure(reason, "no", retry_after=retry_after, usage=Usage(llm_calls=1, input_tokens=tokens))


def retrying(
    time: FakeTime, *replies: Completion | Exception, tries: int = 3, chance: float = 1.0
) -> tuple[RetryingChatModel, FakeChatModel]:
    model = FakeChatModel(list(replies))
    return RetryingChatModel(model, deadline=90, tries=tries, clock=time.clock, chance=lambda: chance), model


@pytest.mark.parametrize("reason", sorted(PASSING))
async def test_a_passing_failure_is_tried_again_after_a_growing_wait(time: FakeTime, reason: str) -> None:
    model, inner = retrying(time, failed(reason), failed(reason), GOOD)
    assert (await model.complete(**REQUEST)).text == "{}"
    assert (len(inner.asked), time.slept) == (3, [FIRST_BACKOFF, 2 * FIRST_BACKOFF])


@pytest.mark.parametrize(
    "reason",
    ["unauthenticated", "request_rejected", "context_too_long", "content_filter", "quota_exhausted", "circuit_open"],
)
async def test_a_failure_that_stays_is_not_tried_again(time: FakeTime, reason: str) -> None:
    model, inner = retrying(time, failed(reason), GOOD)
    with pytest.raises(JudgeFailure, match="no"):
        await model.complete(**REQUEST)
    assert (len(inner.asked), time.slept) == (1, [])


async def test_a_bad_response_is_tried_once_more(time: FakeTime) -> None:
    model, inner = retrying(time, failed("bad_response"), tries=10)
    with pytest.raises(JudgeFailure):
        await model.complete(**REQUEST)
    assert len(inner.asked) == 2


async def test_no_more_than_the_allowed_tries_are_made_and_all_are_counted(time: FakeTime) -> None:
    model, inner = retrying(time, failed("timeout", tokens=10), tries=4)
    with pytest.raises(JudgeFailure) as failure:
        await model.complete(**REQUEST)
    assert len(inner.asked) == 4
    assert (failure.value.usage.llm_calls, failure.value.usage.input_tokens) == (4, 40)


async def test_the_usage_of_failed_tries_is_part_of_the_answers(time: FakeTime) -> None:
    model, _ = retrying(time, failed("bad_response", tokens=50), GOOD)
    assert (await model.complete(**REQUEST)).usage == Usage(llm_calls=2, input_tokens=150, output_tokens=20)


@pytest.mark.parametrize(("retry_after", "slept"), [(7.0, [7.25]), (0.0, [0.25]), (89.0, [89.25])])
async def test_what_the_endpoint_asks_for_is_waited_and_a_little_more(
    time: FakeTime, retry_after: float, slept: list[float]
) -> None:
    model, _ = retrying(time, failed("rate_limited", retry_after), GOOD, chance=0.5)
    await model.complete(**REQUEST)
    assert time.slept == slept


@pytest.mark.parametrize("retry_after", [90.0, 600.0, 86_400.0])
async def test_a_wait_that_does_not_fit_is_not_begun_and_the_failure_says_how_long_it_is(
    time: FakeTime, retry_after: float
) -> None:
    model, inner = retrying(time, failed("rate_limited", retry_after), GOOD)
    with pytest.raises(JudgeFailure) as failure:
        await model.complete(**REQUEST)
    assert (failure.value.retry_after, len(inner.asked), time.slept) == (retry_after, 1, [])


@given(
    st.lists(st.tuples(st.sampled_from(sorted(PASSING)), st.none() | st.floats(0, 1e5)), min_size=1), st.floats(0, 1)
)
def test_all_waits_together_stay_below_the_deadline(script: list[tuple[str, float | None]], chance: float) -> None:
    time = FakeTime()
    model, _ = retrying(time, *(failed(*each) for each in script), tries=10, chance=chance)
    with pytest.raises(JudgeFailure):
        asyncio.run(model.complete(**REQUEST))
    assert sum(time.slept) < 90
    assert len(time.slept) < 10


@given(st.floats(0, 1))
def test_without_advice_no_wait_is_longer_than_the_longest(chance: float) -> None:
    time = FakeTime()
    model, _ = retrying(time, failed("timeout"), tries=10, chance=chance)
    with pytest.raises(JudgeFailure):
        asyncio.run(model.complete(**REQUEST))
    assert all(0 <= wait <= LONGEST_BACKOFF for wait in time.slept)


class Silent(FakeChatModel):
    """A model that never answers."""

    async def complete(self, **request: object) -> Completion:  # type: ignore[override]
        self.asked.append(("", ""))
        await asyncio.Event().wait()
        raise AssertionError(request)


async def test_the_deadline_ends_a_try_that_goes_on() -> None:
    model = RetryingChatModel(Silent([]), deadline=0.05, tries=3)
    with pytest.raises(JudgeFailure) as failure:
        await model.complete(**REQUEST)
    assert (failure.value.reason, failure.value.usage.llm_calls) == ("timeout", 1)


async def test_whoever_gives_up_is_not_held() -> None:
    task = asyncio.create_task(RetryingChatModel(Silent([]), deadline=60, tries=3).complete(**REQUEST))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
