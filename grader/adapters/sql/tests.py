"""Tests to be taken, in a SQL database."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Column, Index, Row, String, Text, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.assessment import Test
from grader.errors import StorageError

TESTS: Final = owned_table(
    "assessment_tests",
    Column("id", String(64), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("content", Text, nullable=False),
    Index("ix_assessment_tests_tenant_created", "tenant", "created_at", "id"),
)
"""`content` is the test as JSON."""


class SqlTestStore:
    """A TestStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, test: Test) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        row = {"id": test.id, "created_at": test.created_at, "content": test.model_dump_json()}
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(TESTS).values(row))

    async def find(self, tenant: str, test_id: str) -> Test | None:
        """The tenant's test with this id, or None."""
        if "\0" in test_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(TESTS.c.content).where(TESTS.c.id == test_id))).first()
        return None if found is None else _read(found)

    async def list(self, tenant: str) -> tuple[Test, ...]:
        """Every test, the oldest first."""
        query = select(TESTS.c.content).order_by(TESTS.c.created_at, TESTS.c.id)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def replace(self, tenant: str, test: Test) -> None:
        """Keep it in the place of the one with its id."""
        change = update(TESTS).where(TESTS.c.id == test.id).values(content=test.model_dump_json())
        async with self._database.writing(tenant) as rows:
            await rows.execute(change)


def _read(row: Row[Any]) -> Test:
    try:
        return Test.model_validate_json(row.content)
    except ValidationError:
        raise StorageError("a stored test cannot be read by this version") from None
