"""What every PaceStore promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from grader.adapters.sql import Database, SqlPaceStore
from grader.fakes import FakePaceStore
from grader.ports import CATCH_UP, PaceStore


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> PaceStore:
    """Each store in turn, empty."""
    return FakePaceStore() if request.param == "fake" else SqlPaceStore(await open_database(request.param))


async def test_places_follow_each_other_at_the_pace_whoever_takes_them(store: PaceStore) -> None:
    firsts = await asyncio.gather(*(store.lease("llm", 10, 0.1) for _ in range(5)))
    assert sorted(round(first / 100) for first in firsts) == [0, 1, 2, 3, 4]


async def test_paces_do_not_know_each_other(store: PaceStore) -> None:
    await store.lease("llm", 10, 0.1)
    assert await store.lease("other", 1, 0.1) == pytest.approx(0, abs=1)


async def test_of_places_that_nobody_took_few_stay_free(store: PaceStore) -> None:
    await store.lease("llm", 1, 100.0)
    await asyncio.sleep(CATCH_UP + 0.2)
    assert await store.lease("llm", 1, 100.0) == pytest.approx(-CATCH_UP, abs=0.01)
