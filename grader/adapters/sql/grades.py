"""Grades in a SQL database: the whole grade as JSON, and beside it what the database derives to find it by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from pydantic import ValidationError
from sqlalchemy import (
    Column,
    ColumnElement,
    FetchedValue,
    Index,
    Select,
    String,
    Text,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
)

from grader.adapters.sql.batch_grades import stored_in_batch
from grader.adapters.sql.database import Database
from grader.adapters.sql.referrals import REFERRALS
from grader.adapters.sql.reviews import OVERRIDES
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.domain import Grade, Status
from grader.errors import StorageError
from grader.ports import GradeFilter, Place
from grader.review import once_seen

GRADES: Final = owned_table(
    "grades",
    Column("id", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False, index=True),
    Column("rubric_hash", String(80), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("grade", Text, nullable=False),
    Column("status", Text, FetchedValue()),  # the database takes these three out of `grade`
    Column("candidate_ref", Text, FetchedValue()),
    Column("regrade_of", Text, FetchedValue()),
    Index("ix_grades_tenant_created", "tenant", "created_at", "id"),
    Index("ix_grades_tenant_candidate", "tenant", "candidate_ref"),
)

_SAVE: Final = insert(GRADES)


class SqlGradeStore:
    """A GradeStore; `save` returns once the grade is on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, tenant: str, grade: Grade) -> None:
        """Keep a grade; AlreadyStored if its id is not new."""
        row = {
            "id": grade.id,
            "question_id": grade.question_id,
            "rubric_hash": grade.rubric_hash,
            "created_at": grade.created_at,
            "grade": grade.model_dump_json(),
        }
        async with self._database.writing(tenant) as rows:
            await rows.execute(_SAVE, [row])

    async def find(self, tenant: str, grade_id: str) -> Grade | None:
        """The tenant's grade with this id, or None."""
        if "\0" in grade_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            stored = await rows.scalar(select(GRADES.c.grade).where(GRADES.c.id == grade_id))
            stored = stored or await stored_in_batch(rows, grade_id)
        return None if stored is None else read_grade(stored)

    async def page(
        self, tenant: str, wanted: GradeFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Grade, ...]:
        """The tenant's newest grades that are wanted, from behind `after` on."""
        async with self._database.reading(tenant) as rows:
            stored = (await rows.execute(_page(wanted, after).limit(limit))).scalars().all()
        return tuple(read_grade(each) for each in stored)

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete the candidate's grades; their ids."""
        theirs = GRADES.c.candidate_ref == candidate_ref
        async with self._database.writing(tenant) as rows:
            ids = (await rows.execute(select(GRADES.c.id).where(theirs).order_by(GRADES.c.id))).scalars().all()
            await rows.execute(delete(GRADES).where(theirs))
        return tuple(ids)

    async def older(self, tenant: str, before: datetime, *, limit: int) -> tuple[Grade, ...]:
        """The tenant's oldest grades made before."""
        query = select(GRADES.c.grade).where(GRADES.c.created_at < before).order_by(GRADES.c.created_at, GRADES.c.id)
        async with self._database.reading(tenant) as rows:
            return tuple(read_grade(each) for each in (await rows.execute(query.limit(limit))).scalars().all())

    async def remove(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete these grades."""
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(GRADES).where(GRADES.c.id.in_(grade_ids)))).rowcount


def _page(wanted: GradeFilter, after: Place | None) -> Select[tuple[str]]:
    query = select(GRADES.c.grade).order_by(GRADES.c.created_at.desc(), GRADES.c.id.desc())
    for column in (GRADES.c.question_id, GRADES.c.candidate_ref):
        value = getattr(wanted, column.name)
        query = query if value is None else query.where(column == value)
    if wanted.status is not None:
        query = query.where(_counting() == wanted.status.value)
    if wanted.status is Status.NEEDS_REVIEW:  # no person's word makes a grade that: most rows need no closer look
        query = query.where(GRADES.c.status == wanted.status.value)
    if wanted.since is not None:
        query = query.where(GRADES.c.created_at >= wanted.since)
    if after is not None:
        here = tuple_(literal(after.created_at, UtcDateTime), after.id)
        query = query.where(tuple_(GRADES.c.created_at, GRADES.c.id) < here)
    return query


def _counting() -> ColumnElement[str]:
    """The status that counts, by the rule of `grader.outcome.outcome`."""
    last = select(OVERRIDES.c.status).where(OVERRIDES.c.grade_id == GRADES.c.id)
    overruled = last.order_by(OVERRIDES.c.number.desc()).limit(1).scalar_subquery()
    settled = exists().where(REFERRALS.c.grade_id == GRADES.c.id, REFERRALS.c.is_open.is_(False))
    waited = Status.NEEDS_REVIEW
    seen = case((and_(GRADES.c.status == waited.value, settled), literal(once_seen(waited).value)))
    return func.coalesce(overruled, seen, GRADES.c.status)


def read_grade(stored: str) -> Grade:
    """The grade in a stored text; StorageError where this version cannot read it."""
    try:
        return Grade.model_validate_json(stored)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, found["loc"])) for found in error.errors())
        raise StorageError(f"a stored grade cannot be read by this version: {fields}") from None
