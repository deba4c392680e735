"""What a database or its driver reports, as the storage errors of `grader.errors`.

Messages name the driver's code, never a statement or a value: those hold what people wrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from grader.errors import AlreadyStored, StorageAway, StorageBroken, StorageBusy, StorageError, StorageFull

_SQLITE: Final = {
    "SQLITE_FULL": StorageFull,
    "SQLITE_BUSY": StorageBusy,
    "SQLITE_LOCKED": StorageBusy,
    "SQLITE_INTERRUPT": StorageBusy,
    "SQLITE_CANTOPEN": StorageAway,
    "SQLITE_IOERR": StorageAway,
    "SQLITE_IOERR_FSYNC": StorageBroken,
    "SQLITE_IOERR_DIR_FSYNC": StorageBroken,
    "SQLITE_IOERR_WRITE": StorageBroken,
    "SQLITE_CONSTRAINT_PRIMARYKEY": AlreadyStored,
    "SQLITE_CONSTRAINT_UNIQUE": AlreadyStored,
}
"""By the beginning of SQLite's extended error names (https://www.sqlite.org/rescode.html)."""

_POSTGRES: Final = {
    "53100": StorageFull,  # disk_full
    "23505": AlreadyStored,  # unique_violation
    "53": StorageBusy,  # insufficient resources: memory, connections
    "55P03": StorageBusy,  # lock_not_available
    "57014": StorageBusy,  # query_canceled: by statement_timeout
    "40": StorageBusy,  # transaction rollback: deadlock, serialization
    "08": StorageAway,  # connection exception
    "57P": StorageAway,  # shutdown, crash, starting up
    "58": StorageAway,  # system error: input or output
}
"""By the beginning of the SQLSTATE, the longest first (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

_WHAT: Final = {
    StorageFull: "the database has no room left; free disk space or raise its quota",
    StorageBusy: "the database is busy; try again",
    StorageBroken: "the disk failed to take what was written; look at it, then start again",
    StorageAway: "the database cannot be reached; try again when it is back",
    AlreadyStored: "there is a row with this key already",
    StorageError: "the database refused a statement",
}


@contextmanager
def named_failures() -> Iterator[None]:
    """What a driver, its pool or the file system raises inside is a StorageError outside."""
    try:
        yield
    except (DBAPIError, NoConnectionFree, sqlite3.Error, OSError) as error:
        raise storage_error(error) from None  # the cause holds statements, and statements hold what people wrote


def storage_error(error: BaseException) -> StorageError:
    """A new StorageError that names what `error` means."""
    if isinstance(error, NoConnectionFree | TimeoutError):
        return StorageBusy(f"{_WHAT[StorageBusy]} (no connection was free in time)")
    if isinstance(error, OSError):
        return StorageAway(f"{_WHAT[StorageAway]} ({error.strerror or type(error).__name__})")
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(cause).__name__
    kind = _kind(error, str(code))
    return kind(f"{_WHAT[kind]} ({code})")


def _kind(error: BaseException, code: str) -> type[StorageError]:
    named = _SQLITE if code.startswith("SQLITE") else _POSTGRES
    found = [beginning for beginning in named if code.startswith(beginning)]
    if found:
        return named[max(found, key=len)]
    lost = isinstance(error, DBAPIError) and (error.connection_invalidated or not code[:1].isdigit())
    return StorageAway if lost and not code.startswith("SQLITE") else StorageError
