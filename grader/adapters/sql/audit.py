"""The decision log in a SQL database: entries that only ever get one more, and of each chain its head."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Column, Integer, String, Table, Text, insert, select

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import METADATA, TENANT_LENGTH
from grader.adapters.sql.tenancy import EVERY_TENANT, Prepared, TenantConnection
from grader.audit import Anchor, Entry, Event, chained

ENTRIES: Final = Table(
    "audit_entries",  # its migration forbids the database to change or delete a row
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)
HEADS: Final = Table(
    "audit_heads",  # the database sets it with every entry
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
_APPEND: Final = insert(ENTRIES)
_HEAD: Final = Prepared(select(HEADS.c.number, HEADS.c.hash))
_HELD_HEAD: Final = Prepared(select(HEADS.c.number, HEADS.c.hash).with_for_update())


class SqlAuditLog:
    """An AuditLog; writers of one tenant take turns, see `Database.turn`."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    async def append(self, tenant: str, event: Event) -> Entry:
        """Chain an event behind what is there."""
        async with self._database.turn(tenant) as rows:
            entry = chained(tenant, event, head=await _head(rows, held=True) or Anchor(), at=self._now())
            await rows.execute(_APPEND, [vars(entry)])
        return entry

    async def head(self, tenant: str) -> Anchor:
        """The last entry's number and hash."""
        async with self._database.reading(tenant) as rows:
            return await _head(rows) or Anchor()

    async def page(self, tenant: str, *, after: int, limit: int) -> tuple[Entry, ...]:
        """At most `limit` entries behind number `after`."""
        query = select(ENTRIES.c.number, ENTRIES.c.text, ENTRIES.c.hash).where(ENTRIES.c.number > after)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(query.order_by(ENTRIES.c.number).limit(limit))).all()
        return tuple(Entry(row.number, row.text, row.hash) for row in found)

    async def tenants(self) -> tuple[str, ...]:
        """Who has a chain."""
        async with self._database.reading(EVERY_TENANT) as rows:
            return tuple((await rows.execute(select(HEADS.c.tenant).order_by(HEADS.c.tenant))).scalars().all())


async def _head(rows: TenantConnection, *, held: bool = False) -> Anchor | None:
    found = (await rows.run(_HELD_HEAD if held else _HEAD)).one_or_none()
    return None if found is None else Anchor(found.number, found.hash)
