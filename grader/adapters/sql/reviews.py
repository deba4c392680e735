"""What people said of grades, in a SQL database: each override and appeal as JSON, found by grade and number."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeVar

from pydantic import ValidationError
from sqlalchemy import Column, Integer, String, Table, Text, delete, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import owned_table
from grader.errors import StorageError
from grader.review import Appeal, AppealState, Override

OVERRIDES: Final = owned_table(
    "overrides",
    Column("grade_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("override", Text, nullable=False),
)
APPEALS: Final = owned_table(
    "appeals",
    Column("grade_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("appeal", Text, nullable=False),
)
Said = TypeVar("Said", Override, Appeal)


class SqlReviewStore:
    """A ReviewStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def overrides(self, tenant: str, grade_id: str) -> tuple[Override, ...]:
        """The grade's overrides, in order."""
        return await self._of(tenant, grade_id, OVERRIDES, Override)

    async def override(self, tenant: str, override: Override) -> None:
        """Keep it; AlreadyStored if the grade has one of this number."""
        row = {"grade_id": override.grade_id, "number": override.number, "override": override.model_dump_json()}
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(OVERRIDES).values(row))

    async def appeals(self, tenant: str, grade_id: str) -> tuple[Appeal, ...]:
        """The grade's appeals, in order."""
        return await self._of(tenant, grade_id, APPEALS, Appeal)

    async def appeal(self, tenant: str, appeal: Appeal) -> None:
        """Keep it; AlreadyStored if the grade has one of this number."""
        row = {"grade_id": appeal.grade_id, "number": appeal.number, **_state(appeal)}
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(APPEALS).values(row))

    async def decide(self, tenant: str, appeal: Appeal) -> bool:
        """Keep what became of an open appeal."""
        this = (APPEALS.c.grade_id == appeal.grade_id) & (APPEALS.c.number == appeal.number)
        is_open = APPEALS.c.state == AppealState.OPEN.value
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(update(APPEALS).where(this, is_open).values(_state(appeal)))).rowcount > 0

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete what was said of these grades."""
        count = 0
        async with self._database.writing(tenant) as rows:
            for table in (OVERRIDES, APPEALS):
                count += (await rows.execute(delete(table).where(table.c.grade_id.in_(grade_ids)))).rowcount
        return count

    async def _of(self, tenant: str, grade_id: str, table: Table, kind: type[Said]) -> tuple[Said, ...]:
        query = select(table.c[kind.__name__.lower()]).where(table.c.grade_id == grade_id).order_by(table.c.number)
        async with self._database.reading(tenant) as rows:
            stored = (await rows.execute(query)).scalars().all()
        try:
            return tuple(kind.model_validate_json(each) for each in stored)
        except ValidationError:
            raise StorageError(f"a stored {kind.__name__.lower()} cannot be read by this version") from None


def _state(appeal: Appeal) -> dict[str, str]:
    return {"state": appeal.state.value, "appeal": appeal.model_dump_json()}
