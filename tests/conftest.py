"""What every test runs under: no connection leaves this machine, no setting of the developer's shell leaks in."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from grader.adapters.sql import Database
    from tests.postgres import Postgres

# The gate tries the same examples every time; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gate")

SHARED = Path(__file__).parents[2] / "shared"
"""Data beside the repository; tests that read it skip where it is absent."""


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):  # a Unix socket
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever connects to anything but loopback."""

    def guarded(original: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if not _is_local(address):
                pytest.fail(f"a test tried to connect to {address}")
            return original(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings come from the test, and data goes to its own folder."""
    for name in [name for name in os.environ if name.startswith("GRADER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GRADER_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def shared() -> Path:
    """The shared data folder."""
    if not SHARED.is_dir():
        pytest.skip(f"the shared data is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, one a session."""
    from tests.postgres import running  # noqa: PLC0415 - only where a test needs it

    with running() as server:
        yield server


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A server that a test may stop and restart (`control`) without hurting the others."""
    from tests.postgres import embedded, prepare  # noqa: PLC0415 - as above

    with embedded() as server:
        prepare(server)
        yield server


DATABASES = ("sqlite", "postgresql")
"""What is stored is tested on each of these."""

NewDatabase = Callable[[str], str]
OpenDatabase = Callable[[str], Awaitable["Database"]]


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file at the newest schema, to be copied: that takes a tenth of making one."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - as above

    from tests.postgres import upgrade  # noqa: PLC0415 - as above

    file = tmp_path_factory.mktemp("template") / "grader.db"
    upgrade(make_url(f"sqlite:///{file}"))
    return file


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes empty databases of a kind of `DATABASES`, at the newest schema, and gives their URLs."""

    def new(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_file'), tmp_path)}"
        from tests.postgres import SERVER  # noqa: PLC0415 - as above

        server: Postgres = request.getfixturevalue("postgres")
        return server.url(made.enter_context(server.database()), SERVER)

    with ExitStack() as made:
        yield new


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    """Both kinds in turn, empty, with the serving role of PostgreSQL."""
    return new_database(request.param)


@pytest.fixture
async def open_database(new_database: NewDatabase) -> AsyncIterator[OpenDatabase]:
    """As `new_database`, opened: for a fixture with other parameters than `database`, such as a fake."""
    from grader.adapters.sql import Database  # noqa: PLC0415 - as above

    async with AsyncExitStack() as opened:

        async def open_new(kind: str) -> Database:
            database = Database(new_database(kind))
            await database.open()
            opened.push_async_callback(database.close)
            return database

        yield open_new


@pytest.fixture(params=DATABASES)
async def database(request: pytest.FixtureRequest, open_database: OpenDatabase) -> Database:
    """Both databases in turn, open and empty, with the serving role of PostgreSQL."""
    return await open_database(request.param)
