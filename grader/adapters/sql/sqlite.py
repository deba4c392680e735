"""SQLite: one connection that writes, in groups, and a few that read beside it; their work runs in threads.

A statement is one trip to a thread and back; what cannot wait for anybody (savepoints, the end of a read) makes none.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import URL

from grader.adapters.sql.group_commit import GroupCommit
from grader.adapters.sql.patience import in_thread

READERS: Final = 16
"""Connections that read, each with a thread: who waits for one waits for several turns of the event loop, however fast
the disk is, and a turn can take long where the processor is full."""

LOOK_SECONDS: Final = 0.01
"""Between two tries to make a file keep a write-ahead log; a migration, which is in the way, takes 0.1 s."""

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]] | Mapping[str, Any] | None


class SqliteBackend:
    """The SQLite file of a URL; nobody waits longer than `wait_seconds` for its lock."""

    dialect = "sqlite"

    def __init__(self, url: URL, wait_seconds: float) -> None:
        self.file = Path(str(url.database))
        self._wait_seconds = wait_seconds
        self._threads = ThreadPoolExecutor(READERS + 1, "sqlite")
        # With the write lock from the beginning no transaction fails half-way for want of it.
        self._writer = _engine(url, wait_seconds, "IMMEDIATE", 1)
        self._readers = _engine(url, wait_seconds, "DEFERRED", READERS)
        self._free = asyncio.Semaphore(READERS)
        self._turns = GroupCommit(self._transaction, wait_seconds)

    @asynccontextmanager
    async def reading(self, tenant: str) -> AsyncIterator[ThreadedConnection]:  # noqa: ARG002 - the filter knows it
        """A connection that sees one state of the database."""
        async with asyncio.timeout(self._wait_seconds):
            await self._free.acquire()
        try:
            with closing(ThreadedConnection(self._readers, self._threads)) as connection:
                yield connection
        finally:
            self._free.release()

    @asynccontextmanager
    async def writing(self, tenant: str) -> AsyncIterator[ThreadedConnection]:  # noqa: ARG002 - as above
        """A turn of the connection that writes; see `GroupCommit`."""
        async with self._turns.turn() as connection:
            yield connection

    def turn(self, tenant: str) -> AbstractAsyncContextManager[ThreadedConnection]:
        """As `writing`: here all writing takes turns."""
        return self.writing(tenant)

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which changes nothing, on a connection of SQLAlchemy's; makes the folder where there is none."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        async with self.reading("") as connection:
            return await connection.run(work)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a connection of SQLAlchemy's in a transaction of its own."""
        async with self._transaction() as connection:
            return await connection.run(work)

    async def close(self) -> None:
        """Give up what waits, and close the connections."""
        await self._turns.stop()
        self._readers.dispose()
        self._writer.dispose()
        self._threads.shutdown()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[ThreadedConnection]:
        """Committed at the end; after any failure the next one gets a fresh connection."""
        connection = ThreadedConnection(self._writer, self._threads)
        try:
            await connection.run(Connection.begin)
            yield connection
            await connection.run(Connection.commit)
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()


class ThreadedConnection:
    """A synchronous connection, opened with its first use, whose statements run in a thread, one at a time."""

    dialect = "sqlite"

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._threads = threads
        self._connection: Connection | None = None

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Run a statement; all its rows are there when this returns."""
        return await self.run(lambda connection: connection.execute(statement, rows))

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a thread; who is cancelled waits for it: until it ends nobody else may use the connection."""
        return await in_thread(self._threads, lambda: work(self._opened()))

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that is undone by itself when it fails; it waits for nobody and needs no thread."""
        with self._opened().begin_nested():
            yield

    def close(self) -> None:
        """End the transaction and give the connection back."""
        if self._connection is not None:
            self._connection.close()

    def invalidate(self) -> None:
        """Give it back as broken."""
        if self._connection is not None and not self._connection.closed:
            self._connection.invalidate()

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection


class _Cursor(sqlite3.Cursor):
    """Fetches all rows in the thread that executes, so that whoever reads them needs none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._rows: deque[Any] = deque()

    def execute(self, *arguments: Any) -> _Cursor:  # noqa: ANN401 - as sqlite3 takes them
        super().execute(*arguments)
        self._rows = deque(super().fetchall())
        return self

    def fetchone(self) -> Any:  # noqa: ANN401 - a row
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, deque()
        return list(rows)


class _Connection(sqlite3.Connection):
    """Makes cursors of that kind."""

    def cursor(self, _factory: object = None) -> _Cursor:  # type: ignore[override]
        return super().cursor(_Cursor)


def _engine(url: URL, wait_seconds: float, begin: str, connections: int) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite"),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"factory": _Connection, "check_same_thread": False, "isolation_level": None},
    )

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        """WAL lets readers go on while one writes; FULL keeps an acknowledged row through a power cut."""
        connection.execute(f"PRAGMA busy_timeout={wait_seconds * 1000:.0f}")
        _keep_log(connection, wait_seconds)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"BEGIN {begin}"))
    return engine


def _keep_log(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Make the file keep a write-ahead log. While somebody writes SQLite refuses at once, whatever its busy timeout."""
    until = time.monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() >= until:
                raise
            time.sleep(LOOK_SECONDS)
        else:
            return
