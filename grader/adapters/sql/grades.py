"""Grades in a SQL database."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError
from sqlalchemy import Column, DateTime, MetaData, String, Table, Text, insert, select
from sqlalchemy.exc import SQLAlchemyError

from grader.adapters.sql.database import Database
from grader.domain import Grade
from grader.errors import StorageError

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
        self._database = Database(url, _metadata)

    async def open(self) -> None:
        """Connect and create the tables; StorageError says why not."""
        await self._database.open()

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
            async with self._database.engine.begin() as connection:
                await connection.execute(insert(_grades).values(row))
        except SQLAlchemyError as error:
            raise StorageError(f"grade {grade.id} could not be saved: {type(error).__name__}") from error

    async def find(self, grade_id: str) -> Grade | None:
        """The grade with this id, or None."""
        try:
            async with self._database.engine.connect() as connection:
                stored = await connection.scalar(select(_grades.c.grade).where(_grades.c.id == grade_id))
            return None if stored is None else Grade.model_validate_json(stored)
        except (SQLAlchemyError, ValidationError) as error:
            raise StorageError(f"grade could not be read: {type(error).__name__}") from error

    async def close(self) -> None:
        """Give the connections back."""
        await self._database.close()
