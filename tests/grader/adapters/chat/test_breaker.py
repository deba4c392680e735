"""When the circuit opens, who may probe it, and when it closes."""

from __future__ import annotations

import asyncio

import pytest

from grader.adapters.chat.breaker import FATAL, IN_A_ROW, REST, TROUBLE, GuardedChatModel
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, completion
from grader.ports import ChatModel, ChatRequest, Completion

from .conftest import FakeTime

REQUEST: ChatRequest = {"system": "s", "user": "u", "schema_name": "n", "schema": {}}
GOOD = completion("{}")


def failed(reason: str) -> JudgeFailure:
    return JudgeFailure(reason, "no")


async def outcomes(model: ChatModel, calls: int) -> list[str]:
    """What becomes of so many calls: `ok` or the reason."""
    found = []
    for _ in range(calls):
        try:
            await model.complete(**REQUEST)
            found.append("ok")
        except JudgeFailure as failure:
            found.append(failure.reason)
    return found


@pytest.mark.parametrize("reason", sorted(TROUBLE))
async def test_trouble_in_a_row_opens_the_circuit_and_no_call_is_made_while_it_is_open(
    time: FakeTime, reason: str
) -> None:
    inner = FakeChatModel([failed(reason)])
    model = GuardedChatModel(inner, clock=time.clock)
    assert await outcomes(model, IN_A_ROW + 5) == [reason] * IN_A_ROW + ["circuit_open"] * 5
    assert len(inner.asked) == IN_A_ROW


async def test_an_open_circuit_names_the_cause_and_when_to_come_back(time: FakeTime) -> None:
    model = GuardedChatModel(FakeChatModel([failed("timeout")]), clock=time.clock)
    await outcomes(model, IN_A_ROW)
    time.time += 10
    with pytest.raises(JudgeFailure, match="timeout") as failure:
        await model.complete(**REQUEST)
    assert (failure.value.retry_after, failure.value.usage.llm_calls) == (REST - 10, 0)


async def test_one_success_ends_the_row(time: FakeTime) -> None:
    script = ([failed("timeout")] * (IN_A_ROW - 1) + [GOOD]) * 3
    found = await outcomes(GuardedChatModel(FakeChatModel([*script]), clock=time.clock), len(script))
    assert "circuit_open" not in found


@pytest.mark.parametrize("reason", ["request_rejected", "rate_limited", "unauthenticated", "context_too_long"])
async def test_a_refused_request_says_that_the_endpoint_is_there(time: FakeTime, reason: str) -> None:
    found = await outcomes(GuardedChatModel(FakeChatModel([failed(reason)]), clock=time.clock), 3 * IN_A_ROW)
    assert set(found) == {reason}


@pytest.mark.parametrize("reason", sorted(FATAL))
async def test_an_empty_account_opens_it_at_once(time: FakeTime, reason: str) -> None:
    model = GuardedChatModel(FakeChatModel([failed(reason)]), clock=time.clock)
    assert await outcomes(model, 3) == [reason, "circuit_open", "circuit_open"]


async def test_a_probe_that_succeeds_closes_it(time: FakeTime) -> None:
    inner = FakeChatModel([*[failed("timeout")] * IN_A_ROW, GOOD])
    model = GuardedChatModel(inner, clock=time.clock)
    await outcomes(model, IN_A_ROW)
    time.time += REST
    assert await outcomes(model, 3) == ["ok"] * 3


async def test_a_probe_that_fails_opens_it_again_for_as_long(time: FakeTime) -> None:
    model = GuardedChatModel(FakeChatModel([failed("timeout")]), clock=time.clock)
    await outcomes(model, IN_A_ROW)
    time.time += REST
    assert await outcomes(model, 3) == ["timeout", "circuit_open", "circuit_open"]
    time.time += REST
    assert await outcomes(model, 2) == ["timeout", "circuit_open"]


class Slow(FakeChatModel):
    """A model that answers when it is let."""

    def let(self) -> asyncio.Event:
        """Hold the calls from now on."""
        self.gate = asyncio.Event()
        return self.gate

    async def complete(self, **request: object) -> Completion:  # type: ignore[override]
        if hasattr(self, "gate"):
            await self.gate.wait()
        return await super().complete(**request)  # type: ignore[arg-type]


async def test_only_one_call_probes_and_a_probe_that_is_given_up_makes_room_for_the_next(time: FakeTime) -> None:
    inner = Slow([*[failed("timeout")] * IN_A_ROW, GOOD])
    model = GuardedChatModel(inner, clock=time.clock)
    await outcomes(model, IN_A_ROW)
    time.time += REST
    gate = inner.let()
    probe = asyncio.create_task(model.complete(**REQUEST))
    await asyncio.sleep(0)
    assert await outcomes(model, 2) == ["circuit_open"] * 2
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    gate.set()
    assert await outcomes(model, 2) == ["ok", "ok"]


async def test_calls_still_under_way_when_it_opens_do_not_keep_it_open_longer(time: FakeTime) -> None:
    inner = Slow([failed("timeout")])
    model = GuardedChatModel(inner, clock=time.clock)
    gate = inner.let()
    late = [asyncio.create_task(outcomes(model, 1)) for _ in range(2 * IN_A_ROW)]
    await asyncio.sleep(0)
    gate.set()
    assert {reason for found in await asyncio.gather(*late) for reason in found} == {"timeout"}
    with pytest.raises(JudgeFailure) as failure:
        await model.complete(**REQUEST)
    assert failure.value.retry_after == REST
