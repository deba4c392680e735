"""One SQL database: opened with its tables, closed, and what SQLite is told about durability."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from grader.errors import StorageError

BUSY_SECONDS: Final = 10
"""Wait for another process that holds the SQLite file."""


class Database:
    """The database at `url`; `open` creates those of the `tables` that are missing."""

    def __init__(self, url: str, tables: MetaData) -> None:
        self._url = _parsed(url)
        self._tables = tables
        self._engine: AsyncEngine | None = None

    async def open(self) -> None:
        """Connect and create the tables; StorageError says why not."""
        try:
            self._engine = _new_engine(self._url)
            async with self._engine.begin() as connection:
                await connection.run_sync(self._tables.create_all)
        except (SQLAlchemyError, OSError, ImportError) as error:
            await self.close()
            raise StorageError(f"the database {self._url!r} cannot be opened: {error}") from error

    async def close(self) -> None:
        """Give the connections back."""
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None

    @property
    def engine(self) -> AsyncEngine:
        """What statements run on; StorageError while the database is not open."""
        if self._engine is None:
            raise StorageError("the database is not open")
        return self._engine


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (SQLAlchemyError, ValueError) as error:  # the URL may hold a password: it is not repeated
        raise StorageError(
            "the database URL cannot be read; it has the form dialect+driver://user:password@host/name"
        ) from error


def _new_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(url)
    if url.get_backend_name() == "sqlite":
        if url.database not in {None, "", ":memory:"}:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no common type
    """WAL lets readers go on while one writes; FULL keeps an acknowledged grade through a power cut."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
