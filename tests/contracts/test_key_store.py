"""What every KeyStore promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.access import ApiKey, Grant, KeyState, Scope, issue
from grader.adapters.sql import Database, SqlKeyStore
from grader.errors import AlreadyStored
from grader.fakes import FakeKeyStore
from grader.ports import KeyStore

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> KeyStore:
    """Each store in turn, empty."""
    return FakeKeyStore() if request.param == "fake" else SqlKeyStore(await open_database(request.param))


def new_key(tenant: str = "one", at: datetime = NOON, lifetime: timedelta | None = None) -> ApiKey:
    return issue(Grant("plattform “ä”", tenant, frozenset({Scope.READ, Scope.GRADE}), lifetime), b"pepper", at).key


async def added(store: KeyStore, key: ApiKey) -> ApiKey:
    await store.add(key)
    return key


@pytest.mark.parametrize("lifetime", [None, HOUR])
async def test_a_key_is_found_as_it_was_kept_digest_included(store: KeyStore, lifetime: timedelta | None) -> None:
    key = await added(store, new_key(lifetime=lifetime))
    found = await store.find(key.id)
    assert found == key
    assert found.digest == key.digest


async def test_an_unknown_id_finds_nothing(store: KeyStore) -> None:
    await added(store, new_key())
    assert await store.find("nobody22") is None


async def test_an_id_is_kept_once_and_the_first_key_stays(store: KeyStore) -> None:
    key = await added(store, new_key())
    with pytest.raises(AlreadyStored):
        await store.add(key.model_copy(update={"tenant": "two"}))
    assert await store.find(key.id) == key


async def test_keys_are_listed_by_age_all_or_one_tenants(store: KeyStore) -> None:
    late = await added(store, new_key("one", NOON + HOUR))
    early = await added(store, new_key("two", NOON))
    assert await store.list() == (early, late)
    assert await store.list("two") == (early,)
    assert await store.list("three") == ()


async def test_that_a_key_was_made_stays_true_after_it_was_revoked(store: KeyStore) -> None:
    assert not await store.any()
    key = await added(store, new_key())
    await store.revoke("one", key.id, NOON)
    assert await store.any()


async def test_a_key_is_revoked_once_and_for_ever(store: KeyStore) -> None:
    key = await added(store, new_key())
    first = await store.revoke("one", key.id, NOON + HOUR)
    again = await store.revoke("one", key.id, NOON + 2 * HOUR)
    assert first is not None
    assert (first.revoked_at, first.state(NOON)) == (NOON + HOUR, KeyState.REVOKED)
    assert first == again == await store.find(key.id)


async def test_an_unknown_key_cannot_be_revoked(store: KeyStore) -> None:
    assert await store.revoke("one", "nobody22", NOON) is None


async def test_no_tenant_changes_a_key_of_another(store: KeyStore) -> None:
    key = await added(store, new_key("one"))
    assert await store.revoke("two", key.id, NOON) is None
    await store.replace(key.ending(by=NOON), new_key("two"))
    assert await store.find(key.id) == key


async def test_a_replaced_key_ends_and_its_successor_is_there(store: KeyStore) -> None:
    old, new = await added(store, new_key()), new_key()
    await store.replace(old.ending(by=NOON + HOUR), new)
    assert await store.find(new.id) == new
    assert await store.find(old.id) == old.ending(by=NOON + HOUR)


async def test_where_the_successor_cannot_be_kept_the_old_key_does_not_end(store: KeyStore) -> None:
    old, other = await added(store, new_key()), await added(store, new_key())
    with pytest.raises(AlreadyStored):
        await store.replace(old.ending(by=NOON), other)
    assert await store.find(old.id) == old


async def test_a_replacement_does_not_bring_a_revoked_key_back(store: KeyStore) -> None:
    old = await added(store, new_key())
    await store.revoke("one", old.id, NOON)
    await store.replace(old.ending(by=NOON + HOUR), new_key())
    found = await store.find(old.id)
    assert found is not None
    assert found.revoked_at == NOON


async def test_the_last_use_is_the_latest_one(store: KeyStore) -> None:
    one, other = await added(store, new_key()), await added(store, new_key())
    await store.used({one.id: NOON + HOUR, other.id: NOON, "nobody22": NOON})
    await store.used({one.id: NOON, other.id: NOON + HOUR})
    uses = [key.last_used_at for key in await store.list()]
    assert uses == [NOON + HOUR, NOON + HOUR]
