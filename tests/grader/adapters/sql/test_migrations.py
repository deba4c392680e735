"""The schema over time: made, adopted, upgraded without loss, and shared with a program one version older or newer."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from grader.adapters.sql import Database, SqlGradeStore, SqlReferralStore
from grader.adapters.sql.migrations import State, revisions
from grader.adapters.sql.schema import METADATA
from grader.domain import Flag, Status
from grader.errors import SchemaOutdated, StorageError
from grader.ports import GradeFilter, ReferralFilter
from grader.referral import Reason
from tests.grader.adapters.sql import version_0_1
from tests.grader.adapters.sql.examples import grade
from tests.postgres import OWNER, SERVER, Postgres

REPLY = {"key": "r", "stored_at": grade().created_at, "completion": "{}"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where version 0.1 kept its database."""
    return tmp_path / "grader.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, file: Path) -> Iterator[str]:
    """A database as version 0.1 left it, with a grade and a reply; on PostgreSQL as the tables' owner."""
    if request.param == "sqlite":
        yield from filled(f"sqlite:///{file}")
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(template=None) as name:
        yield from filled(server.url(name, OWNER))


def filled(url: str) -> Iterator[str]:
    opened = version_0_1.engine(url)
    version_0_1.TABLES.create_all(opened)
    opened.dispose()
    version_0_1.save(url, grade(), REPLY)
    yield url


async def opened_and_closed(url: str) -> None:
    await (await upgraded(url)).close()


async def upgraded(url: str) -> Database:
    database = Database(url)
    await database.open(upgrade=True)
    return database


async def test_what_version_0_1_kept_is_there_after_the_upgrade(old: str) -> None:
    database = await upgraded(old)
    store = SqlGradeStore(database)
    assert await store.find("local", "g-1") == grade()
    assert await store.page("local", GradeFilter(candidate_ref="c-1"), limit=5) == (grade(),)
    async with database.reading("local") as rows:
        assert await rows.scalar(version_0_1.RESPONSES.select()) == "r"
    await database.close()


async def test_what_was_up_for_review_before_waits_for_a_person_after_the_upgrade(old: str) -> None:
    doubted = {"status": Status.NEEDS_REVIEW, "flags": (Flag.LOW_CONFIDENCE, Flag.THIN_QUOTE)}
    version_0_1.save(old, grade("doubted", **doubted))
    version_0_1.save(old, grade("ungraded", status=Status.UNGRADED, score=None))
    version_0_1.save(old, grade("suspect", status=Status.NEEDS_REVIEW, flags=(Flag.INSTRUCTION,)))
    database = await upgraded(old)
    waiting = await SqlReferralStore(database).page("local", ReferralFilter(), limit=9)
    assert {each.grade_id: set(each.reasons) for each in waiting} == {
        "doubted": {Reason.LOW_CONFIDENCE, Reason.DOUBTFUL},
        "ungraded": {Reason.UNGRADED},
        "suspect": {Reason.SUSPECT},
    }
    await database.close()


async def test_version_0_1_goes_on_reading_and_writing_the_upgraded_database(old: str) -> None:
    database = await upgraded(old)
    store = SqlGradeStore(database)
    await store.save("local", grade("new", regrade_of="g-1"))
    version_0_1.save(old, grade("theirs", candidate_ref="c-2"))
    assert await store.page("local", GradeFilter(candidate_ref="c-2"), limit=5) == (
        grade("theirs", candidate_ref="c-2"),
    )
    await database.close()
    assert version_0_1.find(old, "new") == grade("new", regrade_of="g-1")
    assert version_0_1.find(old, "g-1") == grade()


async def test_an_upgrade_that_ran_changes_nothing_the_second_time(old: str) -> None:
    await (await upgraded(old)).close()
    database = Database(old)
    assert (await database.open(upgrade=True)).state is State.CURRENT
    assert await SqlGradeStore(database).find("local", "g-1") == grade()
    await database.close()


async def test_several_that_upgrade_at_once_all_find_it_done(old: str) -> None:
    databases = await asyncio.gather(*(upgraded(old) for _ in range(3)))
    assert [await SqlGradeStore(database).find("local", "g-1") for database in databases] == [grade()] * 3
    await asyncio.gather(*(database.close() for database in databases))


async def test_a_file_of_version_0_1_that_somebody_writes_to_is_waited_for(file: Path) -> None:
    next(filled(f"sqlite:///{file}"))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        opening = asyncio.create_task(upgraded(f"sqlite:///{file}"))
        await asyncio.sleep(0.1)
        assert not opening.done()
        writer.execute("COMMIT")
        await (await opening).close()


async def test_an_upgrade_that_fails_leaves_everything_as_it_was(old: str) -> None:
    opened = version_0_1.engine(old)
    with opened.begin() as connection:  # in the way of the second step, after its first statements
        connection.execute(text("CREATE INDEX ix_grades_tenant_created ON grades (created_at)"))
    with pytest.raises(StorageError):
        await upgraded(old)
    with opened.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() is None
        assert set(connection.execute(text("SELECT * FROM grades")).keys()) == set(version_0_1.GRADES.c.keys())
    opened.dispose()


def test_a_file_is_copied_before_its_upgrade(file: Path) -> None:
    next(filled(f"sqlite:///{file}"))
    asyncio.run(opened_and_closed(f"sqlite:///{file}"))
    copies = list(file.parent.glob("grader.db.*.backup"))
    assert len(copies) == 1
    assert version_0_1.find(f"sqlite:///{copies[0]}", "g-1") == grade()
    with closing(sqlite3.connect(copies[0])) as copy:
        assert "tenant" not in {name for _, name, *_ in copy.execute("PRAGMA table_info(grades)")}


async def test_a_new_file_is_made_without_a_copy(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    assert (await database.schema()).state is State.EMPTY
    assert names_in(file.parent) == []
    assert (await database.open()).state is State.CURRENT
    await database.close()
    assert names_in(file.parent) == [file.name]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("state", [State.EMPTY, State.OUTDATED])
async def test_postgresql_is_not_touched_until_it_is_upgraded(postgres: Postgres, state: State) -> None:
    with postgres.database(template=None) as name:
        if state is State.OUTDATED:
            next(filled(postgres.url(name, OWNER)))
        database = Database(postgres.url(name, OWNER))
        with pytest.raises(SchemaOutdated, match="grader db upgrade"):
            await database.open()
        assert (await database.schema()).state is state
        await database.open(upgrade=True)
        await database.close()


async def test_a_database_of_a_newer_program_is_used_as_it_is(old: str) -> None:
    await (await upgraded(old)).close()
    opened = version_0_1.engine(old)
    with opened.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v9999_of_the_future'"))
        connection.execute(text("ALTER TABLE grades ADD COLUMN invented TEXT"))
    opened.dispose()
    database = Database(old)
    assert (await database.open()).state is State.NEWER
    await SqlGradeStore(database).save("local", grade("new"))
    assert await SqlGradeStore(database).find("local", "new") == grade("new")
    await database.close()
    assert (await Database(old).schema()).revision == "v9999_of_the_future"


async def test_the_tables_that_are_declared_are_those_the_migrations_make(old: str) -> None:
    await (await upgraded(old)).close()
    opened = version_0_1.engine(old)
    with opened.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    opened.dispose()
    assert differences == []


def test_revisions_fit_into_alembics_column() -> None:
    assert all(len(revision) <= 32 for revision in revisions())


def test_the_serving_role_may_read_and_write_what_the_owner_made(postgres: Postgres) -> None:
    with postgres.database() as name:
        version_0_1.save(postgres.url(name, SERVER), grade())
        assert version_0_1.find(postgres.url(name, SERVER), "g-1") == grade()
