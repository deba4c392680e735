"""Claims and outcomes of idempotency keys in a SQL database."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    and_,
    delete,
    select,
    update,
)

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import METADATA, TENANT_LENGTH, UtcDateTime
from grader.adapters.sql.tenancy import EVERY_TENANT, TenantConnection
from grader.ports import Claim, Outcome, Refusal

ANSWERS: Final = Table(
    "idempotency",
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("resource_id", String(64), nullable=False, index=True),
    Column("holder", String(32), nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False, index=True),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("status", Integer),  # null while the request is under way
    Column("headers", Text),
    Column("body", LargeBinary),
)


class SqlIdempotencyStore:
    """An IdempotencyStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, wanted: Claim, now: datetime, lease_until: datetime) -> Claim | Outcome | Refusal:
        """The claim, granted; or what was answered before; or why not."""
        row = {name: value for name, value in vars(wanted).items() if name != "tenant"}
        async with self._database.writing(wanted.tenant) as rows:
            if await rows.keep_first(ANSWERS, {**row, "claimed_at": now, "lease_until": lease_until}):
                return wanted
            known = (await rows.execute(select(ANSWERS).where(ANSWERS.c.key == wanted.key))).one_or_none()
            if known is None or known.fingerprint != wanted.fingerprint or known.status is not None:
                return _answer(known, wanted)
            return await _taken_over(rows, known, wanted, now, lease_until)

    async def renew(self, claim: Claim, lease_until: datetime) -> None:
        """Hold a claim for longer."""
        await self._change(claim, lease_until=lease_until)

    async def complete(self, claim: Claim, outcome: Outcome) -> None:
        """Keep what was answered."""
        await self._change(claim, status=outcome.status, headers=json.dumps(outcome.headers), body=outcome.body)

    async def release(self, claim: Claim) -> None:
        """Forget a claim that came to nothing."""
        async with self._database.writing(claim.tenant) as rows:
            await rows.execute(delete(ANSWERS).where(_held(claim)))

    async def forget(self, tenant: str, resource_ids: Collection[str]) -> None:
        """Forget the outcomes that show these resources."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(ANSWERS).where(ANSWERS.c.resource_id.in_(resource_ids)))

    async def purge(self, before: datetime) -> int:
        """Forget what was claimed before, for all tenants; how many that were."""
        async with self._database.writing(EVERY_TENANT) as rows:
            return (await rows.execute(delete(ANSWERS).where(ANSWERS.c.claimed_at < before))).rowcount

    async def _change(self, claim: Claim, **values: object) -> None:
        async with self._database.writing(claim.tenant) as rows:
            await rows.execute(update(ANSWERS).where(_held(claim)).values(**values))


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(ANSWERS.c.key == claim.key, ANSWERS.c.holder == claim.holder, ANSWERS.c.status.is_(None))


def _answer(known: Row[Any] | None, wanted: Claim) -> Outcome | Refusal:
    """What a claim that cannot be granted gets; one that vanished just now was given back a moment ago."""
    if known is None:
        return Refusal.IN_PROGRESS
    if known.fingerprint != wanted.fingerprint:
        return Refusal.REUSED
    return Outcome(known.status, known.body, json.loads(known.headers))


async def _taken_over(
    rows: TenantConnection, known: Row[Any], wanted: Claim, now: datetime, lease_until: datetime
) -> Claim | Refusal:
    """The claim of a try that died, with its resource id; of several that want it one gets it."""
    ended = and_(ANSWERS.c.key == wanted.key, ANSWERS.c.holder == known.holder, ANSWERS.c.lease_until <= now)
    change = update(ANSWERS).where(ended).values(holder=wanted.holder, lease_until=lease_until)
    taken = (await rows.execute(change)).rowcount > 0
    return replace(wanted, resource_id=known.resource_id) if taken else Refusal.IN_PROGRESS
