"""What tenants spent, by day, in a SQL database."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, Float, String, Table, Update, select, update

from grader.access import Amount, Limit
from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import METADATA, TENANT_LENGTH
from grader.adapters.sql.tenancy import TenantConnection

SPENDING: Final = Table(
    "spending",
    METADATA,
    Column("tenant", String(TENANT_LENGTH), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("usd", Float, nullable=False),
)


class SqlSpendingStore:
    """A SpendingStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, tenant: str, day: date, estimate: Amount, limit: Limit) -> str | None:
        """Count `estimate` as spent if it fits; else the limit it would pass, in words."""
        async with self._database.writing(tenant) as rows:
            await rows.keep_first(SPENDING, {"day": day, "calls": 0, "tokens": 0, "usd": 0.0})
            if (await rows.execute(_fitting(_added(day, estimate), estimate, limit))).rowcount:
                return None
            return limit.passed_by(await _spent(rows, day) + estimate) or "limit"

    async def settle(self, tenant: str, day: date, difference: Amount) -> None:
        """Add what a call took more or less."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(_added(day, difference))

    async def spent(self, tenant: str, day: date) -> Amount:
        """What was spent and reserved."""
        async with self._database.reading(tenant) as rows:
            return await _spent(rows, day)


def _added(day: date, amount: Amount) -> Update:
    sums: dict[str, Any] = {name: SPENDING.c[name] + more for name, more in vars(amount).items()}
    return update(SPENDING).where(SPENDING.c.day == day).values(sums)


def _fitting(statement: Update, amount: Amount, limit: Limit) -> Update:
    """The statement, which changes nothing where a limit would be passed."""
    for name, most in vars(limit).items():
        if most is not None:
            statement = statement.where(SPENDING.c[name] + getattr(amount, name) <= most)
    return statement


async def _spent(rows: TenantConnection, day: date) -> Amount:
    query = select(SPENDING.c.calls, SPENDING.c.tokens, SPENDING.c.usd).where(SPENDING.c.day == day)
    row = (await rows.execute(query)).one_or_none()
    return Amount() if row is None else Amount(*row)
