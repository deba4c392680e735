"""Replies of chat models in a SQL database, bounded by age and number, erased with the candidate they are about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Column, ForeignKey, String, Table, Text, delete, select

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import METADATA, TENANT_LENGTH, UtcDateTime, owned_table
from grader.adapters.sql.tenancy import TenantConnection
from grader.errors import StorageError
from grader.ports import Completion, Subject

RESPONSES: Final = owned_table(
    "responses",
    Column("key", String(64), primary_key=True),
    Column("stored_at", UtcDateTime, nullable=False, index=True),
    Column("completion", Text, nullable=False),
)
SUBJECTS: Final = Table(
    "response_subjects",
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("candidate_ref", Text, primary_key=True),
    Column("key", String(64), ForeignKey("responses.key", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Whose grades rest on a reply: several candidates' where they gave the same answer."""

_completions: Final = TypeAdapter(Completion)


class SqlResponseCache:
    """A ResponseCache of at most `max_entries` replies a tenant, younger than `max_age`; the oldest go first."""

    def __init__(
        self,
        database: Database,
        *,
        max_age: timedelta,
        max_entries: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._max_age = max_age
        self._max_entries = max_entries
        self._now = now

    async def find(self, subject: Subject, key: str) -> Completion | None:
        """The reply kept under `key`, or None where there is none or it has expired."""
        query = select(RESPONSES.c.completion).where(RESPONSES.c.key == key, RESPONSES.c.stored_at > self._oldest())
        async with self._database.reading(subject.tenant) as rows:
            stored = await rows.scalar(query)
            known = stored is None or await _is_known(rows, subject, key)
        if not known:
            async with self._database.writing(subject.tenant) as rows:
                await _note(rows, subject, key)
        return None if stored is None else _read(stored)

    async def keep(self, subject: Subject, key: str, completion: Completion) -> Completion:
        """Keep a reply and return the one that is kept: of two for one key the first stays."""
        row = {"key": key, "stored_at": self._now(), "completion": _completions.dump_json(completion).decode()}
        async with self._database.writing(subject.tenant) as rows:
            await rows.execute(delete(RESPONSES).where(RESPONSES.c.stored_at <= self._oldest()))
            await rows.keep_first(RESPONSES, row)
            kept = await rows.scalar(select(RESPONSES.c.completion).where(RESPONSES.c.key == key))
            await _note(rows, subject, key)
            await self._make_room(rows)
        return completion if kept is None else _read(kept)

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Completion, ...]:
        """Every reply that a grade of this candidate rests on, the oldest first."""
        theirs = select(SUBJECTS.c.key).where(SUBJECTS.c.candidate_ref == candidate_ref)
        query = select(RESPONSES.c.completion).where(RESPONSES.c.key.in_(theirs))
        async with self._database.reading(tenant) as rows:
            stored = (await rows.execute(query.order_by(RESPONSES.c.stored_at, RESPONSES.c.key))).scalars().all()
        return tuple(_read(each) for each in stored)

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Delete every reply that a grade of this candidate rests on; how many."""
        theirs = select(SUBJECTS.c.key).where(SUBJECTS.c.candidate_ref == candidate_ref)
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(RESPONSES).where(RESPONSES.c.key.in_(theirs)))).rowcount

    def _oldest(self) -> datetime:
        return self._now() - self._max_age

    async def _make_room(self, rows: TenantConnection) -> None:
        newest_first = select(RESPONSES.c.key).order_by(RESPONSES.c.stored_at.desc(), RESPONSES.c.key)
        too_many = newest_first.offset(self._max_entries)
        await rows.execute(delete(RESPONSES).where(RESPONSES.c.key.in_(too_many)))


async def _is_known(rows: TenantConnection, subject: Subject, key: str) -> bool:
    if subject.candidate_ref is None:
        return True
    query = select(SUBJECTS.c.key).where(SUBJECTS.c.candidate_ref == subject.candidate_ref, SUBJECTS.c.key == key)
    return await rows.scalar(query) is not None


async def _note(rows: TenantConnection, subject: Subject, key: str) -> None:
    """Remember whose grade rests on a reply, if it is still there."""
    there = await rows.scalar(select(RESPONSES.c.key).where(RESPONSES.c.key == key))
    if subject.candidate_ref is not None and there is not None:
        await rows.keep_first(SUBJECTS, {"candidate_ref": subject.candidate_ref, "key": key})


def _read(stored: str) -> Completion:
    try:
        return _completions.validate_json(stored)
    except ValidationError:
        raise StorageError("a stored reply cannot be read by this version") from None
