"""What people are to look at, in a SQL database: one row a grade, its reasons in one text with a space around each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Row,
    String,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.ports.referrals import ReferralFilter
from grader.ports.storage import Place
from grader.referral import Reason, Referral

REFERRALS: Final = owned_table(
    "referrals",
    Column("grade_id", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("settled_by", String(64)),
    Index("ix_referrals_tenant_open", "tenant", "is_open", "since", "grade_id"),
)
_FIELDS: Final = [column for column in REFERRALS.c if column.name not in {"tenant", "is_open"}]


class SqlReferralStore:
    """A ReferralStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refer(self, tenant: str, referral: Referral) -> None:
        """Keep it, or join it to what is there."""
        async with self._database.together(tenant) as rows:
            kept = await self.find(tenant, referral.grade_id)
            if kept is None:
                await rows.execute(insert(REFERRALS).values(_row(referral)))
            else:
                here = REFERRALS.c.grade_id == referral.grade_id
                await rows.execute(update(REFERRALS).where(here).values(_row(kept.also(referral))))

    async def add(self, tenant: str, referrals: Sequence[Referral]) -> None:
        """Keep the new ones."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(rows.insert(REFERRALS).on_conflict_do_nothing(), [_row(each) for each in referrals])

    async def find(self, tenant: str, grade_id: str) -> Referral | None:
        """The referral of the tenant's grade, or None."""
        if "\0" in grade_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(REFERRALS.c.grade_id == grade_id))).one_or_none()
        return None if found is None else _read(found)

    async def page(
        self, tenant: str, wanted: ReferralFilter, *, limit: int, after: Place | None = None
    ) -> tuple[Referral, ...]:
        """The wanted ones, those that wait the longest first."""
        query = select(*_FIELDS).where(REFERRALS.c.is_open.is_(wanted.is_open))
        if wanted.reason is not None:
            query = query.where(REFERRALS.c.reasons.contains(f" {wanted.reason.value} ", autoescape=True))
        if wanted.question_id is not None:
            query = query.where(REFERRALS.c.question_id == wanted.question_id)
        if wanted.batch_id is not None:
            query = query.where(REFERRALS.c.grade_id.startswith(f"{wanted.batch_id}.", autoescape=True))
        if wanted.without:
            query = query.where(REFERRALS.c.grade_id.not_in(wanted.without))
        if after is not None:
            here = tuple_(literal(after.created_at, UtcDateTime), after.id)
            query = query.where(tuple_(REFERRALS.c.since, REFERRALS.c.grade_id) > here)
        query = query.order_by(REFERRALS.c.since, REFERRALS.c.grade_id).limit(limit)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def waiting(self, tenant: str) -> Mapping[Reason, int]:
        """How many open ones there are for each reason."""
        query = select(REFERRALS.c.reasons, func.count().label("number")).where(REFERRALS.c.is_open.is_(True))
        counts: Counter[Reason] = Counter()
        async with self._database.reading(tenant) as rows:
            for row in (await rows.execute(query.group_by(REFERRALS.c.reasons))).all():
                counts.update(dict.fromkeys(_reasons(row.reasons), row.number))
        return counts

    async def settle(self, tenant: str, grade_id: str, by: str, at: datetime) -> bool:
        """Close an open one."""
        this = (REFERRALS.c.grade_id == grade_id) & REFERRALS.c.is_open.is_(True)
        done = {"is_open": False, "settled_at": at, "settled_by": by}
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(update(REFERRALS).where(this).values(done))).rowcount > 0

    async def settled(self, tenant: str, grade_ids: Collection[str]) -> frozenset[str]:
        """Which of these grades a person has looked at, by one statement."""
        return await self._settled(tenant, REFERRALS.c.grade_id.in_(grade_ids))

    async def settled_of(self, tenant: str, batch_id: str) -> frozenset[str]:
        """Which grades of a batch a person has looked at, by one statement."""
        return await self._settled(tenant, REFERRALS.c.grade_id.startswith(f"{batch_id}.", autoescape=True))

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete the referrals of these grades."""
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(REFERRALS).where(REFERRALS.c.grade_id.in_(grade_ids)))).rowcount

    async def _settled(self, tenant: str, these: ColumnElement[bool]) -> frozenset[str]:
        query = select(REFERRALS.c.grade_id).where(these, REFERRALS.c.is_open.is_(False))
        async with self._database.reading(tenant) as rows:
            return frozenset((await rows.execute(query)).scalars().all())


def _row(referral: Referral) -> dict[str, Any]:
    fields = {column.name: getattr(referral, column.name) for column in _FIELDS}
    return fields | {"reasons": f" {' '.join(referral.reasons)} ", "is_open": referral.is_open}


def _read(row: Row[Any]) -> Referral:
    fields = row._asdict()
    return Referral(**fields | {"reasons": _reasons(fields["reasons"])})


def _reasons(stored: str) -> tuple[Reason, ...]:
    return tuple(Reason(each) for each in stored.split())
