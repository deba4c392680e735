"""The schema over time: where a database stands, and how it is brought to where this program wants it.

Migrations are the files in `versions`, in the order of their names, and only ever add: a program one version older goes
on working on the newer schema. Alembic runs them; it is imported only when there is something to run.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from grader.adapters.sql.failures import storage_error
from grader.adapters.sql.row_security import UNBOUND
from grader.errors import SchemaOutdated, StorageAway, StorageBusy, StorageError, StorageFull

_log: Final = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parent

POLL_SECONDS: Final = 0.01
"""Between two looks whether another upgrade in this process has ended; one takes 0.1 s."""

_UPGRADING: Final = threading.Lock()

_ONE_AT_A_TIME: Final = 0x616E7377_6572
"""The advisory lock of who upgrades a PostgreSQL database; an arbitrary number of our own ("answer")."""


T = TypeVar("T")


class Backend(Protocol):
    """What runs a function on a connection of SQLAlchemy's."""

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which changes nothing."""
        ...

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction."""
        ...


class State(StrEnum):
    """Where a database stands."""

    EMPTY = "empty"
    OUTDATED = "outdated"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True)
class Schema:
    """The revision a database stands at (None: it has none), and the one this program was written for.

    `unbound` says that PostgreSQL's policies do not bind the role in use: a superuser, or one with BYPASSRLS.
    """

    revision: str | None
    wanted: str
    state: State
    unbound: bool = False


def revisions() -> tuple[str, ...]:
    """All revisions, oldest first: the names of the files in `versions`."""
    return tuple(sorted(path.stem for path in (FOLDER / "versions").glob("v*.py")))


def chained(file: str) -> tuple[str, str | None]:
    """The revision that the migration in `file` makes, and the one it starts from: the file before it."""
    names = (None, *revisions())
    place = names.index(Path(file).stem)
    return Path(file).stem, names[place - 1]


def schema_of(connection: Connection) -> Schema:
    """Where the database stands; one of a newer program is known by a revision that this one has never heard of."""
    known, tables = revisions(), inspect(connection).get_table_names()
    unbound = connection.dialect.name == "postgresql" and bool(connection.scalar(text(UNBOUND)))
    if "alembic_version" not in tables:
        return Schema(None, known[-1], State.OUTDATED if "grades" in tables else State.EMPTY, unbound)
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision not in known:
        return Schema(revision, known[-1], State.NEWER, unbound)
    return Schema(revision, known[-1], State.CURRENT if revision == known[-1] else State.OUTDATED, unbound)


def nothing_yet() -> Schema:
    """That of a database that is not there."""
    return Schema(None, revisions()[-1], State.EMPTY)


async def read(backend: Backend) -> Schema:
    """Where the database stands, changing nothing."""
    return await backend.look(schema_of)


async def prepare(backend: Backend, *, upgrade: bool) -> Schema:
    """Where the database stands, after an upgrade if it needs one and `upgrade` allows it; else SchemaOutdated."""
    schema = await read(backend)
    if schema.unbound:
        _log.warning("the role in use is bound by no row-level security; serve as one that is no superuser")
    if schema.state is State.NEWER:
        _log.warning("the database is at %s, newer than %s: it is used as it is", schema.revision, schema.wanted)
    if schema.state in {State.CURRENT, State.NEWER}:
        return schema
    if not upgrade:
        at = schema.revision or "no schema"
        raise SchemaOutdated(f"the database is at {at}, this program needs {schema.wanted}; run `grader db upgrade`")
    try:
        async with _alone_in_this_process():
            return await backend.run(_upgraded)
    except DBAPIError as error:  # its statements make tables: nothing in them was written by anybody
        if isinstance(storage_error(error), StorageBusy | StorageAway | StorageFull):
            raise
        raise StorageError(f"the database could not be upgraded and is as it was: {error.orig}") from None


@asynccontextmanager
async def _alone_in_this_process() -> AsyncIterator[None]:
    """Alembic keeps what it runs in global variables: several event loops of one process take turns.

    Waiting sleeps instead of blocking, for whoever holds the lock may need this very event loop to go on.
    """
    while not _UPGRADING.acquire(blocking=False):  # noqa: ASYNC110 - the event would come from another event loop
        await asyncio.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        _UPGRADING.release()


def _upgraded(connection: Connection) -> Schema:
    """Run what is missing, in the caller's transaction; another process that was faster leaves nothing to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    schema = schema_of(connection)
    if schema.state in {State.CURRENT, State.NEWER}:
        return schema
    if connection.dialect.name == "sqlite" and schema.state is State.OUTDATED:
        _copy(Path(str(connection.engine.url.database)), schema)
    run_to(connection, schema.wanted)
    return schema_of(connection)


def run_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to `revision` on this connection, in its transaction."""
    from alembic import command  # noqa: PLC0415 - 0.2 s, only where there is something to do
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    command.upgrade(config, revision)


def _copy(file: Path, schema: Schema) -> None:
    """Keep the database as it was, beside it, under the name of its revision."""
    copy = file.with_name(f"{file.name}.{schema.revision or 'v0000'}.backup")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    _log.warning("the database is being upgraded to %s; as it was it stays in %s", schema.wanted, copy)
