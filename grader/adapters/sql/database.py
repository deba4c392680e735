"""One SQL database for everything that is kept: opened at the right schema, read and written for one tenant at a time.

SQLite: one writer with group commit, readers beside it. PostgreSQL: a pool. Every failure is a StorageError by name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.adapters.sql.failures import named_failures
from grader.adapters.sql.migrations import Schema, nothing_yet, prepare, read
from grader.adapters.sql.postgres import WRITERS, PostgresBackend
from grader.adapters.sql.sqlite import SqliteBackend
from grader.adapters.sql.tenancy import EVERY_TENANT, Statements, TenantConnection
from grader.errors import StorageBroken, StorageError

WAIT_SECONDS: Final = 10.0
"""Longest wait for another's lock, for a free connection, for one statement, and longest turn; then StorageBusy."""

_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgres"}
"""What a URL may call its driver, beside nothing; the first is what version 0.1 used."""

_TRANSACTION: Final[ContextVar[tuple[Database | None, TenantConnection | None]]] = ContextVar(
    "transaction", default=(None, None)
)
"""The transaction that the running task is in, by `Database.together`."""


class Database:
    """The database at `url` (`sqlite:///FILE`, `postgresql://…`): `open` it before its first use, `close` it after."""

    def __init__(self, url: str, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._url = _parsed(url)
        self._wait_seconds = wait_seconds
        self._opened: SqliteBackend | PostgresBackend | None = None
        self.broken: StorageBroken | None = None
        """Set once the disk has failed: from then on nothing is read or written here."""

    async def open(self, *, upgrade: bool = False) -> Schema:
        """Connect; StorageError says why not, SchemaOutdated that it must be upgraded first.

        A SQLite file is created and brought to this program's schema by itself, after a copy of it was made beside it;
        PostgreSQL only with `upgrade`, which one process asks for while the others wait.
        """
        backend = self._backend()
        try:
            with named_failures():
                schema = await prepare(backend, upgrade=upgrade or isinstance(backend, SqliteBackend))
        except BaseException:
            await backend.close()
            raise
        self._opened = backend
        return schema

    async def schema(self) -> Schema:
        """Where the database stands, changing nothing; StorageError where it cannot be reached."""
        backend = self._backend()
        try:
            if isinstance(backend, SqliteBackend) and not backend.file.exists():
                return nothing_yet()
            with named_failures():
                return await read(backend)
        finally:
            await backend.close()

    async def writers(self) -> tuple[str, ...]:
        """The roles that may write batches besides the tables' owner; SQLite knows none."""
        opened = self._usable()
        if isinstance(opened, SqliteBackend):
            return ()
        with named_failures():
            return tuple(await opened.look(lambda connection: connection.scalars(text(WRITERS)).all()))

    async def close(self) -> None:
        """Give the connections back."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.close()

    def reading(self, tenant: str) -> AbstractAsyncContextManager[TenantConnection]:
        """Read the tenant's rows, all in one state of the database; StorageError."""
        return self._lent(tenant, lambda: self._usable().reading(tenant))

    def writing(self, tenant: str) -> AbstractAsyncContextManager[TenantConnection]:
        """Read and write the tenant's rows in one transaction; when this is left they survive a crash. StorageError.

        Do nothing else inside: on SQLite others wait for their turn meanwhile.
        """
        return self._lent(tenant, lambda: self._usable().writing(tenant))

    def turn(self, tenant: str) -> AbstractAsyncContextManager[TenantConnection]:
        """As `writing`, one after the other for the tenant, in whichever process."""
        return self._lent(tenant, lambda: self._usable().turn(tenant))

    @asynccontextmanager
    async def together(self, tenant: str) -> AsyncIterator[TenantConnection]:
        """One turn for all that this task reads and writes inside; see `ports.Together`."""
        joined = self._joined(tenant)
        if joined is not None:
            with named_failures():
                async with joined.savepoint():
                    yield joined
            return
        async with self.turn(tenant) as rows:
            token = _TRANSACTION.set((self, rows))
            try:
                yield rows
            finally:
                _TRANSACTION.reset(token)

    async def check(self) -> None:
        """Return when the database answers; StorageError."""
        async with self.reading(EVERY_TENANT) as rows:
            await rows.ping()

    @asynccontextmanager
    async def _lent(
        self, tenant: str, opened: Callable[[], AbstractAsyncContextManager[Statements]]
    ) -> AsyncIterator[TenantConnection]:
        """The connection of the transaction that this task is in, or else a new one."""
        joined = self._joined(tenant)
        try:
            with named_failures():
                if joined is not None:
                    yield joined
                    return
                async with opened() as connection:
                    with TenantConnection(connection, tenant) as rows:
                        yield rows
        except StorageBroken as error:
            self.broken = error
            raise

    def _joined(self, tenant: str) -> TenantConnection | None:
        """The connection of the transaction that this task is in, if it is in one."""
        database, rows = _TRANSACTION.get()
        if database is not self or rows is None or not rows.is_open:
            return None
        if rows.tenant != tenant:
            raise StorageError("one transaction is for one tenant's rows")
        return rows

    def _usable(self) -> SqliteBackend | PostgresBackend:
        if self.broken is not None:
            raise StorageBroken(str(self.broken))
        if self._opened is None:
            raise StorageError("the database is not open")
        return self._opened

    def _backend(self) -> SqliteBackend | PostgresBackend:
        kind = SqliteBackend if self._url.get_backend_name() == "sqlite" else PostgresBackend
        return kind(self._url, self._wait_seconds)


def _parsed(url: str) -> URL:
    """The URL without its driver; StorageError that does not name the URL, which may hold a password."""
    try:
        found = make_url(url)
    except (SQLAlchemyError, ValueError):
        raise StorageError(
            "the database URL cannot be read; it has the form sqlite:///FILE or postgresql://user:password@host/name"
        ) from None
    kind = found.drivername.partition("+")[0]
    if kind not in _DRIVERS or found.drivername not in {kind, _DRIVERS[kind]}:
        raise StorageError(f"{found.drivername} databases are not supported; there is sqlite and postgresql")
    if kind == "sqlite" and found.database in {None, "", ":memory:"}:
        raise StorageError("a database in memory cannot be shared by connections; name a file: sqlite:///FILE")
    return found.set(drivername="sqlite" if kind == "sqlite" else "postgresql")
