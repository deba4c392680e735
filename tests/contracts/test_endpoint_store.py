"""What every store of endpoints promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlEndpointStore
from grader.errors import AlreadyStored
from grader.fakes import FakeEndpointStore
from grader.ports import Endpoint, EndpointStore, Rotation

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENDPOINT = Endpoint(
    id="hook-1",
    url="https://hooks.example.com/grades?of=„nur“",
    events=("grade.completed", "grade.reviewed"),
    description="Our ATS 🪟",
    created_at=NOON,
    generation=3,
    retired=(Rotation(generation=2, ends_at=NOON + timedelta(days=1)),),
)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> EndpointStore:
    """Each store in turn, empty."""
    return FakeEndpointStore() if request.param == "fake" else SqlEndpointStore(await open_database(request.param))


async def test_an_endpoint_is_found_as_it_was_by_its_tenant_only(store: EndpointStore) -> None:
    await store.add("one", ENDPOINT)
    assert await store.find("one", "hook-1") == ENDPOINT
    assert await store.find("two", "hook-1") is None
    assert await store.find("one", "\0") is None
    with pytest.raises(AlreadyStored):
        await store.add("two", ENDPOINT)


async def test_endpoints_are_listed_oldest_first(store: EndpointStore) -> None:
    await store.add("one", ENDPOINT)
    older = ENDPOINT.model_copy(update={"id": "hook-0", "created_at": NOON - timedelta(seconds=1)})
    await store.add("one", older)
    assert await store.list("one") == (older, ENDPOINT)
    assert await store.list("two") == ()


async def test_an_endpoint_is_changed_and_removed_by_its_tenant_only(store: EndpointStore) -> None:
    await store.add("one", ENDPOINT)
    changed = ENDPOINT.model_copy(update={"events": ("batch.completed",), "disabled": "paused", "retired": ()})
    assert not await store.change("two", changed)
    assert await store.change("one", changed)
    assert await store.find("one", "hook-1") == changed
    assert not await store.remove("two", "hook-1")
    assert await store.remove("one", "hook-1")
    assert not await store.remove("one", "hook-1")


async def test_failures_count_from_the_first_until_a_success(store: EndpointStore) -> None:
    await store.add("one", ENDPOINT)
    later = NOON + timedelta(hours=1)
    assert await store.failed("one", "hook-1", NOON) == NOON
    assert await store.failed("one", "hook-1", later) == NOON
    await store.succeeded("one", "hook-1")
    assert await store.find("one", "hook-1") == ENDPOINT
    assert await store.failed("one", "hook-1", later) == later
    assert await store.failed("one", "gone", later) == later


async def test_an_endpoint_is_disabled_with_a_reason(store: EndpointStore) -> None:
    await store.add("one", ENDPOINT)
    await store.disable("two", "hook-1", "gone")
    await store.disable("one", "hook-1", "gone")
    found = await store.find("one", "hook-1")
    assert found is not None
    assert found.disabled == "gone"
