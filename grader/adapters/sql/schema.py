"""How tables are declared: all in one MetaData, what belongs to somebody with its tenant, times in UTC.

What stands in the database is made by the migrations; a test compares both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Column, DateTime, MetaData, String, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

METADATA: Final = MetaData()

TENANT_LENGTH: Final = 64
"""Most characters of a tenant's name."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC: SQLite keeps no time zone, so what is compared must all be in one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """UTC; ValueError for a moment without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """With its time zone again."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def owned_table(name: str, *columns: Any) -> Table:  # noqa: ANN401 - columns, constraints and indexes
    """A table whose every row belongs to the tenant named in its first column; see `tenancy`."""
    return Table(name, METADATA, Column("tenant", String(TENANT_LENGTH), nullable=False), *columns)
