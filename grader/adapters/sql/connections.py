"""Connections to hiring platforms, in a SQL database."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, Column, Index, Row, String, Text, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.assessment import Platform
from grader.ports import Connection

CONNECTIONS: Final = owned_table(
    "platform_connections",
    Column("id", String(64), primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Index("ix_platform_connections_tenant_created", "tenant", "created_at", "id"),
)
_FIELDS: Final = [column for column in CONNECTIONS.c if column.name != "tenant"]


class SqlConnectionStore:
    """A ConnectionStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, connection: Connection) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(CONNECTIONS).values(_columns(connection)))

    async def find(self, tenant: str, connection_id: str) -> Connection | None:
        """The tenant's connection with this id, or None."""
        if "\0" in connection_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(CONNECTIONS.c.id == connection_id))).first()
        return None if found is None else _read(found)

    async def owner(self, connection_id: str) -> str | None:
        """The tenant whose connection this is."""
        async with self._database.reading(EVERY_TENANT) as rows:
            query = select(CONNECTIONS.c.tenant).where(CONNECTIONS.c.id == connection_id)
            tenant: str | None = await rows.scalar(query)
        return tenant

    async def list(self, tenant: str) -> tuple[Connection, ...]:
        """Every connection, the oldest first."""
        query = select(*_FIELDS).order_by(CONNECTIONS.c.created_at, CONNECTIONS.c.id)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def replace(self, tenant: str, connection: Connection) -> None:
        """Keep it in the place of the one with its id."""
        change = update(CONNECTIONS).where(CONNECTIONS.c.id == connection.id).values(_columns(connection))
        async with self._database.writing(tenant) as rows:
            await rows.execute(change)


def _columns(connection: Connection) -> dict[str, Any]:
    return {**connection.model_dump(), "platform": connection.platform.value}


def _read(row: Row[Any]) -> Connection:
    return Connection(**row._asdict() | {"platform": Platform(row.platform)})
