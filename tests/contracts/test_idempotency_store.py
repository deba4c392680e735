"""What every IdempotencyStore promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlIdempotencyStore
from grader.fakes import FakeIdempotencyStore
from grader.ports import Claim, IdempotencyStore, Outcome, Refusal

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEASE = timedelta(seconds=15)
FIRST = Claim("one", "key “1”", "f" * 64, "grade-1", "holder-1")
AGAIN = replace(FIRST, resource_id="grade-2", holder="holder-2")
CREATED = Outcome(201, '{"id": "grade-1", "text": "ü"}'.encode(), {"location": "/v1/grades/grade-1"})


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(
    request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]
) -> IdempotencyStore:
    """Each store in turn, empty."""
    if request.param == "fake":
        return FakeIdempotencyStore()
    return SqlIdempotencyStore(await open_database(request.param))


async def claim(store: IdempotencyStore, wanted: Claim = FIRST, at: datetime = NOON) -> Claim | Outcome | Refusal:
    return await store.claim(wanted, at, at + LEASE)


async def test_a_new_key_is_granted_as_it_was_asked_for(store: IdempotencyStore) -> None:
    assert await claim(store) == FIRST


async def test_while_the_first_is_under_way_the_second_is_refused(store: IdempotencyStore) -> None:
    await claim(store)
    assert await claim(store, AGAIN, NOON + LEASE / 2) is Refusal.IN_PROGRESS


async def test_of_many_at_the_same_time_one_is_granted(store: IdempotencyStore) -> None:
    wanted = [replace(FIRST, holder=f"holder-{number}", resource_id=f"grade-{number}") for number in range(20)]
    granted = await asyncio.gather(*(claim(store, each) for each in wanted))
    assert [isinstance(each, Claim) for each in granted].count(True) == 1
    assert granted.count(Refusal.IN_PROGRESS) == 19


async def test_what_was_answered_is_answered_again_as_it_was(store: IdempotencyStore) -> None:
    await claim(store)
    await store.complete(FIRST, CREATED)
    assert await claim(store, AGAIN) == CREATED
    assert await claim(store, AGAIN, NOON + 100 * LEASE) == CREATED


@pytest.mark.parametrize("done", [True, False])
async def test_another_payload_under_the_same_key_is_refused(store: IdempotencyStore, *, done: bool) -> None:
    await claim(store)
    if done:
        await store.complete(FIRST, CREATED)
    assert await claim(store, replace(AGAIN, fingerprint="0" * 64), NOON + 2 * LEASE) is Refusal.REUSED


async def test_a_claim_whose_holder_died_is_granted_again_with_the_first_resource(store: IdempotencyStore) -> None:
    await claim(store)
    assert await claim(store, AGAIN, NOON + LEASE) == replace(AGAIN, resource_id="grade-1")


async def test_of_many_that_want_a_dead_holders_claim_one_gets_it(store: IdempotencyStore) -> None:
    await claim(store)
    wanted = [replace(FIRST, holder=f"heir-{number}") for number in range(10)]
    granted = await asyncio.gather(*(claim(store, each, NOON + 2 * LEASE) for each in wanted))
    assert [isinstance(each, Claim) for each in granted].count(True) == 1


async def test_a_renewed_claim_is_not_given_away(store: IdempotencyStore) -> None:
    await claim(store)
    await store.renew(FIRST, NOON + 2 * LEASE)
    assert await claim(store, AGAIN, NOON + LEASE) is Refusal.IN_PROGRESS


async def test_whoever_lost_a_claim_changes_nothing(store: IdempotencyStore) -> None:
    await claim(store)
    await claim(store, AGAIN, NOON + LEASE)
    await store.renew(FIRST, NOON + 100 * LEASE)
    await store.complete(FIRST, CREATED)
    await store.release(FIRST)
    third = replace(AGAIN, holder="holder-3")
    assert await claim(store, third, NOON + LEASE) is Refusal.IN_PROGRESS
    assert await claim(store, third, NOON + 2 * LEASE) == replace(third, resource_id="grade-1")


async def test_an_outcome_is_not_replaced(store: IdempotencyStore) -> None:
    await claim(store)
    await store.complete(FIRST, CREATED)
    await store.complete(FIRST, Outcome(500, b""))
    await store.release(FIRST)
    assert await claim(store, AGAIN) == CREATED


async def test_a_released_key_may_be_used_again_for_anything(store: IdempotencyStore) -> None:
    await claim(store)
    await store.release(FIRST)
    other = replace(AGAIN, fingerprint="0" * 64)
    assert await claim(store, other) == other


async def test_outcomes_that_show_an_erased_resource_are_forgotten(store: IdempotencyStore) -> None:
    kept = replace(FIRST, key="other", resource_id="grade-9")
    for wanted in (FIRST, kept):
        await claim(store, wanted)
        await store.complete(wanted, CREATED)
    await store.forget("one", ["grade-1", "grade-7"])
    assert await claim(store, AGAIN) == AGAIN
    assert await claim(store, kept) == CREATED


async def test_what_is_old_is_purged_for_all_tenants_and_counted(store: IdempotencyStore) -> None:
    young = replace(FIRST, key="young")
    await claim(store, FIRST, NOON)
    await claim(store, replace(FIRST, tenant="two"), NOON)
    await claim(store, young, NOON + LEASE)
    assert await store.purge(NOON + LEASE) == 2
    assert await claim(store, AGAIN) == AGAIN
    assert await claim(store, young, NOON + LEASE) is Refusal.IN_PROGRESS


async def test_no_tenant_sees_or_changes_what_is_anothers(store: IdempotencyStore) -> None:
    theirs = replace(FIRST, tenant="two")
    await claim(store)
    await store.complete(theirs, CREATED)
    await store.renew(theirs, NOON + 100 * LEASE)
    await store.release(theirs)
    await store.forget("two", ["grade-1"])
    assert await claim(store, AGAIN) is Refusal.IN_PROGRESS
    assert await claim(store, theirs) == theirs
    await store.complete(theirs, CREATED)
    assert await claim(store, AGAIN, NOON + LEASE) == replace(AGAIN, resource_id="grade-1")
