"""Interviews in a SQL database; which candidates they are about stands beside them, to be found by."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Index, Integer, Row, String, Text, delete, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT, TenantConnection
from grader.ports import InterviewState, KeptInterview

INTERVIEWS: Final = owned_table(
    "interviews",
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("commission", Text, nullable=False),
    Column("candidate_refs", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("made_by", String(64)),
    Index("ix_interviews_state_due", "state", "due_at"),
    Index("ix_interviews_tenant_created", "tenant", "created_at"),
)
CANDIDATES: Final = owned_table(
    "interview_candidates",
    Column("interview_id", String(64), primary_key=True),
    Column("candidate_ref", Text, primary_key=True),
    Index("ix_interview_candidates_tenant_candidate", "tenant", "candidate_ref"),
)

_FIELDS: Final = [column for column in INTERVIEWS.c if column.name != "tenant"]
_OPEN: Final = INTERVIEWS.c.state.in_([InterviewState.QUEUED.value, InterviewState.RUNNING.value])


class SqlInterviewStore:
    """An InterviewStore; `add` returns once the interview is on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, interview: KeptInterview) -> None:
        """Keep a version; AlreadyStored if its number is not new."""
        row = {column.name: getattr(interview, column.name) for column in _FIELDS}
        written = {"state": interview.state.value, "candidate_refs": json.dumps(interview.candidate_refs)}
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(INTERVIEWS).values(row | written))
            for candidate_ref in interview.candidate_refs:
                await rows.keep_first(CANDIDATES, {"interview_id": interview.id, "candidate_ref": candidate_ref})

    async def find(self, tenant: str, interview_id: str, version: int | None = None) -> KeptInterview | None:
        """The tenant's interview in this version (None: the newest), or None."""
        if "\0" in interview_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        wanted = select(*_FIELDS).where(INTERVIEWS.c.id == interview_id).order_by(INTERVIEWS.c.version.desc()).limit(1)
        if version is not None:
            wanted = wanted.where(INTERVIEWS.c.version == version)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(wanted)).first()
        return None if found is None else _read(found)

    async def claim(self, now: datetime, until: datetime) -> tuple[str, KeptInterview] | None:
        """Take the one that is due the longest; of several processes each takes another."""
        order = INTERVIEWS.c.due_at, INTERVIEWS.c.id, INTERVIEWS.c.version
        due = select(INTERVIEWS.c.tenant, *_FIELDS).where(_OPEN, INTERVIEWS.c.due_at <= now).order_by(*order)
        async with self._database.writing(EVERY_TENANT) as rows:
            found = (await rows.execute(due.limit(1).with_for_update(skip_locked=True))).first()
            if found is None:
                return None
            taken = {"state": InterviewState.RUNNING.value, "due_at": until, "tries": found.tries + 1}
            await rows.execute(update(INTERVIEWS).where(*_is(found.id, found.version)).values(taken))
            again = select(*_FIELDS).where(*_is(found.id, found.version))
            return found.tenant, _read((await rows.execute(again)).one())

    async def hold(self, tenant: str, interview: KeptInterview, until: datetime) -> None:
        """Hold what was taken for longer."""
        await self._change(tenant, interview, due_at=until)

    async def put_back(self, tenant: str, interview: KeptInterview, due_at: datetime, reason: str) -> None:
        """Let it be taken again, not before `due_at`."""
        await self._change(tenant, interview, state=InterviewState.QUEUED.value, due_at=due_at, reason=reason)

    async def settle(self, tenant: str, interview: KeptInterview, state: InterviewState, report: str) -> bool:
        """Keep what it came to; False where it is gone, or has come to an end already."""
        return await self._change(tenant, interview, state=state.value, report=report)

    async def of(self, tenant: str, candidate_ref: str) -> tuple[KeptInterview, ...]:
        """Every version of every interview with this candidate, the oldest first."""
        order = INTERVIEWS.c.created_at, INTERVIEWS.c.id, INTERVIEWS.c.version
        async with self._database.reading(tenant) as rows:
            ids = await _ids_of(rows, candidate_ref)
            found = (await rows.execute(select(*_FIELDS).where(INTERVIEWS.c.id.in_(ids)).order_by(*order))).all()
        return tuple(_read(row) for row in found)

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete every interview with this candidate, whole; the ids."""
        async with self._database.writing(tenant) as rows:
            return await _deleted(rows, await _ids_of(rows, candidate_ref))

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete every interview handed in before; the ids."""
        async with self._database.writing(tenant) as rows:
            old = select(INTERVIEWS.c.id).where(INTERVIEWS.c.created_at < before).distinct()
            return await _deleted(rows, tuple((await rows.execute(old)).scalars().all()))

    async def _change(self, tenant: str, interview: KeptInterview, **values: Any) -> bool:  # noqa: ANN401 - as the columns are
        this = (*_is(interview.id, interview.version), _OPEN)
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(update(INTERVIEWS).where(*this).values(values))).rowcount > 0


async def _ids_of(rows: TenantConnection, candidate_ref: str) -> tuple[str, ...]:
    theirs = select(CANDIDATES.c.interview_id).where(CANDIDATES.c.candidate_ref == candidate_ref)
    return tuple((await rows.execute(theirs)).scalars().all())


async def _deleted(rows: TenantConnection, ids: Collection[str]) -> tuple[str, ...]:
    await rows.execute(delete(INTERVIEWS).where(INTERVIEWS.c.id.in_(ids)))
    await rows.execute(delete(CANDIDATES).where(CANDIDATES.c.interview_id.in_(ids)))
    return tuple(sorted(ids))


def _is(interview_id: str, version: int) -> tuple[Any, ...]:
    return INTERVIEWS.c.id == interview_id, INTERVIEWS.c.version == version


def _read(row: Row[Any]) -> KeptInterview:
    fields = {column.name: getattr(row, column.name) for column in _FIELDS}
    read = {"state": InterviewState(row.state), "candidate_refs": tuple(json.loads(row.candidate_refs))}
    return KeptInterview(**fields | read)
