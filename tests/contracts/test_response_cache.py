"""What every ResponseCache promises, asked of the fake and of each database; and what bounds the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from grader.adapters.sql import Database, SqlResponseCache
from grader.adapters.sql.responses import RESPONSES
from grader.errors import StorageError
from grader.fakes import FakeResponseCache, completion
from grader.ports import Completion, ResponseCache, Subject

START = datetime(2026, 11, 21, tzinfo=UTC)
REPLY = Completion(
    '{"verdicts": "“☂”"}', model="m", finish_reason="stop", refusal=None, input_tokens=7, output_tokens=3, calls=2
)


ANNA, BERT, NOBODY = Subject("one", "anna"), Subject("one", "bert"), Subject("one")


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
async def sql(database: Database, clock: Clock) -> SqlResponseCache:
    """Three replies of at most a day."""
    return SqlResponseCache(database, max_age=timedelta(days=1), max_entries=3, now=clock)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def cache(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> ResponseCache:
    """Each cache in turn, empty."""
    if request.param == "fake":
        return FakeResponseCache()
    return SqlResponseCache(await open_database(request.param), max_age=timedelta(days=1), max_entries=100)


async def test_what_was_kept_is_found_as_it_was(cache: ResponseCache) -> None:
    assert await cache.keep(ANNA, "a", REPLY) == REPLY
    assert await cache.find(ANNA, "a") == REPLY


async def test_an_unknown_key_finds_nothing(cache: ResponseCache) -> None:
    await cache.keep(ANNA, "a", REPLY)
    assert await cache.find(ANNA, "b") is None


async def test_of_two_replies_for_one_key_the_first_stays(cache: ResponseCache) -> None:
    await cache.keep(ANNA, "a", REPLY)
    assert await cache.keep(ANNA, "a", completion("other")) == REPLY
    assert await cache.find(ANNA, "a") == REPLY


async def test_replies_kept_at_the_same_time_agree_on_one(cache: ResponseCache) -> None:
    kept = await asyncio.gather(*(cache.keep(ANNA, "a", completion(str(number))) for number in range(4)))
    assert {reply.text for reply in kept} == {(await cache.find(ANNA, "a") or REPLY).text}


async def test_a_reply_expires_and_can_be_kept_anew(sql: SqlResponseCache, clock: Clock) -> None:
    await sql.keep(ANNA, "a", REPLY)
    clock.time += timedelta(days=1)
    assert await sql.find(ANNA, "a") is None
    assert await sql.keep(ANNA, "a", completion("newer")) == completion("newer")


async def test_the_oldest_reply_makes_room(sql: SqlResponseCache, clock: Clock) -> None:
    for key in "abcd":
        await sql.keep(ANNA, key, completion(key))
        clock.time += timedelta(minutes=1)
    assert [key for key in "abcd" if await sql.find(ANNA, key)] == ["b", "c", "d"]


async def test_a_row_from_another_version_is_a_storage_error(sql: SqlResponseCache, database: Database) -> None:
    await sql.keep(ANNA, "a", REPLY)
    async with database.writing("one") as rows:
        await rows.execute(update(RESPONSES).values(completion='{"reply": 1}'))
    with pytest.raises(StorageError, match="this version"):
        await sql.find(ANNA, "a")


async def test_no_tenant_is_given_or_erases_anothers_reply(cache: ResponseCache) -> None:
    await cache.keep(ANNA, "a", REPLY)
    stranger = Subject("two", "anna")
    assert await cache.find(stranger, "a") is None
    assert await cache.erase("two", "anna") == 0
    assert await cache.find(ANNA, "a") == REPLY


async def test_a_candidates_replies_are_erased_and_nobody_elses(cache: ResponseCache) -> None:
    for subject, key in [(ANNA, "a"), (ANNA, "b"), (BERT, "c"), (NOBODY, "d")]:
        await cache.keep(subject, key, completion(key))
    assert await cache.erase("one", "anna") == 2
    assert [key for key in "abcd" if await cache.find(NOBODY, key)] == ["c", "d"]
    assert await cache.erase("one", "anna") == 0


async def test_a_reply_found_again_for_another_candidate_is_erased_with_either(cache: ResponseCache) -> None:
    await cache.keep(ANNA, "a", REPLY)
    assert await cache.find(BERT, "a") == REPLY
    assert await cache.erase("one", "bert") == 1
    assert await cache.find(NOBODY, "a") is None


async def test_a_lost_race_to_keep_a_reply_counts_it_as_the_losers_too(cache: ResponseCache) -> None:
    await cache.keep(ANNA, "a", REPLY)
    assert await cache.keep(BERT, "a", completion("other")) == REPLY
    assert await cache.erase("one", "bert") == 1


async def test_the_replies_a_candidates_grades_rest_on_are_listed_for_their_tenant(cache: ResponseCache) -> None:
    await cache.keep(ANNA, "a", REPLY)
    await cache.keep(BERT, "b", completion("Bert's"))
    assert await cache.of("one", "anna") == (REPLY,)
    assert await cache.of("two", "anna") == ()
