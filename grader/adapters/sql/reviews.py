"""What people said of grades, in a SQL database: each override and appeal as JSON, found by grade and number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, TypeVar

from pydantic import ValidationError
from sqlalchemy import (
    Column,
    ColumnElement,
    FetchedValue,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.errors import StorageError
from grader.review import Appeal, AppealState, Outcome, Override, SecondOpinion

OVERRIDES: Final = owned_table(
    "overrides",
    Column("grade_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("override", Text, nullable=False),
    Column("status", Text, FetchedValue()),  # of the outcome; the database takes it out of `override`
)
APPEALS: Final = owned_table(
    "appeals",
    Column("grade_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("appeal", Text, nullable=False),
)
OPINIONS: Final = owned_table(
    "second_opinions",
    Column("grade_id", String(64), primary_key=True),
    Column("made_by", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("opinion", Text, nullable=False),
    Index("ix_second_opinions_tenant_made", "tenant", "made_at"),
)
Said = TypeVar("Said", Override, Appeal, SecondOpinion)


class SqlReviewStore:
    """A ReviewStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def overrides(self, tenant: str, grade_id: str) -> tuple[Override, ...]:
        """The grade's overrides, in order."""
        return await self._of(tenant, grade_id, OVERRIDES, Override)

    async def outcomes(self, tenant: str, grade_ids: Collection[str]) -> Mapping[str, Outcome]:
        """What these grades come to by their last overrides, by one statement."""
        return await self._outcomes(tenant, OVERRIDES.c.grade_id.in_(grade_ids))

    async def overruled(self, tenant: str, batch_id: str) -> Mapping[str, Outcome]:
        """What the grades of a batch come to by their last overrides, by one statement."""
        return await self._outcomes(tenant, OVERRIDES.c.grade_id.startswith(f"{batch_id}.", autoescape=True))

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

    async def opine(self, tenant: str, opinion: SecondOpinion) -> None:
        """Keep it; AlreadyStored if this person has given one on the grade."""
        named = {name: getattr(opinion, name) for name in ("grade_id", "made_by", "question_id", "made_at")}
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(OPINIONS).values(named | {"opinion": opinion.model_dump_json()}))

    async def opinions(self, tenant: str, grade_id: str) -> tuple[SecondOpinion, ...]:
        """The second opinions on the grade, the oldest first."""
        query = select(OPINIONS.c.opinion).where(OPINIONS.c.grade_id == grade_id)
        return await self._read(tenant, query.order_by(OPINIONS.c.made_at, OPINIONS.c.made_by), SecondOpinion)

    async def latest_opinions(
        self, tenant: str, *, limit: int, question_id: str | None = None
    ) -> tuple[SecondOpinion, ...]:
        """The newest second opinions."""
        newest = (OPINIONS.c.made_at.desc(), OPINIONS.c.grade_id.desc(), OPINIONS.c.made_by.desc())
        query = select(OPINIONS.c.opinion).order_by(*newest).limit(limit)
        if question_id is not None:
            query = query.where(OPINIONS.c.question_id == question_id)
        return await self._read(tenant, query, SecondOpinion)

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete what was said of these grades."""
        count = 0
        async with self._database.writing(tenant) as rows:
            for table in (OVERRIDES, APPEALS, OPINIONS):
                count += (await rows.execute(delete(table).where(table.c.grade_id.in_(grade_ids)))).rowcount
        return count

    async def _outcomes(self, tenant: str, wanted: ColumnElement[bool]) -> Mapping[str, Outcome]:
        query = select(OVERRIDES.c.override).where(wanted).order_by(OVERRIDES.c.number)
        return {each.grade_id: each.outcome for each in await self._read(tenant, query, Override)}

    async def _of(self, tenant: str, grade_id: str, table: Table, kind: type[Said]) -> tuple[Said, ...]:
        query = select(table.c[kind.__name__.lower()]).where(table.c.grade_id == grade_id)
        return await self._read(tenant, query.order_by(table.c.number), kind)

    async def _read(self, tenant: str, query: Select[tuple[str]], kind: type[Said]) -> tuple[Said, ...]:
        async with self._database.reading(tenant) as rows:
            stored = (await rows.execute(query)).scalars().all()
        try:
            return tuple(kind.model_validate_json(each) for each in stored)
        except ValidationError:
            raise StorageError(f"a stored {kind.__name__} cannot be read by this version") from None


def _state(appeal: Appeal) -> dict[str, str]:
    return {"state": appeal.state.value, "appeal": appeal.model_dump_json()}
