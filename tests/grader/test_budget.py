"""A budget stops calls before they are made, and counts what they took."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.access import Amount, Limit
from grader.budget import Budget, BudgetedChatModel, Prices, estimated_tokens
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, completion
from grader.ports import ChatRequest, Completion

REQUEST: ChatRequest = {"system": "s", "user": "u", "schema_name": "n", "schema": {}}
PRICES = Prices(input=2.0, output=10.0, cached_input=0.5)


def budgeted(limit: Limit, *replies: Completion | Exception) -> tuple[BudgetedChatModel, FakeChatModel]:
    model = FakeChatModel(list(replies) or [completion("{}")])
    return BudgetedChatModel(model, Budget(limit, "the test"), PRICES), model


async def test_a_call_within_the_budget_is_made_and_counted() -> None:
    chat, _ = budgeted(Limit(calls=2))
    assert await chat.complete(**REQUEST) == completion("{}")
    assert chat.budget.spent == Amount(calls=1, tokens=120, usd=0.0004)


@pytest.mark.parametrize(("limit", "named"), [
    (Limit(calls=0), "0 calls"), (Limit(tokens=500), "500 tokens"), (Limit(usd=0.001), "0.001 usd"),
])  # fmt: skip
async def test_a_call_that_would_pass_a_limit_is_not_made_and_the_limit_is_named(limit: Limit, named: str) -> None:
    chat, model = budgeted(limit)
    with pytest.raises(JudgeFailure, match=f"limit of {named} of the test") as stopped:
        await chat.complete(**REQUEST)
    assert (stopped.value.reason, model.asked) == ("budget_exhausted", [])


async def test_what_a_call_took_counts_not_what_was_estimated() -> None:
    chat, model = budgeted(Limit(tokens=1_500))
    for _ in range(5):
        await chat.complete(**REQUEST)
    with pytest.raises(JudgeFailure):
        await chat.complete(**REQUEST)
    assert (len(model.asked), chat.budget.spent.tokens) == (5, 600)


async def test_a_failed_call_counts_with_what_it_consumed() -> None:
    usage = Usage(llm_calls=3, input_tokens=50)
    chat, _ = budgeted(Limit(calls=3), JudgeFailure("timeout", "late", usage=usage))
    with pytest.raises(JudgeFailure, match="late"):
        await chat.complete(**REQUEST)
    assert chat.budget.spent == Amount(calls=3, tokens=50, usd=0.0001)


async def test_calls_under_way_hold_their_estimate() -> None:
    budget = Budget(Limit(calls=1), "the test")
    with budget.reserved(Amount(calls=1)), pytest.raises(JudgeFailure), budget.reserved(Amount(calls=1)):
        pytest.fail("the second call was allowed")
    assert budget.spent == Amount(calls=1)


@given(st.lists(st.integers(0, 50)), st.integers(0, 200))
def test_calls_that_take_no_more_than_estimated_never_pass_the_limit(takes: list[int], limit: int) -> None:
    budget = Budget(Limit(tokens=limit), "the test")
    for took in takes:
        try:
            with budget.reserved(Amount(tokens=50)) as reservation:
                reservation.took = Amount(tokens=took)
        except JudgeFailure:
            continue
    assert budget.spent.tokens <= limit


def test_a_reply_from_the_cache_costs_nothing_and_says_what_it_saved() -> None:
    reply = Completion("{}", "m", "stop", input_tokens=1_000, output_tokens=100, cached=True)
    usage = PRICES.usage(reply)
    assert (usage.llm_calls, usage.input_tokens, usage.cost_usd) == (0, 0, 0.0)
    assert (usage.cached_calls, usage.saved_tokens, usage.saved_usd) == (1, 1_100, 0.003)


def test_the_providers_prefix_cache_has_its_own_price() -> None:
    reply = Completion("{}", "m", "stop", input_tokens=1_000, output_tokens=0, cached_input_tokens=600)
    assert PRICES.usage(reply).cost_usd == round((400 * 2.0 + 600 * 0.5) / 1e6, 6)
    assert Prices(input=2.0).usage(reply).cost_usd == 0.002


def test_tokens_are_estimated_from_bytes() -> None:
    assert estimated_tokens("a" * 400) == 101
    assert estimated_tokens("漢" * 100, "\ud800") > 70
