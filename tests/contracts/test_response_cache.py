"""What every ResponseCache promises, asked of the fake and of each database; and what bounds the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import column, table, update
from sqlalchemy.ext.asyncio import create_async_engine

from grader.adapters.sql import SqlResponseCache
from grader.errors import StorageError
from grader.fakes import FakeResponseCache, completion
from grader.ports import Completion, ResponseCache

START = datetime(2026, 11, 21, tzinfo=UTC)
REPLY = Completion(
    '{"verdicts": "“☂”"}', model="m", finish_reason="stop", refusal=None, input_tokens=7, output_tokens=3, calls=2
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sql(database: str, clock: Clock) -> AsyncIterator[SqlResponseCache]:
    """Three replies of at most a day."""
    cache = SqlResponseCache(database, max_age=timedelta(days=1), max_entries=3, now=clock)
    await cache.open()
    yield cache
    await cache.close()


@pytest.fixture(params=["fake", "sql"])
def cache(request: pytest.FixtureRequest, sql: SqlResponseCache) -> ResponseCache:
    """Each cache in turn, open and empty."""
    return FakeResponseCache() if request.param == "fake" else sql


async def test_what_was_kept_is_found_as_it_was(cache: ResponseCache) -> None:
    assert await cache.keep("a", REPLY) == REPLY
    assert await cache.find("a") == REPLY


async def test_an_unknown_key_finds_nothing(cache: ResponseCache) -> None:
    await cache.keep("a", REPLY)
    assert await cache.find("b") is None


async def test_of_two_replies_for_one_key_the_first_stays(cache: ResponseCache) -> None:
    await cache.keep("a", REPLY)
    assert await cache.keep("a", completion("other")) == REPLY
    assert await cache.find("a") == REPLY


async def test_replies_kept_at_the_same_time_agree_on_one(cache: ResponseCache) -> None:
    kept = await asyncio.gather(*(cache.keep("a", completion(str(number))) for number in range(4)))
    assert {reply.text for reply in kept} == {(await cache.find("a") or REPLY).text}


async def test_a_reply_expires_and_can_be_kept_anew(sql: SqlResponseCache, clock: Clock) -> None:
    await sql.keep("a", REPLY)
    clock.time += timedelta(days=1)
    assert await sql.find("a") is None
    assert await sql.keep("a", completion("newer")) == completion("newer")


async def test_the_oldest_reply_makes_room(sql: SqlResponseCache, clock: Clock) -> None:
    for key in "abcd":
        await sql.keep(key, completion(key))
        clock.time += timedelta(minutes=1)
    assert [key for key in "abcd" if await sql.find(key)] == ["b", "c", "d"]


async def test_a_reply_is_there_when_the_database_is_opened_again(sql: SqlResponseCache, database: str) -> None:
    await sql.keep("a", REPLY)
    other = SqlResponseCache(database, max_age=timedelta(days=10_000), max_entries=3)
    await other.open()
    assert await other.find("a") == REPLY
    await other.close()


async def test_a_row_from_another_version_is_a_storage_error(sql: SqlResponseCache, database: str) -> None:
    await sql.keep("a", REPLY)
    engine = create_async_engine(database)
    async with engine.begin() as connection:
        await connection.execute(update(table("responses", column("completion"))).values(completion='{"reply": 1}'))
    await engine.dispose()
    with pytest.raises(StorageError):
        await sql.find("a")


async def test_a_cache_that_is_not_open_is_a_storage_error(database: str) -> None:
    closed = SqlResponseCache(database, max_age=timedelta(days=1), max_entries=3)
    with pytest.raises(StorageError):
        await closed.find("a")
    with pytest.raises(StorageError):
        await closed.keep("a", REPLY)
