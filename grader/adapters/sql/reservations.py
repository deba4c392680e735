"""Who is looking at which grade, in a SQL database: a row while somebody is, or for a while after they left."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import Column, String, Table, delete, select

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import METADATA, TENANT_LENGTH, UtcDateTime
from grader.ports.reservations import Reservation

RESERVATIONS: Final = Table(
    "reservations",
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("grade_id", String(64), primary_key=True),
    Column("by", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
_FIELDS: Final = (RESERVATIONS.c.grade_id, RESERVATIONS.c.by, RESERVATIONS.c.until)


class SqlReservationStore:
    """A ReservationStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, tenant: str, wanted: Reservation, now: datetime) -> Reservation:
        """Keep it where nobody else has one; what is over at `now` is forgotten before."""
        here = RESERVATIONS.c.grade_id == wanted.grade_id
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(RESERVATIONS).where(RESERVATIONS.c.until <= now))
            keeping = rows.insert(RESERVATIONS).values(asdict(wanted))
            keys, own = [RESERVATIONS.c.tenant, RESERVATIONS.c.grade_id], RESERVATIONS.c.by == wanted.by
            again = keeping.on_conflict_do_update(index_elements=keys, set_={"until": wanted.until}, where=own)
            await rows.execute(again)  # which locks the row, whosever it is
            return Reservation(**(await rows.execute(select(*_FIELDS).where(here))).mappings().one())

    async def release(self, tenant: str, grade_id: str, by: str) -> None:
        """Forget this person's."""
        this = (RESERVATIONS.c.grade_id == grade_id) & (RESERVATIONS.c.by == by)
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(RESERVATIONS).where(this))

    async def current(self, tenant: str, now: datetime) -> tuple[Reservation, ...]:
        """Those that count at `now`."""
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(RESERVATIONS.c.until > now))).mappings().all()
        return tuple(Reservation(**row) for row in found)
