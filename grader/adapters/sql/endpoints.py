"""Endpoints of webhooks in a SQL database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Column, Index, Integer, Row, String, Text, delete, func, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.ports import Endpoint, Rotation

ENDPOINTS: Final = owned_table(
    "webhook_endpoints",
    Column("id", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),  # names, with a space between
    Column("description", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled", String(64), nullable=False),
    Column("failing_since", UtcDateTime),
    Column("generation", Integer, nullable=False),
    Column("retired", Text, nullable=False),  # rotations, as JSON
    Index("ix_webhook_endpoints_tenant_created", "tenant", "created_at", "id"),
)

_FIELDS: Final = [column for column in ENDPOINTS.c if column.name != "tenant"]
_rotations: Final = TypeAdapter(tuple[Rotation, ...])


class SqlEndpointStore:
    """An EndpointStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, endpoint: Endpoint) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(ENDPOINTS).values(_row(endpoint)))

    async def find(self, tenant: str, endpoint_id: str) -> Endpoint | None:
        """The tenant's endpoint with this id, or None."""
        if "\0" in endpoint_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(ENDPOINTS.c.id == endpoint_id))).first()
        return None if found is None else _read(found)

    async def list(self, tenant: str) -> tuple[Endpoint, ...]:
        """All of the tenant's, the oldest first."""
        query = select(*_FIELDS).order_by(ENDPOINTS.c.created_at, ENDPOINTS.c.id)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def change(self, tenant: str, endpoint: Endpoint) -> bool:
        """Keep it as it is now."""
        return await self._update(tenant, endpoint.id, **_row(endpoint)) > 0

    async def succeeded(self, tenant: str, endpoint_id: str) -> None:
        """Its failures are over."""
        failing = ENDPOINTS.c.failing_since.is_not(None)
        over = update(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id, failing).values(failing_since=None)
        async with self._database.writing(tenant) as rows:
            await rows.execute(over)

    async def failed(self, tenant: str, endpoint_id: str, at: datetime) -> datetime:
        """Since when it has been failing."""
        this = ENDPOINTS.c.id == endpoint_id
        async with self._database.writing(tenant) as rows:
            first = func.coalesce(ENDPOINTS.c.failing_since, at)
            await rows.execute(update(ENDPOINTS).where(this).values(failing_since=first))
            since: datetime | None = await rows.scalar(select(ENDPOINTS.c.failing_since).where(this))
        return since or at

    async def disable(self, tenant: str, endpoint_id: str, reason: str) -> None:
        """Send nothing to it any more."""
        await self._update(tenant, endpoint_id, disabled=reason)

    async def remove(self, tenant: str, endpoint_id: str) -> bool:
        """Forget it."""
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id))).rowcount > 0

    async def _update(self, tenant: str, endpoint_id: str, **values: Any) -> int:  # noqa: ANN401 - as the columns are
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id).values(values))).rowcount


def _row(endpoint: Endpoint) -> dict[str, Any]:
    row = {column.name: getattr(endpoint, column.name) for column in _FIELDS}
    return row | {"events": " ".join(endpoint.events), "retired": _rotations.dump_json(endpoint.retired).decode()}


def _read(row: Row[Any]) -> Endpoint:
    fields = row._asdict()
    retired = _rotations.validate_json(fields["retired"])
    return Endpoint.model_validate(fields | {"events": tuple(fields["events"].split()), "retired": retired})
