"""The tables as version 0.1 made them, and what it did with them: an older program on the same database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, Engine, MetaData, String, Table, Text, create_engine, insert, select
from sqlalchemy.engine import make_url

from grader.domain import Grade

TABLES = MetaData()
GRADES = Table(
    "grades",
    TABLES,
    Column("id", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False, index=True),
    Column("rubric_hash", String(80), nullable=False, index=True),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("grade", Text, nullable=False),
)
RESPONSES = Table(
    "responses",
    TABLES,
    Column("key", String(64), primary_key=True),
    Column("stored_at", DateTime(timezone=True), nullable=False, index=True),
    Column("completion", Text, nullable=False),
)


def engine(url: str) -> Engine:
    """A synchronous engine for a URL of either kind."""
    parsed = make_url(url)
    return create_engine(parsed.set(drivername="postgresql+psycopg") if "postgresql" in url else parsed)


def save(url: str, grade: Grade, replies: dict[str, Any] | None = None) -> None:
    """Save a grade, and perhaps a reply."""
    row = {name: getattr(grade, name) for name in ("id", "question_id", "rubric_hash", "created_at")}
    opened = engine(url)
    with opened.begin() as connection:
        connection.execute(insert(GRADES).values(row | {"grade": grade.model_dump_json(exclude={"regrade_of"})}))
        if replies:
            connection.execute(insert(RESPONSES).values(replies))
    opened.dispose()


def find(url: str, grade_id: str) -> Grade | None:
    """The grade with this id."""
    opened = engine(url)
    with opened.connect() as connection:
        stored = connection.scalar(select(GRADES.c.grade).where(GRADES.c.id == grade_id))
    opened.dispose()
    return None if stored is None else Grade.model_validate_json(stored)
