"""The databases that the contracts of what is stored are asked of.

PostgreSQL is asked where TEST_POSTGRES_URL names an empty database, with an asynchronous driver, that may be wiped.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database: a SQLite file in a folder that is not there yet, then PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'new' / 'grader.db'}"
        return
    url = os.environ.get("TEST_POSTGRES_URL")
    if url is None:
        pytest.skip("TEST_POSTGRES_URL names no PostgreSQL database")
    yield url
    await _wipe(url)


async def _wipe(url: str) -> None:
    engine, tables = create_async_engine(url), MetaData()
    async with engine.begin() as connection:
        await connection.run_sync(tables.reflect)
        await connection.run_sync(tables.drop_all)
    await engine.dispose()
