"""Disk full, file locked, server restarted or away: a StorageError by name, in bounded time, and recovery by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, func, update

from grader.adapters.sql import Database, SqlGradeStore
from grader.adapters.sql.grades import GRADES
from grader.errors import AlreadyStored, StorageAway, StorageBroken, StorageBusy, StorageError, StorageFull
from tests.grader.adapters.sql.examples import grade
from tests.postgres import OWNER, SERVER, Postgres

WAIT = 0.5
"""Seconds that the databases of these tests wait for anybody."""

SLACK = 5.0
"""Seconds that everything else may take on a busy machine."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Database, SqlGradeStore]]:
    database = Database(url, wait_seconds=WAIT)
    await database.open()
    try:
        yield database, SqlGradeStore(database)
    finally:
        await database.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[tuple[Database, SqlGradeStore]]:
    async with opened(f"sqlite:///{tmp_path / 'grader.db'}") as both:
        yield both


@pytest.fixture
def own_url(own_postgres: Postgres) -> Iterator[str]:
    with own_postgres.database() as name:
        yield own_postgres.url(name, SERVER)


async def outcome(work: Coroutine[Any, Any, None]) -> BaseException | None:
    return (await asyncio.gather(work, return_exceptions=True))[0]


class Disk:
    """Room for so many pages more than a file has now; `bound` is what every new connection is told."""

    def __init__(self, file: Path, room: int) -> None:
        with closing(sqlite3.connect(file)) as connection:
            self.pages = connection.execute("PRAGMA page_count").fetchone()[0] + room

    def bound(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.pages}")


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    """What a new database in `tmp_path` has for room."""
    async with opened(f"sqlite:///{tmp_path / 'grader.db'}"):
        pass
    small = Disk(tmp_path / "grader.db", room=20)
    event.listen(Engine, "connect", small.bound)
    yield small
    event.remove(Engine, "connect", small.bound)


async def test_a_full_disk_is_named_reading_goes_on_and_so_does_writing_once_there_is_room(
    disk: Disk, tmp_path: Path
) -> None:
    large, kept = ("x" * 5_000,), []
    async with opened(f"sqlite:///{tmp_path / 'grader.db'}") as (_, store):
        while not (full := await outcome(store.save("one", grade(f"g-{len(kept)}", missed=large)))):
            kept.append(f"g-{len(kept)}")
        assert isinstance(full, StorageFull)
        with pytest.raises(StorageFull):
            await store.save("one", grade("full", missed=large * 10))
        assert kept
        assert [await store.find("one", grade_id) is not None for grade_id in kept] == [True] * len(kept)
        disk.pages = 1_000_000
        await store.save("one", grade("roomy", missed=large))
        assert await store.find("one", "full") is None
    with closing(sqlite3.connect(tmp_path / "grader.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_after_a_failed_fsync_nothing_is_acknowledged_any_more(
    sqlite: tuple[Database, SqlGradeStore], tmp_path: Path
) -> None:
    database, store = sqlite
    await store.save("one", grade("before"))

    def fail(_connection: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise error

    event.listen(Engine, "commit", fail)
    try:
        with pytest.raises(StorageBroken, match="SQLITE_IOERR_FSYNC"):
            await store.save("one", grade("lost"))
    finally:
        event.remove(Engine, "commit", fail)
    for attempt in (store.save("one", grade("after")), store.find("one", "before"), database.check()):
        with pytest.raises(StorageBroken):
            await attempt
    async with opened(f"sqlite:///{tmp_path / 'grader.db'}") as (_, anew):
        assert await anew.find("one", "before") == grade("before")
        assert await anew.find("one", "lost") is None


async def test_a_file_that_another_process_locks_for_a_moment_is_waited_for(
    sqlite: tuple[Database, SqlGradeStore], tmp_path: Path
) -> None:
    _, store = sqlite
    with closing(sqlite3.connect(tmp_path / "grader.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        saving = asyncio.create_task(store.save("one", grade()))
        await asyncio.sleep(WAIT / 5)
        assert await store.find("one", "g-1") is None  # reading does not wait
        other.execute("COMMIT")
    await saving
    assert await store.find("one", "g-1") == grade()


async def test_a_file_that_stays_locked_is_named_for_all_that_wait_and_works_when_it_is_free(
    sqlite: tuple[Database, SqlGradeStore], tmp_path: Path
) -> None:
    _, store = sqlite
    with closing(sqlite3.connect(tmp_path / "grader.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        found = await asyncio.gather(
            *(store.save("one", grade(f"g-{number}")) for number in range(20)), return_exceptions=True
        )
        assert time.monotonic() - start < 2 * WAIT + SLACK
        assert {type(outcome) for outcome in found} == {StorageBusy}
        other.execute("ROLLBACK")
    await store.save("one", grade("after"))
    assert [await store.find("one", f"g-{number}") for number in range(20)] == [None] * 20
    assert await store.find("one", "after") is not None


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "grader.db").write_text("This is not a database, but it is long enough to be read. " * 20)
    with pytest.raises(StorageError, match="SQLITE_NOTADB"):
        await Database(f"sqlite:///{tmp_path / 'grader.db'}").open()


async def test_a_server_that_restarts_costs_no_request_after_it(own_postgres: Postgres, own_url: str) -> None:
    async with opened(own_url) as (_, store):
        await asyncio.gather(*(store.save("one", grade(f"g-{number}")) for number in range(10)))
        own_postgres.control("restart", "-m", "immediate")
        found = await asyncio.gather(*(store.find("one", f"g-{number}") for number in range(10)))
        assert None not in found
        await store.save("one", grade("after"))


async def test_a_server_that_is_away_is_named_at_once_and_used_when_it_is_back(
    own_postgres: Postgres, own_url: str
) -> None:
    async with opened(own_url) as (database, store):
        await store.save("one", grade())
        own_postgres.control("stop", "-m", "immediate")
        for operation in (store.save("one", grade("lost")), store.find("one", "g-1"), database.check()):
            start = time.monotonic()
            with pytest.raises(StorageAway, match="cannot be reached"):
                await operation
            assert time.monotonic() - start < SLACK
        with pytest.raises(StorageAway):
            await Database(own_url).open()
        own_postgres.control("start")
        await database.check()
        assert await store.find("one", "g-1") == grade()
        await store.save("one", grade("after"))


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.slow)])
async def test_what_was_acknowledged_before_a_restart_under_writers_is_there_after_it(
    own_postgres: Postgres, own_url: str, rounds: int
) -> None:
    acknowledged: set[str] = set()
    failures: set[type[Exception]] = set()
    stop = asyncio.Event()

    async def writer(place: int, store: SqlGradeStore) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                await store.save("one", grade(f"{place}-{number}"))
                acknowledged.add(f"{place}-{number}")
            except StorageError as error:
                failures.add(type(error))
                await asyncio.sleep(0.01)

    async with opened(own_url) as (_, store):
        writers = [asyncio.create_task(writer(place, store)) for place in range(16)]
        for _ in range(rounds):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(own_postgres.control, "restart", "-m", "immediate")
            before = len(acknowledged)
            async with asyncio.timeout(10):  # the pool recovers
                while len(acknowledged) == before:  # noqa: ASYNC110 - what is waited for is the next save
                    await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*writers)
        assert [grade_id for grade_id in acknowledged if await store.find("one", grade_id) is None] == []
    assert failures <= {StorageAway, StorageBusy}


async def test_a_row_that_another_transaction_holds_is_waited_for_and_then_named(postgres: Postgres) -> None:
    with postgres.database() as name:
        async with opened(postgres.url(name, SERVER)) as (_, store):
            await store.save("one", grade())
            with psycopg.connect(postgres.url(name, OWNER)) as other:
                other.execute("LOCK TABLE grades IN ACCESS EXCLUSIVE MODE")
                start = time.monotonic()
                with pytest.raises(StorageBusy):
                    await store.find("one", "g-1")
                assert WAIT <= time.monotonic() - start < WAIT + SLACK
                other.rollback()
            assert await store.find("one", "g-1") == grade()


async def test_a_full_postgresql_is_named(postgres: Postgres) -> None:
    with postgres.database() as name:
        postgres.run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER full_disk BEFORE INSERT ON grades FOR EACH ROW EXECUTE FUNCTION full_disk()",
            database=name,
        )
        async with opened(postgres.url(name, SERVER)) as (_, store):
            with pytest.raises(StorageFull, match="no room"):
                await store.save("one", grade())
            assert await store.find("one", "g-1") is None


async def test_no_error_repeats_what_somebody_wrote(database: Database) -> None:
    store = SqlGradeStore(database)
    marked = grade("secret-id-4711", candidate_ref="anna@example.org", missed=("what she wrote",))
    await store.save("one", marked)
    with pytest.raises(AlreadyStored) as error:
        await store.save("one", marked)
    told = f"{error.value!r} {error.value.__cause__!r}"
    assert not any(secret in told for secret in ("4711", "anna", "what she wrote", "INSERT"))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////proc/nowhere/grader.db",
        "sqlite:////dev/null/grader.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+nodriver://me:hunter2@db.invalid/grader",
        "postgresql://me:hunter2@127.0.0.1:1/grader",
        "mysql+aiomysql://me:hunter2@db.invalid/grader",
        "postgresql://me:hunter2@db.invalid:port/grader",
        "hunter2",
    ],
)
async def test_a_database_that_cannot_be_opened_is_a_storage_error_without_its_password(url: str) -> None:
    with pytest.raises(StorageError) as error:
        await Database(url).open()
    assert "hunter2" not in f"{error.value!r} {error.value.__cause__!r}"


async def test_a_database_that_is_not_open_is_named(database_url: str) -> None:
    with pytest.raises(StorageError, match="not open"):
        await Database(database_url).check()


async def test_a_row_from_another_version_is_named_and_hurts_no_other(database: Database) -> None:
    store = SqlGradeStore(database)
    await store.save("one", grade("good"))
    await store.save("one", grade("odd", question_id="Q"))
    async with database.writing("one") as rows:
        changed = func.replace(GRADES.c.grade, '"graded"', '"shining"')
        await rows.execute(update(GRADES).where(GRADES.c.id == "odd").values(grade=changed))
    with pytest.raises(StorageError, match="this version: status"):
        await store.find("one", "odd")
    assert await store.find("one", "good") == grade("good")
