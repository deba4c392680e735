"""Replies of chat models in a SQL database, bounded by age and number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Column, DateTime, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from grader.adapters.sql.database import Database
from grader.errors import StorageError
from grader.ports import Completion

_metadata: Final = MetaData()
_responses: Final = Table(
    "responses",
    _metadata,
    Column("key", String(64), primary_key=True),
    Column("stored_at", DateTime(timezone=True), nullable=False, index=True),
    Column("completion", Text, nullable=False),
)
_completions: Final = TypeAdapter(Completion)


class SqlResponseCache:
    """A ResponseCache of at most `max_entries` replies that are younger than `max_age`; the oldest go first."""

    def __init__(
        self,
        url: str,
        *,
        max_age: timedelta,
        max_entries: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = Database(url, _metadata)
        self._max_age = max_age
        self._max_entries = max_entries
        self._now = now

    async def open(self) -> None:
        """Connect and create the table; StorageError says why not."""
        await self._database.open()

    async def find(self, key: str) -> Completion | None:
        """The reply kept under `key`, or None where there is none or it has expired."""
        young = _responses.c.stored_at > self._now() - self._max_age
        try:
            async with self._database.engine.connect() as connection:
                query = select(_responses.c.completion).where(_responses.c.key == key, young)
                stored = await connection.scalar(query)
            return None if stored is None else _completions.validate_json(stored)
        except (SQLAlchemyError, ValidationError) as error:
            raise StorageError(f"a stored reply could not be read: {type(error).__name__}") from error

    async def keep(self, key: str, completion: Completion) -> Completion:
        """Keep a reply and return the one that is kept: of two for one key the first stays."""
        row = {"key": key, "stored_at": self._now(), "completion": _completions.dump_json(completion).decode()}
        try:
            async with self._database.engine.begin() as connection:
                await connection.execute(
                    delete(_responses).where(_responses.c.stored_at <= self._now() - self._max_age)
                )
                await connection.execute(insert(_responses).values(row))
                await self._make_room(connection)
        except IntegrityError:  # somebody else was first
            return await self.find(key) or completion
        except SQLAlchemyError as error:
            raise StorageError(f"a reply could not be stored: {type(error).__name__}") from error
        return completion

    async def close(self) -> None:
        """Give the connections back."""
        await self._database.close()

    async def _make_room(self, connection: AsyncConnection) -> None:
        newest_first = select(_responses.c.key).order_by(_responses.c.stored_at.desc(), _responses.c.key)
        too_many = newest_first.offset(self._max_entries)
        await connection.execute(delete(_responses).where(_responses.c.key.in_(too_many)))
