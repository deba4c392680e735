"""Promised grades in a SQL database; what is to be graded is deleted together with the promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Index, Integer, Row, String, Text, delete, func, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.ports import PendingGrade, PendingState

PENDING: Final = owned_table(
    "pending_grades",
    Column("id", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False),
    Column("rubric_hash", String(80), nullable=False),
    Column("candidate_ref", Text),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("request", Text, nullable=False),
    Column("made_by", String(64)),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", String(64), nullable=False),
    Index("ix_pending_grades_state_due", "state", "due_at"),
    Index("ix_pending_grades_tenant_candidate", "tenant", "candidate_ref"),
)

PENDING_FIELDS: Final = [column for column in PENDING.c if column.name != "tenant"]
_ADD: Final = insert(PENDING)
_UNFINISHED: Final = PENDING.c.state.in_([PendingState.QUEUED.value, PendingState.RUNNING.value])


class SqlPendingGrades:
    """A PendingGrades; `add` returns once the promise is on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, pending: PendingGrade) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        row = {column.name: getattr(pending, column.name) for column in PENDING_FIELDS}
        async with self._database.writing(tenant) as rows:
            await rows.execute(_ADD, [row | {"state": pending.state.value}])

    async def find(self, tenant: str, grade_id: str) -> PendingGrade | None:
        """The tenant's promised grade with this id, or None."""
        if "\0" in grade_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*PENDING_FIELDS).where(PENDING.c.id == grade_id))).first()
        return None if found is None else read_pending(found)

    async def claim(self, now: datetime, until: datetime) -> tuple[str, PendingGrade] | None:
        """Take the one that is due the longest; of several processes each takes another."""
        due = select(PENDING.c.id).where(_UNFINISHED, PENDING.c.due_at <= now).order_by(PENDING.c.due_at, PENDING.c.id)
        async with self._database.writing(EVERY_TENANT) as rows:
            grade_id = await rows.scalar(due.limit(1).with_for_update(skip_locked=True))
            if grade_id is None:
                return None
            taken = {"state": PendingState.RUNNING.value, "due_at": until, "tries": PENDING.c.tries + 1}
            await rows.execute(update(PENDING).where(PENDING.c.id == grade_id).values(taken))
            found = (
                await rows.execute(select(PENDING.c.tenant, *PENDING_FIELDS).where(PENDING.c.id == grade_id))
            ).one()
        return found.tenant, read_pending(found)

    async def hold(self, tenant: str, grade_id: str, until: datetime) -> None:
        """Hold what was taken for longer."""
        await self._change(tenant, grade_id, due_at=until)

    async def put_back(self, tenant: str, grade_id: str, due_at: datetime, reason: str) -> None:
        """Let it be taken again, not before `due_at`."""
        await self._change(tenant, grade_id, state=PendingState.QUEUED.value, due_at=due_at, reason=reason)

    async def fail(self, tenant: str, grade_id: str, reason: str) -> None:
        """It will never come: forget what was to be graded."""
        await self._change(tenant, grade_id, state=PendingState.FAILED.value, request="", reason=reason)

    async def remove(self, tenant: str, grade_id: str) -> bool:
        """Forget it, and say whether it was still there."""
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(PENDING).where(PENDING.c.id == grade_id))).rowcount > 0

    async def count(self) -> int:
        """How many wait or are being made, of all tenants."""
        async with self._database.reading(EVERY_TENANT) as rows:
            return int(await rows.scalar(select(func.count()).select_from(PENDING).where(_UNFINISHED)))

    async def of(self, tenant: str, candidate_ref: str) -> tuple[PendingGrade, ...]:
        """What is promised to this candidate, by id."""
        query = select(*PENDING_FIELDS).where(PENDING.c.candidate_ref == candidate_ref).order_by(PENDING.c.id)
        async with self._database.reading(tenant) as rows:
            return tuple(read_pending(row) for row in (await rows.execute(query)).all())

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete everything promised to this candidate; the ids."""
        theirs = PENDING.c.candidate_ref == candidate_ref
        async with self._database.writing(tenant) as rows:
            ids = (await rows.execute(select(PENDING.c.id).where(theirs).order_by(PENDING.c.id))).scalars().all()
            await rows.execute(delete(PENDING).where(theirs))
        return tuple(ids)

    async def _change(self, tenant: str, grade_id: str, **values: Any) -> None:  # noqa: ANN401 - as the columns are
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(PENDING).where(PENDING.c.id == grade_id).values(values))


def read_pending(row: Row[Any]) -> PendingGrade:
    """The promised grade in a row that has PENDING_FIELDS."""
    fields = {column.name: getattr(row, column.name) for column in PENDING_FIELDS}
    return PendingGrade(**fields | {"state": PendingState(row.state)})
