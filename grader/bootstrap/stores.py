"""What is kept, opened in the background so that nobody waits for a connection who does not need one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from grader.caching import OpeningCache
from grader.domain import Grade
from grader.errors import StorageError
from grader.ports import GradeStore, ResponseCache
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.adapters.sql import SqlGradeStore, SqlResponseCache


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[GradeStore]:
    """The grade store of these settings, opening while the caller goes on, closed at the end.

    Whoever uses it before it is open waits; where it cannot be opened every use is a StorageError.
    """
    opening = asyncio.create_task(_opened_store(settings.store_url))
    try:
        yield _OpeningStore(opening)
    finally:
        with suppress(StorageError):
            await (await opening).close()


@dataclass(frozen=True)
class _OpeningStore:
    """A GradeStore that may still be opening."""

    opening: asyncio.Task[SqlGradeStore]

    async def save(self, grade: Grade) -> None:
        await (await asyncio.shield(self.opening)).save(grade)

    async def find(self, grade_id: str) -> Grade | None:
        return await (await asyncio.shield(self.opening)).find(grade_id)


async def _opened_store(url: str) -> SqlGradeStore:
    store = await asyncio.to_thread(_new_store, url)
    await store.open()
    return store


def _new_store(url: str) -> SqlGradeStore:
    from grader.adapters.sql import SqlGradeStore  # noqa: PLC0415 - SQLAlchemy takes 0.4 s to import

    return SqlGradeStore(url)


def response_cache(settings: Settings) -> OpeningCache | None:
    """The cache in the database of the grades, opened with its first use."""

    async def opened() -> ResponseCache:
        cache = await asyncio.to_thread(_new_cache, settings)
        await cache.open()
        return cache

    return OpeningCache(opened) if settings.llm_cache_days > 0 else None


def _new_cache(settings: Settings) -> SqlResponseCache:
    from grader.adapters.sql import SqlResponseCache  # noqa: PLC0415 - as for the store

    max_age = timedelta(days=settings.llm_cache_days)
    return SqlResponseCache(settings.store_url, max_age=max_age, max_entries=settings.llm_cache_replies)
