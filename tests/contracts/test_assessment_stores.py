"""What every TestStore and OrderStore promises, asked of the fakes and of the real ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from grader.adapters.sql import Database, SqlOrderStore, SqlTestStore
from grader.assessment import AssessmentOrder, Candidate, OrderState, Platform, SavedAnswer, Test
from grader.errors import AlreadyStored
from grader.fakes import FakeOrderStore, FakeTestStore
from grader.ports import OrderStore, Place

if TYPE_CHECKING:
    from grader.ports import TestStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def tests(request: pytest.FixtureRequest, open_database: OpenDatabase) -> TestStore:
    """Each store in turn, empty."""
    return FakeTestStore() if request.param == "fake" else SqlTestStore(await open_database(request.param))


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def orders(request: pytest.FixtureRequest, open_database: OpenDatabase) -> OrderStore:
    """Each store in turn, empty."""
    return FakeOrderStore() if request.param == "fake" else SqlOrderStore(await open_database(request.param))


def a_test(number: int = 1, **fields: Any) -> Test:
    made = {"id": f"t{number}", "name": "né 🪟", "question_ids": ("DL0028", "DL0001"), "created_at": NOON}
    return Test.model_validate({**made, **fields})


def order(number: int = 1, **fields: Any) -> AssessmentOrder:
    made = {
        "id": f"o{number}",
        "test_id": "t1",
        "platform": Platform.ASHBY,
        "dedup_key": f"key {number}",
        "candidate": Candidate(ref="né 🪟", name="Né", email="n@example.org"),
        "questions": ("DL0028", "DL0001"),
        "ordered_at": NOON + number * HOUR,
        "stepped_at": NOON,
        "expires_at": NOON + 99 * HOUR,
        "due_at": NOON + number * HOUR,
    }
    return AssessmentOrder.model_validate({**made, **fields})


def answer(revision: int = 1, text: str = "né à 🪟\nand so on", question_id: str = "DL0028") -> SavedAnswer:
    return SavedAnswer(question_id=question_id, text=text, revision=revision, saved_at=NOON)


async def test_tests_come_back_as_they_were_the_oldest_first(tests: TestStore) -> None:
    second, first = a_test(2, created_at=NOON + HOUR, minutes=30), a_test(1)
    for each in (second, first):
        await tests.add("one", each)
    assert await tests.list("one") == (first, second)
    assert await tests.find("one", "t2") == second
    assert [await tests.find("one", unknown) for unknown in ("", "t3", "\0")] == [None] * 3
    with pytest.raises(AlreadyStored):
        await tests.add("two", a_test(1))


async def test_a_test_is_replaced_by_its_own_tenant_only(tests: TestStore) -> None:
    await tests.add("one", a_test())
    await tests.replace("two", a_test(name="theirs"))
    assert await tests.find("one", "t1") == a_test()
    assert (await tests.find("two", "t1"), await tests.list("two")) == (None, ())
    await tests.replace("one", a_test(retired=True))
    assert await tests.find("one", "t1") == a_test(retired=True)


async def test_of_orders_with_one_dedup_key_the_first_stays(orders: OrderStore) -> None:
    assert await orders.add("one", order(1)) == order(1)
    assert await orders.add("one", order(2, dedup_key="key 1")) == order(1)
    assert await orders.find("one", "o2") is None
    elsewhere = order(3, dedup_key="key 1", platform=Platform.GREENHOUSE)
    assert await orders.add("one", elsewhere) == elsewhere
    assert await orders.add("two", order(4, dedup_key="key 1")) == order(4, dedup_key="key 1")
    without = [order(number, dedup_key=None) for number in (5, 6)]
    assert [await orders.add("one", each) for each in without] == without
    with pytest.raises(AlreadyStored):
        await orders.add("two", order(1, dedup_key="another"))


async def test_many_orders_with_one_dedup_key_at_once_become_one(orders: OrderStore) -> None:
    made = await asyncio.gather(*(orders.add("one", order(number, dedup_key="same")) for number in range(1, 9)))
    assert len({each.id for each in made}) == 1
    assert len(await orders.page("one", limit=99)) == 1


async def test_orders_are_found_by_id_candidate_state_and_page(orders: OrderStore) -> None:
    kept = [order(1), order(2, state=OrderState.STARTED), order(3, candidate=Candidate(ref="other"))]
    for each in kept:
        await orders.add("one", each)
    assert await orders.of("one", "né 🪟") == tuple(kept[:2])
    assert await orders.page("one", limit=2) == (kept[2], kept[1])
    assert await orders.page("one", limit=2, after=Place(kept[1].ordered_at, "o2")) == (kept[0],)
    assert await orders.page("one", OrderState.STARTED, limit=9) == (kept[1],)
    assert await orders.owner("o1") == "one"
    assert [await orders.owner("o9"), await orders.find("one", "\0"), await orders.find("two", "o1")] == [None] * 3


async def test_an_order_is_changed_once_from_each_revision(orders: OrderStore) -> None:
    await orders.add("one", order())
    started = order(state=OrderState.STARTED, due_at=None)
    changed = await orders.change("one", started)
    assert changed == started.model_copy(update={"revision": 1})
    assert await orders.change("one", order(state=OrderState.CANCELLED)) is None
    assert await orders.change("two", changed) is None
    assert await orders.find("one", "o1") == changed


async def test_what_is_due_is_due_whoever_it_belongs_to(orders: OrderStore) -> None:
    for tenant, each in (("one", order(2)), ("two", order(1)), ("one", order(3)), ("one", order(4, due_at=None))):
        await orders.add(tenant, each)
    assert await orders.due(NOON + 2 * HOUR, limit=9) == (("two", order(1)), ("one", order(2)))
    assert await orders.due(NOON + 9 * HOUR, limit=1) == (("two", order(1)),)


async def test_answers_are_saved_one_revision_after_the_other(orders: OrderStore) -> None:
    await orders.add("one", order(state=OrderState.STARTED))
    assert await orders.save("one", "o1", answer())
    assert not await orders.save("one", "o1", answer(text="the second device"))
    assert await orders.save("one", "o1", answer(2, "more"))
    assert not await orders.save("one", "o1", answer(4))
    assert not await orders.save("two", "o1", answer(3))
    assert not await orders.save("one", "o9", answer())
    assert await orders.save("one", "o1", answer(question_id="DL0001"))
    assert await orders.answers("one", "o1") == (answer(question_id="DL0001"), answer(2, "more"))
    assert await orders.answers("two", "o1") == ()
    await orders.drop_answers("two", "o1")
    assert len(await orders.answers("one", "o1")) == 2
    await orders.drop_answers("one", "o1")
    assert await orders.answers("one", "o1") == ()


@pytest.mark.parametrize("state", sorted(set(OrderState) - {OrderState.STARTED}))
async def test_nothing_is_saved_to_an_order_that_is_not_under_way(orders: OrderStore, state: OrderState) -> None:
    await orders.add("one", order(state=state))
    assert not await orders.save("one", "o1", answer())
    assert await orders.answers("one", "o1") == ()


async def test_orders_are_erased_and_expire_with_their_answers(orders: OrderStore) -> None:
    for number, ref in ((1, "ann"), (2, "bob"), (3, "bob")):
        await orders.add("one", order(number, candidate=Candidate(ref=ref), state=OrderState.STARTED))
        assert await orders.save("one", f"o{number}", answer())
    assert await orders.erase("two", "ann") == await orders.expire("two", NOON + 9 * HOUR) == ()
    assert await orders.erase("one", "ann") == ("o1",)
    assert await orders.expire("one", NOON + 3 * HOUR) == ("o2",)
    assert [len(await orders.answers("one", f"o{number}")) for number in (1, 2, 3)] == [0, 0, 1]
    (left,) = await orders.page("one", limit=9)
    assert left.id == "o3"
