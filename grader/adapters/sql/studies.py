"""Drafts, and the day to come back to a question, in a SQL database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, PrimaryKeyConstraint, Row, String, Text, delete, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.practice import Card, Draft, Study

STUDIES: Final = owned_table(
    "studies",
    Column("candidate_ref", Text, nullable=False),
    Column("question_id", String(64), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("draft", Text),
    Column("drafted_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("memory", Text),
    PrimaryKeyConstraint("tenant", "candidate_ref", "question_id"),
)


class SqlStudyStore:
    """A StudyStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant: str, candidate_ref: str, question_id: str) -> Study:
        """Where the learner stands with a question; an empty Study where nothing is kept."""
        if "\0" in question_id:  # PostgreSQL takes no such text
            return Study(question_id=question_id)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(STUDIES).where(_one(candidate_ref, question_id)))).first()
        return Study(question_id=question_id) if found is None else _read(found)

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Study, ...]:
        """Everything kept of a learner, by question."""
        query = select(STUDIES).where(STUDIES.c.candidate_ref == candidate_ref).order_by(STUDIES.c.question_id)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(each) for each in (await rows.execute(query)).all())

    async def draft(self, tenant: str, candidate_ref: str, question_id: str, draft: Draft | None) -> None:
        """Keep a draft in the place of the one before, or none."""
        if draft is not None:
            fields = {"draft": draft.text, "drafted_at": draft.saved_at, "changed_at": draft.saved_at}
            await self._keep(tenant, candidate_ref, question_id, fields)
            return
        nothing = {"draft": None, "drafted_at": None}
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(STUDIES).where(_one(candidate_ref, question_id)).values(nothing))

    async def card(self, tenant: str, candidate_ref: str, question_id: str, card: Card) -> None:
        """Keep a card in the place of the one before."""
        fields = {"seen_at": card.seen_at, "due_at": card.due_at, "memory": card.memory, "changed_at": card.seen_at}
        await self._keep(tenant, candidate_ref, question_id, fields)

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Delete everything kept of a learner."""
        return await self._delete(tenant, STUDIES.c.candidate_ref == candidate_ref)

    async def expire(self, tenant: str, before: datetime) -> int:
        """Delete what was last changed before."""
        return await self._delete(tenant, STUDIES.c.changed_at < before)

    async def _keep(self, tenant: str, candidate_ref: str, question_id: str, fields: dict[str, Any]) -> None:
        key = {"candidate_ref": candidate_ref, "question_id": question_id}
        async with self._database.writing(tenant) as rows:
            if not await rows.keep_first(STUDIES, key | fields):
                await rows.execute(update(STUDIES).where(_one(candidate_ref, question_id)).values(fields))

    async def _delete(self, tenant: str, which: ColumnElement[bool]) -> int:
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(STUDIES).where(which))).rowcount


def _one(candidate_ref: str, question_id: str) -> ColumnElement[bool]:
    return (STUDIES.c.candidate_ref == candidate_ref) & (STUDIES.c.question_id == question_id)


def _read(row: Row[Any]) -> Study:
    draft = None if row.draft is None else Draft(text=row.draft, saved_at=row.drafted_at)
    card = None if row.memory is None else Card(seen_at=row.seen_at, due_at=row.due_at, memory=row.memory)
    return Study(question_id=row.question_id, draft=draft, card=card)
