"""Grades in a SQL database by SQLAlchemy; SQLite in WAL mode with full synchronisation by default."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Column, DateTime, MetaData, String, Table, Text, event, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from grader.domain import Grade
from grader.errors import StorageError

BUSY_SECONDS: Final = 10
"""Wait for another process that holds the SQLite file."""

_metadata: Final = MetaData()
_grades: Final = Table(
    "grades",
    _metadata,
    Column("id", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False, index=True),
    Column("rubric_hash", String(80), nullable=False, index=True),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("grade", Text, nullable=False),
)


class SqlGradeStore:
    """A GradeStore; `open` creates what is missing, `save` returns once the grade is on disk."""

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self._engine: AsyncEngine | None = None

    async def open(self) -> None:
        """Connect and create the tables; StorageError says why not."""
        try:
            self._engine = _new_engine(self._url)
            async with self._engine.begin() as connection:
                await connection.run_sync(_metadata.create_all)
        except (SQLAlchemyError, OSError, ImportError) as error:
            await self.close()
            raise StorageError(f"the database {self._url!r} cannot be opened: {error}") from error

    async def save(self, grade: Grade) -> None:
        """Keep a grade; its id must be new."""
        row = {
            "id": grade.id,
            "question_id": grade.question_id,
            "rubric_hash": grade.rubric_hash,
            "created_at": grade.created_at,
            "grade": grade.model_dump_json(),
        }
        try:
            async with self._opened().begin() as connection:
                await connection.execute(insert(_grades).values(row))
        except SQLAlchemyError as error:
            raise StorageError(f"grade {grade.id} could not be saved: {type(error).__name__}") from error

    async def find(self, grade_id: str) -> Grade | None:
        """The grade with this id, or None."""
        try:
            async with self._opened().connect() as connection:
                stored = await connection.scalar(select(_grades.c.grade).where(_grades.c.id == grade_id))
            return None if stored is None else Grade.model_validate_json(stored)
        except (SQLAlchemyError, ValidationError) as error:
            raise StorageError(f"grade could not be read: {type(error).__name__}") from error

    async def close(self) -> None:
        """Give the connections back."""
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None

    def _opened(self) -> AsyncEngine:
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
