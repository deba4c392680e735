"""API keys in a SQL database: asked for by id before the tenant is known, so across tenants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Column, Row, String, Text, func, insert, or_, select, update

from grader.access import ApiKey
from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT, TenantConnection
from grader.errors import StorageError

KEYS: Final = owned_table(
    "api_keys",
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # names, with a space between
    Column("digest", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("replaces", String(16)),
)


class SqlKeyStore:
    """A KeyStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey) -> None:
        """Keep a key; AlreadyStored if its id is not new."""
        async with self._database.writing(key.tenant) as rows:
            await rows.execute(insert(KEYS).values(_row(key)))

    async def find(self, key_id: str) -> ApiKey | None:
        """The key with this id, or None."""
        async with self._database.reading(EVERY_TENANT) as rows:
            return await _find(rows, key_id)

    async def list(self, tenant: str | None = None) -> tuple[ApiKey, ...]:
        """Every key, or those of one tenant; the oldest first."""
        query = select(KEYS).order_by(KEYS.c.created_at, KEYS.c.id)
        async with self._database.reading(tenant or EVERY_TENANT) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def any(self) -> bool:
        """Whether a key was ever made."""
        async with self._database.reading(EVERY_TENANT) as rows:
            return await rows.scalar(select(KEYS.c.id).limit(1)) is not None

    async def revoke(self, tenant: str, key_id: str, at: datetime) -> ApiKey | None:
        """Revoke the tenant's key and return it; None where there is none. The first revocation stays."""
        ended = update(KEYS).where(KEYS.c.id == key_id).values(revoked_at=func.coalesce(KEYS.c.revoked_at, at))
        async with self._database.writing(tenant) as rows:
            await rows.execute(ended)
            return await _find(rows, key_id)

    async def replace(self, old: ApiKey, new: ApiKey) -> None:
        """Keep `new` and the new end of `old`, or neither."""
        async with self._database.writing(new.tenant) as rows:
            await rows.execute(insert(KEYS).values(_row(new)))
            await rows.execute(update(KEYS).where(KEYS.c.id == old.id).values(expires_at=old.expires_at))

    async def used(self, at: Mapping[str, datetime]) -> None:
        """Note when keys were used last; an earlier time does not replace a later one."""
        async with self._database.writing(EVERY_TENANT) as rows:
            for key_id, moment in at.items():
                earlier = or_(KEYS.c.last_used_at.is_(None), KEYS.c.last_used_at < moment)
                await rows.execute(update(KEYS).where(KEYS.c.id == key_id, earlier).values(last_used_at=moment))


async def _find(rows: TenantConnection, key_id: str) -> ApiKey | None:
    row = (await rows.execute(select(KEYS).where(KEYS.c.id == key_id))).one_or_none()
    return None if row is None else _read(row)


def _row(key: ApiKey) -> dict[str, Any]:
    return {**key.model_dump(), "digest": key.digest, "scopes": " ".join(sorted(key.scopes))}


def _read(row: Row[Any]) -> ApiKey:
    stored = row._asdict()
    try:
        return ApiKey.model_validate({**stored, "scopes": frozenset(stored["scopes"].split())}, strict=False)
    except ValidationError:
        raise StorageError(f"the API key {stored['id']} cannot be read by this version") from None
