"""What every ConnectionStore and Vault promises, asked of the fakes and of the real ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlConnectionStore
from grader.adapters.vault import FernetVault
from grader.assessment import Platform
from grader.errors import AlreadyStored, ConfigurationError
from grader.fakes import FakeConnectionStore, FakeVault
from grader.ports import Connection, ConnectionStore, Vault

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: OpenDatabase) -> ConnectionStore:
    """Each store in turn, empty."""
    return FakeConnectionStore() if request.param == "fake" else SqlConnectionStore(await open_database(request.param))


@pytest.fixture(params=["fake", "fernet"])
def vault(request: pytest.FixtureRequest) -> Vault:
    """Each vault in turn."""
    return FakeVault() if request.param == "fake" else FernetVault(b"the deployment's secret")


def connection(number: int = 1, platform: Platform = Platform.ASHBY) -> Connection:
    return Connection(id=f"c{number}", platform=platform, created_at=NOON + timedelta(hours=number), sealed="x")


async def test_connections_come_back_as_they_were_the_oldest_first(store: ConnectionStore) -> None:
    second, first = connection(2), connection(1, Platform.GREENHOUSE)
    for each in (second, first):
        await store.add("one", each)
    assert await store.list("one") == (first, second)
    assert await store.find("one", "c2") == second
    assert [await store.find("one", unknown) for unknown in ("", "c3", "\0")] == [None] * 3
    assert [await store.owner("c1"), await store.owner("c9")] == ["one", None]
    with pytest.raises(AlreadyStored):
        await store.add("two", connection(1))


async def test_no_tenant_sees_or_changes_anothers_connections(store: ConnectionStore) -> None:
    await store.add("one", connection())
    removed = connection().model_copy(update={"removed": True, "sealed": ""})
    await store.replace("two", removed)
    assert (await store.find("two", "c1"), await store.list("two")) == (None, ())
    assert await store.find("one", "c1") == connection()
    await store.replace("one", removed)
    assert await store.find("one", "c1") == removed


def test_what_is_sealed_can_be_opened_and_shows_nothing(vault: Vault) -> None:
    sealed = vault.seal("ashby-key-4711 é")
    assert "ashby-key" not in sealed
    assert vault.open(sealed) == "ashby-key-4711 é"


def test_what_another_secret_sealed_stays_shut() -> None:
    sealed = FernetVault(b"one secret").seal("key")
    with pytest.raises(ConfigurationError):
        FernetVault(b"another").open(sealed)
