"""Who was erased lately, in a SQL database: a keyed hash and a moment, for as long as work may be under way."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Column, String, Table, bindparam, delete, insert, or_, select

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import METADATA, TENANT_LENGTH, UtcDateTime
from grader.adapters.sql.tenancy import Prepared

ERASURES: Final = Table(
    "erasures",
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("candidate", String(64), primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
)
_LAST: Final = Prepared(select(ERASURES.c.erased_at).where(ERASURES.c.candidate == bindparam("candidate")))


class SqlErasures:
    """Erasures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, tenant: str, candidate: str, at: datetime, *, forget_before: datetime) -> None:
        """Note one, and forget those before."""
        known = or_(ERASURES.c.candidate == candidate, ERASURES.c.erased_at < forget_before)
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(ERASURES).where(known))
            await rows.execute(insert(ERASURES), [{"candidate": candidate, "erased_at": at}])

    async def last(self, tenant: str, candidate: str) -> datetime | None:
        """When it was, where it is still known."""
        async with self._database.reading(tenant) as rows:
            found: datetime | None = (await rows.run(_LAST, candidate=candidate)).scalar()
        return found
