"""What every outbox promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlOutbox
from grader.fakes import FakeOutbox
from grader.ports import Delivery, DeliveryState, Outbox, Place

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATER = NOON + 60 * SECOND
KINDS = ("webhook",)
DELIVERY = Delivery(
    id="d-1",
    kind="webhook",
    target="hook-1",
    dedup_key="grade.completed:g-1",
    message_id="msg_1",
    about="g-1",
    payload='{"type": "grade.completed", "of": "„nur“ 🪟"}',
    created_at=NOON,
    due_at=NOON,
)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def outbox(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> Outbox:
    """Each outbox in turn, empty."""
    return FakeOutbox() if request.param == "fake" else SqlOutbox(await open_database(request.param))


async def put(outbox: Outbox, *ids: str, tenant: str = "one", **changes: object) -> None:
    for each in ids:
        assert await outbox.put(tenant, replace(DELIVERY, id=each, dedup_key=each, **changes))  # type: ignore[arg-type]


async def test_what_was_put_is_found_as_it_was_by_its_tenant_only(outbox: Outbox) -> None:
    assert await outbox.put("one", DELIVERY)
    assert await outbox.find("one", "d-1") == DELIVERY
    assert await outbox.find("two", "d-1") is None
    assert await outbox.find("one", "nothing") is None
    assert await outbox.find("one", "\0") is None


async def test_of_one_dedup_key_the_first_is_kept_for_each_tenant_kind_and_target(outbox: Outbox) -> None:
    assert await outbox.put("one", DELIVERY)
    assert not await outbox.put("one", replace(DELIVERY, id="d-2", payload="other"))
    assert await outbox.put("one", replace(DELIVERY, id="d-3", target="hook-2"))
    assert await outbox.put("one", replace(DELIVERY, id="d-4", kind="greenhouse"))
    assert await outbox.put("two", replace(DELIVERY, id="d-5"))
    assert [each.id for each in await outbox.page("one", "hook-1", limit=9)] == ["d-4", "d-1"]


async def test_a_target_s_deliveries_are_listed_newest_first_by_state_and_page(outbox: Outbox) -> None:
    for number in range(5):
        await put(outbox, f"d-{number}", created_at=NOON + number * SECOND)
    await put(outbox, "dead", state=DeliveryState.DEAD)
    first = await outbox.page("one", "hook-1", DeliveryState.WAITING, limit=3)
    assert [each.id for each in first] == ["d-4", "d-3", "d-2"]
    after = Place(first[-1].created_at, first[-1].id)
    rest = await outbox.page("one", "hook-1", DeliveryState.WAITING, limit=3, after=after)
    assert [each.id for each in rest] == ["d-1", "d-0"]
    assert [each.id for each in await outbox.page("one", "hook-1", DeliveryState.DEAD, limit=3)] == ["dead"]
    assert await outbox.page("two", "hook-1", limit=3) == ()


async def test_what_is_due_the_longest_is_taken_first_held_and_counted_as_a_try(outbox: Outbox) -> None:
    await put(outbox, "second", due_at=NOON - SECOND)
    await put(outbox, "first", tenant="two", due_at=NOON - 2 * SECOND)
    await put(outbox, "not yet", due_at=LATER + SECOND)
    claims = [await outbox.claim(NOON, LATER, kinds=KINDS) for _ in range(3)]
    assert [claim and (claim[0], claim[1].id) for claim in claims] == [("two", "first"), ("one", "second"), None]
    held = await outbox.find("two", "first")
    assert held is not None
    assert (held.tries, held.due_at) == (1, LATER)
    again = await outbox.claim(LATER, LATER + SECOND, kinds=KINDS)
    assert again is not None
    assert again[1].tries == 2


async def test_only_kinds_that_are_asked_for_are_taken_and_no_target_that_is_left_out(outbox: Outbox) -> None:
    await put(outbox, "other kind", kind="greenhouse")
    await put(outbox, "full")
    await put(outbox, "same name elsewhere", tenant="two")
    without = [("one", "hook-1"), ("one", "hook-9")]
    claim = await outbox.claim(NOON, LATER, kinds=KINDS, without=without)
    assert claim is not None
    assert claim[1].id == "same name elsewhere"
    assert await outbox.claim(NOON, LATER, kinds=KINDS, without=without) is None
    assert await outbox.claim(NOON, LATER, kinds=()) is None


async def test_of_several_that_claim_at_once_each_gets_another(outbox: Outbox) -> None:
    await put(outbox, *(f"d-{number}" for number in range(8)))
    claims = await asyncio.gather(*(outbox.claim(NOON, LATER, kinds=KINDS) for _ in range(12)))
    taken = [claim[1].id for claim in claims if claim is not None]
    while (claim := await outbox.claim(NOON, LATER, kinds=KINDS)) is not None:  # one that was locked is no one's yet
        taken.append(claim[1].id)
    assert sorted(taken) == [f"d-{number}" for number in range(8)]


async def test_what_was_settled_is_as_it_ended_and_is_not_taken_again(outbox: Outbox) -> None:
    await put(outbox, "d-1")
    claim = await outbox.claim(NOON, LATER, kinds=KINDS)
    assert claim is not None
    done = replace(claim[1], state=DeliveryState.DELIVERED, status=204, reason="", tried_at=NOON)
    assert await outbox.settle("one", done)
    assert await outbox.find("one", "d-1") == done
    assert await outbox.claim(LATER, LATER, kinds=KINDS) is None


async def test_a_try_that_somebody_took_over_can_no_longer_say_how_it_ended(outbox: Outbox) -> None:
    await put(outbox, "d-1")
    first = await outbox.claim(NOON, LATER, kinds=KINDS)
    second = await outbox.claim(LATER, LATER + SECOND, kinds=KINDS)
    assert first is not None
    assert second is not None
    assert not await outbox.settle("one", replace(first[1], state=DeliveryState.DEAD))
    assert await outbox.settle("one", replace(second[1], state=DeliveryState.DELIVERED))
    assert not await outbox.settle("one", replace(second[1], state=DeliveryState.DEAD))
    await outbox.forget("one", about=["g-1"])
    assert not await outbox.settle("one", second[1])


async def test_what_is_dead_is_tried_again_from_the_start(outbox: Outbox) -> None:
    await put(outbox, "dead", "dead too", state=DeliveryState.DEAD, tries=10, reason="timeout")
    await put(outbox, "done", state=DeliveryState.DELIVERED, tries=1)
    await put(outbox, "theirs", tenant="two", state=DeliveryState.DEAD)
    await put(outbox, "waits", due_at=LATER)
    assert await outbox.replay("one", "hook-1", NOON) == 2
    assert await outbox.replay("one", "hook-1", NOON, delivery_id="done") == 1
    assert await outbox.replay("one", "hook-1", NOON, delivery_id="waits") == 0
    assert await outbox.replay("one", "hook-1", NOON, delivery_id="theirs") == 0
    found = await outbox.find("one", "dead")
    assert found is not None
    assert (found.state, found.tries, found.due_at, found.reason) == (DeliveryState.WAITING, 0, NOON, "")


async def test_what_speaks_of_something_erased_is_erased_whatever_became_of_it(outbox: Outbox) -> None:
    for number, state in enumerate(DeliveryState):
        await put(outbox, f"d-{number}", state=state)
    await put(outbox, "other", about="g-2")
    await put(outbox, "theirs", tenant="two")
    assert await outbox.forget("one", about=["g-1", "g-7"]) == 3
    assert await outbox.forget("one", about=[]) == 0
    assert await outbox.find("one", "other") is not None
    assert await outbox.find("two", "theirs") is not None
    assert await outbox.forget("one", target="hook-1") == 1


async def test_what_was_settled_long_ago_is_deleted(outbox: Outbox) -> None:
    await put(outbox, "told", "told now", state=DeliveryState.DELIVERED, tried_at=NOON)
    await put(outbox, "never tried", state=DeliveryState.DEAD)
    await put(outbox, "waits", created_at=NOON - 99 * SECOND)
    assert await outbox.purge(delivered=NOON, dead=NOON) == 0
    assert await outbox.purge(delivered=NOON, dead=NOON + SECOND) == 1
    assert await outbox.purge(delivered=NOON + SECOND, dead=NOON) == 2
    assert [each.id for each in await outbox.page("one", "hook-1", limit=9)] == ["waits"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_is_put_in_a_transaction_that_fails_was_never_put(
    kind: str, open_database: Callable[[str], Awaitable[Database]]
) -> None:
    database = await open_database(kind)
    outbox = SqlOutbox(database)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - what is raised between two operations
        async with database.together("one"):
            await outbox.put("one", DELIVERY)
            raise ZeroDivisionError
    assert await outbox.find("one", "d-1") is None
