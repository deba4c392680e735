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


def about(keys: list[str], ref: str | None = None) -> dict[str, str | None]:
    return dict.fromkeys(keys, ref)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> BulkJobStore:
    """Each store in turn, empty."""
    return FakeBulkJobStore() if request.param == "fake" else SqlBulkJobStore(await open_database(request.param))


async def test_a_request_is_in_the_first_job_that_it_was_noted_for(store: BulkJobStore) -> None:
    assert await store.begin("one", JOB, about(["a", "b"])) == {"a", "b"}
    assert await store.begin("one", OTHER, about(["b", "c"])) == {"c"}
    assert await store.of("one", ["a", "b", "c", "d"]) == {"a": JOB, "b": JOB, "c": OTHER}
    assert await store.of("two", ["a"]) == {}


async def test_of_two_at_once_each_request_is_in_one_job(store: BulkJobStore) -> None:
    keys = [str(number) for number in range(30)]
    first, second = await asyncio.gather(store.begin("one", JOB, about(keys)), store.begin("one", OTHER, about(keys)))
    assert (first | second, first & second) == (set(keys), frozenset())


async def test_the_endpoint_s_id_is_noted(store: BulkJobStore) -> None:
    await store.begin("one", JOB, about(["a"]))
    known = replace(JOB, job_id="batch_1")
    await store.accepted("one", known)
    assert await store.of("one", ["a"]) == {"a": known}


async def test_a_request_that_was_dropped_can_be_handed_in_again(store: BulkJobStore) -> None:
    await store.begin("one", JOB, about(["a", "b"]))
    await store.drop("two", ["b"])
    await store.drop("one", ["a"])
    assert await store.of("one", ["a", "b"]) == {"b": JOB}
    assert await store.begin("one", OTHER, about(["a", "b"])) == {"a"}


async def test_a_job_is_due_some_time_after_it_ended_or_long_after_it_began(store: BulkJobStore) -> None:
    await store.begin("one", JOB, about(["a"]))
    await store.begin("two", OTHER, about(["z"]))

    async def due(ended: datetime, begun: datetime) -> list[tuple[str, str]]:
        return [(tenant, job.id) for tenant, job in await store.due(ended_before=ended, begun_before=begun)]

    long_ago = NOON - timedelta(days=1)
    assert await due(NOON + timedelta(days=1), NOON) == []
    assert await due(long_ago, NOON + timedelta(seconds=1)) == [("one", "j-1")]
    await store.ended("two", "j-2", NOON)
    await store.ended("two", "j-2", NOON + timedelta(hours=1))
    await store.ended("two", "j-1", NOON)
    assert await due(NOON, long_ago) == []
    assert await due(NOON + timedelta(seconds=1), long_ago) == [("two", "j-2")]


async def test_a_job_that_is_removed_leaves_none_of_its_requests(store: BulkJobStore) -> None:
    await store.begin("one", JOB, about(["a"]))
    await store.begin("one", OTHER, about(["b"]))
    await store.remove("two", "j-1")
    assert await store.of("one", ["a", "b"]) == {"a": JOB, "b": OTHER}
    await store.remove("one", "j-1")
    assert await store.of("one", ["a", "b"]) == {"b": OTHER}


async def test_an_erased_candidate_s_requests_are_forgotten_and_their_job_is_due(store: BulkJobStore) -> None:
    await store.begin("one", JOB, about(["a"], "c-1") | about(["b"], "c-2"))
    await store.begin("one", OTHER, about(["c"], "c-2"))
    assert await store.erase("two", "c-1") == 0
    assert await store.erase("one", "c-1") == 1
    marked = replace(JOB, erased=True)
    assert await store.of("one", ["a", "b", "c"]) == {"b": marked, "c": OTHER}
    long_ago = NOON - timedelta(days=1)
    assert await store.due(ended_before=long_ago, begun_before=long_ago) == (("one", marked),)
