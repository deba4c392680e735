"""What every SpendingStore promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from grader.access import Amount, Limit
from grader.adapters.sql import Database, SqlSpendingStore
from grader.fakes import FakeSpendingStore
from grader.ports import SpendingStore

TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)
CALL = Amount(1, 1_000, 0.25)
FIVE = Limit(calls=5)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> SpendingStore:
    """Each store in turn, empty."""
    return FakeSpendingStore() if request.param == "fake" else SqlSpendingStore(await open_database(request.param))


async def test_nothing_was_spent_where_nothing_was_reserved(store: SpendingStore) -> None:
    assert await store.spent("one", TODAY) == Amount()


async def test_what_is_reserved_and_settled_adds_up(store: SpendingStore) -> None:
    for _ in range(3):
        assert await store.reserve("one", TODAY, CALL, Limit()) is None
    await store.settle("one", TODAY, Amount(-1, 500, -0.25))
    assert await store.spent("one", TODAY) == Amount(2, 3_500, 0.5)


@pytest.mark.parametrize(
    ("limit", "words"),
    [(Limit(calls=1), "1 calls"), (Limit(tokens=1_999), "1999 tokens"), (Limit(usd=0.49), "0.49 usd")],
)
async def test_what_would_pass_a_limit_is_refused_with_the_limit_and_not_counted(
    store: SpendingStore, limit: Limit, words: str
) -> None:
    assert await store.reserve("one", TODAY, CALL, limit) is None
    assert await store.reserve("one", TODAY, CALL, limit) == words
    assert await store.spent("one", TODAY) == CALL


async def test_what_just_fits_is_granted(store: SpendingStore) -> None:
    assert await store.reserve("one", TODAY, CALL, Limit(1, 1_000, 0.25)) is None


async def test_reservations_at_the_same_time_do_not_pass_the_limit_together(store: SpendingStore) -> None:
    outcomes = await asyncio.gather(*(store.reserve("one", TODAY, CALL, FIVE) for _ in range(20)))
    assert [outcome is None for outcome in outcomes].count(True) == 5
    assert (await store.spent("one", TODAY)).calls == 5


async def test_every_day_begins_with_nothing(store: SpendingStore) -> None:
    await store.reserve("one", TODAY, CALL, FIVE)
    assert await store.spent("one", TOMORROW) == Amount()


async def test_no_tenant_sees_or_changes_what_is_anothers(store: SpendingStore) -> None:
    await store.reserve("one", TODAY, CALL, Limit(calls=1))
    assert await store.spent("two", TODAY) == Amount()
    await store.settle("two", TODAY, CALL)
    assert await store.reserve("two", TODAY, CALL, Limit(calls=2)) is None
    assert await store.spent("one", TODAY) == CALL
