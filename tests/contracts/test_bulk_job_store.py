"""What every store of bulk jobs promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlBulkJobStore
from grader.fakes import FakeBulkJobStore
from grader.ports import BulkJob, BulkJobStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
JOB = BulkJob("j-1", NOON)
OTHER = BulkJob("j-2", NOON + timedelta(seconds=1))


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> BulkJobStore:
    """Each store in turn, empty."""
    return FakeBulkJobStore() if request.param == "fake" else SqlBulkJobStore(await open_database(request.param))


async def test_a_request_is_in_the_first_job_that_it_was_noted_for(store: BulkJobStore) -> None:
    assert await store.begin("one", JOB, ["a", "b"]) == {"a", "b"}
    assert await store.begin("one", OTHER, ["b", "c"]) == {"c"}
    assert await store.of("one", ["a", "b", "c", "d"]) == {"a": JOB, "b": JOB, "c": OTHER}
    assert await store.of("two", ["a"]) == {}


async def test_of_two_at_once_each_request_is_in_one_job(store: BulkJobStore) -> None:
    keys = [str(number) for number in range(30)]
    first, second = await asyncio.gather(store.begin("one", JOB, keys), store.begin("one", OTHER, keys))
    assert (first | second, first & second) == (set(keys), frozenset())


async def test_the_endpoint_s_id_is_noted(store: BulkJobStore) -> None:
    await store.begin("one", JOB, ["a"])
    known = replace(JOB, job_id="batch_1")
    await store.accepted("one", known)
    assert await store.of("one", ["a"]) == {"a": known}


async def test_a_request_that_was_dropped_can_be_handed_in_again(store: BulkJobStore) -> None:
    await store.begin("one", JOB, ["a", "b"])
    await store.drop("two", ["b"])
    await store.drop("one", ["a"])
    assert await store.of("one", ["a", "b"]) == {"b": JOB}
    assert await store.begin("one", OTHER, ["a", "b"]) == {"a"}


async def test_old_jobs_are_deleted_with_their_requests(store: BulkJobStore) -> None:
    await store.begin("one", JOB, ["a"])
    await store.begin("two", OTHER, ["z"])
    assert await store.purge(NOON) == 0
    assert await store.purge(NOON + timedelta(seconds=1)) == 1
    assert await store.of("one", ["a"]) == {}
    assert await store.of("two", ["z"]) == {"z": OTHER}
