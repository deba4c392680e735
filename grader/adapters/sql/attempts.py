"""Attempts at questions and the help taken after them, in a SQL database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Column, ColumnElement, Index, Row, String, Text, delete, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.errors import StorageError
from grader.practice import Attempt, Help, Result, Reveal

ATTEMPTS: Final = owned_table(
    "attempts",
    Column("id", String(64), primary_key=True),
    Column("candidate_ref", Text, nullable=False),
    Column("question_id", String(64), nullable=False),
    Column("follow_up", String(64)),
    Column("grade_id", String(64), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("result", Text),
    Index("ix_attempts_tenant_candidate", "tenant", "candidate_ref", "begun_at"),
)
REVEALS: Final = owned_table(
    "reveals",
    Column("attempt_id", String(64), primary_key=True),
    Column("key_point_id", String(64), primary_key=True),
    Column("help", String(16), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)
_FIELDS: Final = [column for column in ATTEMPTS.c if column.name != "tenant"]


class SqlAttemptStore:
    """An AttemptStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, tenant: str, attempt: Attempt) -> None:
        """Keep a new attempt; AlreadyStored if its id is not new."""
        row = {column.name: getattr(attempt, column.name) for column in _FIELDS}
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(ATTEMPTS).values(row | {"result": _dumped(attempt.result)}))

    async def drop(self, tenant: str, attempt_id: str) -> None:
        """Forget an attempt that came to nothing."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(ATTEMPTS).where(ATTEMPTS.c.id == attempt_id))

    async def find(self, tenant: str, candidate_ref: str, attempt_id: str) -> Attempt | None:
        """The learner's attempt with this id, or None."""
        if "\0" in attempt_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        theirs = (ATTEMPTS.c.id == attempt_id) & (ATTEMPTS.c.candidate_ref == candidate_ref)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(theirs))).first()
        return None if found is None else _read(found)

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Attempt, ...]:
        """Every attempt of a learner, the oldest first."""
        query = select(*_FIELDS).where(ATTEMPTS.c.candidate_ref == candidate_ref)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(query.order_by(ATTEMPTS.c.begun_at, ATTEMPTS.c.id))).all()
        return tuple(_read(each) for each in found)

    async def settle(self, tenant: str, attempt_id: str, result: Result) -> bool:
        """Keep what an attempt came to, unless that is known already."""
        unsettled = (ATTEMPTS.c.id == attempt_id) & ATTEMPTS.c.result.is_(None)
        async with self._database.writing(tenant) as rows:
            done = await rows.execute(update(ATTEMPTS).where(unsettled).values(result=_dumped(result)))
        return done.rowcount > 0

    async def amend(self, tenant: str, attempt_id: str, grade_id: str, result: Result | None) -> None:
        """Put another grade, or another result, in the place of the one that is kept."""
        changed = {"grade_id": grade_id, "result": _dumped(result)}
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == attempt_id).values(changed))

    async def reveal(self, tenant: str, reveal: Reveal) -> None:
        """Keep that help was taken; the first time counts."""
        async with self._database.writing(tenant) as rows:
            await rows.keep_first(REVEALS, reveal.model_dump() | {"help": reveal.help.value})

    async def reveals(self, tenant: str, attempt_ids: Collection[str]) -> tuple[Reveal, ...]:
        """The help taken after these attempts, in the order it was taken."""
        query = select(*(column for column in REVEALS.c if column.name != "tenant"))
        theirs = query.where(REVEALS.c.attempt_id.in_(attempt_ids)).order_by(REVEALS.c.seen_at)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(theirs)).all()
        return tuple(Reveal(**each._asdict() | {"help": Help(each.help)}) for each in found)

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Delete all attempts of a learner with the help taken."""
        return await self._delete(tenant, ATTEMPTS.c.candidate_ref == candidate_ref)

    async def expire(self, tenant: str, before: datetime) -> int:
        """Delete all attempts begun before, likewise."""
        return await self._delete(tenant, ATTEMPTS.c.begun_at < before)

    async def _delete(self, tenant: str, which: ColumnElement[bool]) -> int:
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(REVEALS).where(REVEALS.c.attempt_id.in_(select(ATTEMPTS.c.id).where(which))))
            return (await rows.execute(delete(ATTEMPTS).where(which))).rowcount


def _dumped(result: Result | None) -> str | None:
    return None if result is None else result.model_dump_json()


def _read(row: Row[Any]) -> Attempt:
    fields = row._asdict()
    try:
        result = None if fields["result"] is None else Result.model_validate_json(fields["result"])
    except ValidationError:
        raise StorageError("a stored attempt cannot be read by this version") from None
    return Attempt(**fields | {"result": result})
