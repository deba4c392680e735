"""What every memory of erasures promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlErasures
from grader.fakes import FakeErasures
from grader.ports import Erasures

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def erasures(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> Erasures:
    """Each in turn, empty."""
    return FakeErasures() if request.param == "fake" else SqlErasures(await open_database(request.param))


async def test_the_last_erasure_is_known_to_its_tenant_only(erasures: Erasures) -> None:
    assert await erasures.last("one", "a") is None
    for at in (NOON, NOON + HOUR):
        await erasures.note("one", "a", at, forget_before=NOON - HOUR)
    assert await erasures.last("one", "a") == NOON + HOUR
    assert await erasures.last("one", "b") is None
    assert await erasures.last("two", "a") is None


async def test_what_is_old_is_forgotten_with_the_next(erasures: Erasures) -> None:
    await erasures.note("one", "old", NOON, forget_before=NOON - HOUR)
    await erasures.note("two", "old", NOON, forget_before=NOON - HOUR)
    await erasures.note("one", "new", NOON + HOUR, forget_before=NOON + HOUR)
    assert await erasures.last("one", "old") is None
    assert await erasures.last("two", "old") == NOON
