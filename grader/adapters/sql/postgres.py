"""PostgreSQL: a pool of connections, each lent for one transaction that knows its tenant.

What belongs together is written by one tenant's turns, one after the other in whichever process: those that wait in
one process share a transaction. So a tenant's decision log costs one lock and one commit for many entries.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

import psycopg
from sqlalchemy import Connection, CursorResult, Executable, event, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from grader.adapters.sql.group_commit import GroupCommit
from grader.adapters.sql.patience import to_its_end
from grader.adapters.sql.row_security import SETTING

CONNECTIONS: Final = 20
"""Most connections of one process; PostgreSQL takes 100 of all by default."""

CONNECT_SECONDS: Final = 5
"""Longest wait for a server that does not answer at all."""

IDLE_SECONDS: Final = 0.1
"""A connection used this short a time ago is taken to be alive: trying is a query more beside a read's three."""

_BEGIN: Final = text(f"SELECT set_config('{SETTING}', :tenant, true), set_config('statement_timeout', :wait, true)")
"""Both for this transaction only: a connection pool between us and the server may give it to others after that."""

_TURNS: Final = text("SELECT pg_advisory_xact_lock(:ours, hashtext(:tenant))")
"""One at a time for one tenant, until the transaction ends; tenants with the same hash wait for each other, no more."""

TURNS: Final = 0x7475726E
"""The first half of those locks' names; an arbitrary number of our own ("turn")."""

WRITERS: Final = (
    "SELECT DISTINCT grantee FROM information_schema.role_table_grants "
    "WHERE table_name = 'batches' AND privilege_type = 'INSERT' AND grantee <> current_user AND grantee <> 'PUBLIC'"
)
"""Who may write batches, besides who asks."""

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]] | Mapping[str, Any] | None


class PostgresBackend:
    """The PostgreSQL database of a URL; no connection, lock or statement is waited for beyond `wait_seconds`."""

    dialect = "postgresql"

    def __init__(self, url: URL, wait_seconds: float) -> None:
        self._wait = f"{wait_seconds * 1000:.0f}"
        self._engine = create_async_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=wait_seconds,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )
        event.listen(self._engine.sync_engine, "checkin", _note_use)
        event.listen(self._engine.sync_engine, "checkout", self._try_out)
        # The same pool; all that one transaction reads is of one moment.
        self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._turns: WeakValueDictionary[str, GroupCommit[SharedConnection]] = WeakValueDictionary()
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def reading(self, tenant: str) -> AsyncIterator[PooledConnection]:
        """A connection that sees one state of the database."""
        async with self._readers.connect() as connection:
            yield await self._prepared(connection, tenant)

    @asynccontextmanager
    async def writing(self, tenant: str) -> AsyncIterator[PooledConnection]:
        """A connection whose transaction is committed at the end, and undone after a failure."""
        async with self._engine.begin() as connection:
            yield await self._prepared(connection, tenant)

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[SharedConnection]:
        """A turn of the tenant's; see `GroupCommit`."""
        turns = self._turns.get(tenant)
        if turns is None:
            turns = self._turns[tenant] = GroupCommit(partial(self._turn, tenant), self._wait_seconds)
        async with turns.turn() as connection:
            yield connection

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which changes nothing, on a connection of SQLAlchemy's."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a connection of SQLAlchemy's in a transaction of its own, for as long as it takes."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Give up what waits, and close the connections."""
        for turns in list(self._turns.values()):
            await turns.stop()
        await self._engine.dispose()

    @asynccontextmanager
    async def _turn(self, tenant: str) -> AsyncIterator[SharedConnection]:
        """A transaction that has the tenant's turn."""
        async with self._engine.begin() as connection:
            await self._prepared(connection, tenant)
            await connection.execute(_TURNS, {"ours": TURNS, "tenant": tenant})
            yield SharedConnection(connection)

    def _try_out(self, connection: DBAPIConnection, record: ConnectionPoolEntry, _lent: object) -> None:
        """A connection that has lain idle is tried before it is lent: a restart costs nobody a request."""
        if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            self._engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error  # all of its age go; the pool tries again with a new one

    async def _prepared(self, connection: AsyncConnection, tenant: str) -> PooledConnection:
        await connection.execute(_BEGIN, {"tenant": tenant, "wait": self._wait})
        return PooledConnection(connection)


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


@dataclass(frozen=True)
class PooledConnection:
    """A connection of the pool."""

    connection: AsyncConnection
    dialect = "postgresql"

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Run a statement; all its rows are there when this returns."""
        return await self.connection.execute(statement, rows)

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """A part that is undone by itself when it fails."""
        return self.connection.begin_nested()


@dataclass(frozen=True)
class SharedConnection(PooledConnection):
    """A connection on which several write in turn: who is cancelled in the middle of a statement waits for its end."""

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Run a statement; all its rows are there when this returns."""
        return await to_its_end(self.connection.execute(statement, rows))
