"""What a tenant may spend in a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.access import Amount, Limit
from grader.budget import Prices
from grader.errors import BudgetExhausted, StorageAway
from grader.fakes import FakeChatModel, FakeSpendingStore, completion
from grader.spending import DailyBudget, DailyChatModel

EVENING = datetime(2026, 11, 21, 23, 59, 30, tzinfo=UTC)
GRADE = Amount(1, 1_000, 0.01)
TWO_CALLS = Limit(calls=2)


def budget(store: FakeSpendingStore, limit: Limit = TWO_CALLS, now: datetime = EVENING) -> DailyBudget:
    return DailyBudget(store, limit, now=lambda: now)


async def spend(of: DailyBudget, took: Amount, tenant: str = "acme") -> None:
    async with of.reserved(tenant, GRADE) as reservation:
        reservation.took = took


async def test_what_a_grade_really_took_is_counted() -> None:
    store = FakeSpendingStore()
    await spend(budget(store), Amount(1, 700, 0.007))
    spent = await store.spent("acme", EVENING.date())
    assert (spent.calls, spent.tokens, round(spent.usd, 6)) == (1, 700, 0.007)


async def test_a_grade_that_would_pass_the_limit_is_refused_until_midnight() -> None:
    store = FakeSpendingStore()
    for _ in range(2):
        await spend(budget(store), GRADE)
    with pytest.raises(BudgetExhausted) as refused:
        await spend(budget(store), GRADE)
    assert refused.value.retry_after == 30
    await spend(budget(store, now=EVENING.replace(day=22)), GRADE)


async def test_grades_under_way_cannot_pass_the_limit_together() -> None:
    of = budget(FakeSpendingStore())
    async with of.reserved("acme", GRADE), of.reserved("acme", GRADE):
        with pytest.raises(BudgetExhausted):
            async with of.reserved("acme", GRADE):
                pytest.fail("the third fitted into a limit of two")


async def test_a_restart_does_not_begin_the_day_anew() -> None:
    store = FakeSpendingStore()
    for _ in range(2):
        await spend(budget(store), GRADE)
    with pytest.raises(BudgetExhausted):
        await spend(budget(store), GRADE)


async def test_one_tenant_does_not_spend_anothers_budget() -> None:
    of = budget(FakeSpendingStore(), Limit(calls=1))
    await spend(of, GRADE, "acme")
    await spend(of, GRADE, "other")


async def test_a_grade_that_failed_costs_the_tenant_nothing() -> None:
    store = FakeSpendingStore()
    with pytest.raises(ValueError, match="broken"):
        async with budget(store).reserved("acme", GRADE):
            raise ValueError("broken")
    assert await store.spent("acme", EVENING.date()) == Amount()


@pytest.mark.parametrize(("limit", "estimate"), [(Limit(), GRADE), (Limit(calls=0), Amount())])
async def test_without_a_limit_or_a_price_nothing_is_written(limit: Limit, estimate: Amount) -> None:
    store = FakeSpendingStore()
    async with budget(store, limit).reserved("acme", estimate):
        pass
    assert store.amounts == {}


async def test_a_grade_is_not_lost_because_it_could_not_be_counted() -> None:
    class Forgetful(FakeSpendingStore):
        async def settle(self, *_: object) -> None:
            raise StorageAway("gone")

    store = Forgetful()
    await spend(budget(store), Amount())
    assert await store.spent("acme", EVENING.date()) == GRADE


async def test_a_call_that_no_grade_makes_counts_for_the_tenants_day() -> None:
    store, prices = FakeSpendingStore(), Prices(input=1.0, output=10.0)
    model = DailyChatModel(FakeChatModel([completion("{}")]), budget(store), "acme", prices)
    for _ in range(2):
        await model.complete(system="s", user="u", schema_name="n", schema={})
    spent = await store.spent("acme", EVENING.date())
    assert (spent.calls, spent.tokens, round(spent.usd, 6)) == (2, 240, 0.0006)
    with pytest.raises(BudgetExhausted):
        await model.complete(system="s", user="u", schema_name="n", schema={})
    assert (await store.spent("other", EVENING.date())).calls == 0
