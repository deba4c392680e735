"""What every GradeStore promises, asked of the fake and of SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from grader.adapters.sql import SqlGradeStore
from grader.domain import Grade, Label
from grader.errors import StorageError
from grader.fakes import FakeEmbedder, FakeGradeStore, FakeJudge
from grader.grading import Grader, Request
from grader.ports import GradeStore
from rubrics.bank import Bank


@pytest.fixture(params=["fake", "sqlite"])
async def store(request: pytest.FixtureRequest, database: str) -> AsyncIterator[GradeStore]:
    """Each store in turn, open and empty."""
    if request.param == "fake":
        yield FakeGradeStore()
        return
    sql = SqlGradeStore(database)
    await sql.open()
    yield sql
    await sql.close()


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A SQLite file in a folder that is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'grader.db'}"


async def new_grade(answer: str = "Each token sees a window of neighbours — “nur w” Stück 🪟.") -> Grade:
    judge = FakeJudge({"k1": Label.COVERED, "k2": Label.UNGRADED})
    grader = Grader({"fake": judge}, "fake", FakeEmbedder())
    return await grader.grade(Request(Bank().rubric("DL0028"), answer, candidate_ref="c-1"))


async def test_what_was_saved_is_found_as_it_was(store: GradeStore) -> None:
    grade = await new_grade()
    await store.save(grade)
    assert await store.find(grade.id) == grade


@pytest.mark.parametrize("grade_id", ["", "nobody", "\0", "' OR 1=1 --", "x" * 10_000])
async def test_an_unknown_id_finds_nothing(store: GradeStore, grade_id: str) -> None:
    await store.save(await new_grade())
    assert await store.find(grade_id) is None


async def test_an_id_is_kept_once_and_the_first_grade_stays(store: GradeStore) -> None:
    first = await new_grade()
    second = first.model_copy(update={"candidate_ref": "somebody else"})
    await store.save(first)
    with pytest.raises(StorageError):
        await store.save(second)
    assert await store.find(first.id) == first


async def test_grades_saved_at_the_same_time_are_all_kept(store: GradeStore) -> None:
    grades = [await new_grade() for _ in range(8)]
    await asyncio.gather(*(store.save(grade) for grade in grades))
    assert await asyncio.gather(*(store.find(grade.id) for grade in grades)) == grades


async def test_one_id_saved_at_the_same_time_is_kept_once(store: GradeStore) -> None:
    grade = await new_grade()
    outcomes = await asyncio.gather(*(store.save(grade) for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] == [StorageError] * 3


async def test_a_saved_grade_is_there_when_the_database_is_opened_again(database: str) -> None:
    grade = await new_grade()
    before, after = SqlGradeStore(database), SqlGradeStore(database)
    await before.open()
    await before.save(grade)
    await before.close()
    await after.open()
    assert await after.find(grade.id) == grade
    await after.close()


async def test_two_processes_can_use_one_file(database: str) -> None:
    one, other = SqlGradeStore(database), SqlGradeStore(database)
    await one.open()
    await other.open()
    mine, theirs = await new_grade(), await new_grade()
    await asyncio.gather(one.save(mine), other.save(theirs))
    assert (await one.find(theirs.id), await other.find(mine.id)) == (theirs, mine)
    await one.close()
    await other.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////proc/nowhere/grader.db",
        "sqlite+aiosqlite:////dev/null/grader.db",
        "sqlite:////tmp/grader.db",
        "postgresql+nodriver://me:hunter2@db.invalid/grader",
        "mysql+aiomysql://me:hunter2@db.invalid/grader",
        "postgresql://me:hunter2@db.invalid:port/grader",
        "hunter2",
    ],
)
async def test_a_database_that_cannot_be_opened_is_a_storage_error_without_its_password(url: str) -> None:
    with pytest.raises(StorageError) as error:
        await SqlGradeStore(url).open()
    assert "hunter2" not in str(error.value)


async def test_a_file_that_is_no_database_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "grader.db").write_text("This is not a database, but it is long enough to be read. " * 20)
    with pytest.raises(StorageError):
        await SqlGradeStore(f"sqlite+aiosqlite:///{tmp_path / 'grader.db'}").open()


async def test_a_store_that_is_not_open_is_a_storage_error(database: str) -> None:
    with pytest.raises(StorageError):
        await SqlGradeStore(database).find("x")


async def test_a_row_from_another_version_is_a_storage_error_and_hurts_no_other(database: str) -> None:
    store = SqlGradeStore(database)
    await store.open()
    good, odd = await new_grade(), await new_grade()
    await store.save(good)
    await store.save(odd)
    with closing(sqlite3.connect(database.removeprefix("sqlite+aiosqlite:///"))) as connection, connection:
        connection.execute("UPDATE grades SET grade = replace(grade, 'covered', 'shining') WHERE id = ?", (odd.id,))
    with pytest.raises(StorageError):
        await store.find(odd.id)
    assert await store.find(good.id) == good
    await store.close()
