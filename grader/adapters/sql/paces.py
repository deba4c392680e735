"""Paces in a SQL database: one row each, moved on by whoever takes places, on PostgreSQL by its own clock."""

from __future__ import annotations

import time
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Float, String, cast, extract, func, literal

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.ports import CATCH_UP

PACES: Final = owned_table(
    "paces",
    Column("name", String(64), primary_key=True),
    Column("free_at", Float, nullable=False),
)


class SqlPaceStore:
    """A PaceStore; a provider's limit is everybody's, so a pace belongs to no tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lease(self, name: str, places: int, per_second: float) -> float:
        """Take places, and return when the first of them is due."""
        taken = places / per_second
        async with self._database.writing(EVERY_TENANT) as rows:
            now = _now(postgresql=rows.takes_turns)
            latest = func.greatest if rows.takes_turns else func.max
            new = {"tenant": EVERY_TENANT, "name": name, "free_at": now + taken}
            moved = {"free_at": latest(PACES.c.free_at, now - CATCH_UP) + taken}
            leasing = rows.insert(PACES).values(new).on_conflict_do_update(index_elements=["name"], set_=moved)
            found = (await rows.execute(leasing.returning(PACES.c.free_at, now.label("now")))).one()
        return float(found.free_at - taken - found.now)


def _now(*, postgresql: bool) -> ColumnElement[Any]:
    """Seconds; after the wait for the row's lock, not before."""
    if not postgresql:
        return literal(time.time())
    return cast(extract("epoch", func.clock_timestamp()), Float)
