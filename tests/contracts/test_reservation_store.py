"""What every ReservationStore promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlReservationStore
from grader.fakes import FakeReservationStore
from grader.ports import Reservation, ReservationStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(
    request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]
) -> ReservationStore:
    """Each store in turn, empty."""
    if request.param == "fake":
        return FakeReservationStore()
    return SqlReservationStore(await open_database(request.param))


def by(name: str, at: datetime = NOON, grade_id: str = "g1") -> Reservation:
    return Reservation(grade_id, name, at + TEN)


async def test_who_comes_first_has_it_and_the_next_is_told_who_that_is(store: ReservationStore) -> None:
    assert await store.reserve("one", by("ann"), NOON) == by("ann")
    assert await store.reserve("one", by("bob"), NOON) == by("ann")
    assert await store.reserve("one", by("bob", grade_id="g2"), NOON) == by("bob", grade_id="g2")
    assert set(await store.current("one", NOON)) == {by("ann"), by("bob", grade_id="g2")}


async def test_who_has_it_has_it_for_longer_by_asking_again(store: ReservationStore) -> None:
    await store.reserve("one", by("ann"), NOON)
    later = NOON + TEN / 2
    assert await store.reserve("one", by("ann", later), later) == by("ann", later)
    assert await store.reserve("one", by("bob", NOON + TEN), NOON + TEN) == by("ann", later)


async def test_one_that_is_over_is_anybodys(store: ReservationStore) -> None:
    await store.reserve("one", by("ann"), NOON)
    over = NOON + TEN
    assert await store.current("one", over) == ()
    assert await store.reserve("one", by("bob", over), over) == by("bob", over)


async def test_it_is_given_up_only_by_who_has_it(store: ReservationStore) -> None:
    await store.reserve("one", by("ann"), NOON)
    await store.release("one", "g1", "bob")
    assert await store.current("one", NOON) == (by("ann"),)
    await store.release("one", "g1", "ann")
    await store.release("one", "g1", "ann")
    assert await store.current("one", NOON) == ()


async def test_of_many_who_come_at_once_one_has_it(store: ReservationStore) -> None:
    found = await asyncio.gather(*(store.reserve("one", by(f"p{n}"), NOON) for n in range(12)))
    assert len(set(found)) == 1


async def test_no_tenant_sees_or_changes_anothers(store: ReservationStore) -> None:
    await store.reserve("one", by("ann"), NOON)
    assert await store.reserve("two", by("eve"), NOON) == by("eve")
    await store.release("two", "g1", "ann")
    await store.reserve("two", by("eve", NOON + TEN, "g2"), NOON + TEN)
    assert await store.current("one", NOON) == (by("ann"),)
