"""One transaction for many writers: what is acknowledged is there, what failed is not, nobody loses by a neighbour."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, text
from sqlalchemy.engine import make_url

from grader.adapters.sql.sqlite import SqliteBackend
from grader.errors import StorageError
from grader.urgency import in_bulk


class Failed(Exception):
    """What a caller raises in its own turn."""


class Notes:
    """A table of numbers, written by turns."""

    def __init__(self, file: Path, *, turn_seconds: float = 10) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE kinds (id INTEGER PRIMARY KEY)")
            connection.execute(
                "CREATE TABLE notes (id INTEGER PRIMARY KEY,"
                " kind INTEGER REFERENCES kinds DEFERRABLE INITIALLY DEFERRED)"
            )
        self.file = file
        self.backend = SqliteBackend(make_url(f"sqlite:///{file}"), turn_seconds)

    async def write(self, number: int, *, fail: bool = False, pause: float = 0, kind: int | None = None) -> None:
        async with self.backend.writing("one") as connection:
            await connection.execute(text("INSERT INTO notes VALUES (:id, :kind)"), [{"id": number, "kind": kind}])
            await asyncio.sleep(pause)
            if fail:
                raise Failed

    def kept(self) -> list[int]:
        with closing(sqlite3.connect(self.file)) as connection:
            return [number for (number,) in connection.execute("SELECT id FROM notes ORDER BY id")]


@asynccontextmanager
async def serving(notes: Notes) -> AsyncIterator[Notes]:
    try:
        yield notes
    finally:
        await notes.backend.close()


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Notes]:
    async with serving(Notes(tmp_path / "notes.db")) as served:
        yield served


async def outcomes(*writes: object) -> list[BaseException | None]:
    return await asyncio.gather(*writes, return_exceptions=True)  # type: ignore[call-overload, no-any-return]


async def test_writes_at_the_same_time_share_a_commit(notes: Notes) -> None:
    commits: list[object] = []
    count = commits.append
    event.listen(Engine, "commit", count)
    try:
        assert await outcomes(*(notes.write(number) for number in range(64))) == [None] * 64
    finally:
        event.remove(Engine, "commit", count)
    assert notes.kept() == list(range(64))
    assert len(commits) <= 32


async def test_a_write_that_fails_is_undone_and_its_neighbours_are_kept(notes: Notes) -> None:
    found = await outcomes(notes.write(1), notes.write(2, fail=True), notes.write(1), notes.write(3))
    assert [type(outcome).__name__ for outcome in found] == ["NoneType", "Failed", "IntegrityError", "NoneType"]
    assert notes.kept() == [1, 3]


async def test_a_commit_that_fails_is_told_to_everybody_in_it_and_the_next_one_works(notes: Notes) -> None:
    found = await outcomes(notes.write(1), notes.write(2, kind=99))
    assert isinstance(found[1], StorageError)
    kept = [1] if found[0] is None else []  # on a busy machine the first may have been committed alone
    assert notes.kept() == kept
    await notes.write(3)
    assert notes.kept() == [*kept, 3]


def bulk_writes(notes: Notes, numbers: Sequence[int], pause: float) -> list[asyncio.Task[None]]:
    """Bulk work that waits for its turns, one behind the other."""
    with in_bulk():
        return [asyncio.create_task(notes.write(number, pause=pause)) for number in numbers]


async def test_who_is_waited_for_gets_a_turn_although_more_bulk_work_came_first_than_one_can_wait_for(
    tmp_path: Path,
) -> None:
    async with serving(Notes(tmp_path / "busy.db", turn_seconds=2)) as notes:
        bulk = bulk_writes(notes, range(1, 101), pause=0.06)  # six seconds, a turn in each transaction
        await asyncio.sleep(0)
        await notes.write(0)
        assert sum(each.done() for each in bulk) < len(bulk) / 2
        assert await outcomes(*bulk) == [None] * len(bulk)
    assert notes.kept() == list(range(101))


async def test_bulk_work_gets_its_turn_although_others_never_end(notes: Notes) -> None:
    await notes.write(0)
    single = [asyncio.create_task(notes.write(number, pause=0.06)) for number in range(2, 41)]
    (bulk,) = bulk_writes(notes, [1], pause=0)
    await bulk
    assert sum(each.done() for each in single) < len(single) / 2
    assert await outcomes(*single) == [None] * len(single)


async def test_a_turn_that_takes_too_long_is_lost_and_who_waits_behind_it_gets_the_next(tmp_path: Path) -> None:
    async with serving(Notes(tmp_path / "slow.db", turn_seconds=2)) as notes:
        slow = asyncio.create_task(notes.write(1, pause=60))
        await asyncio.sleep(0)
        assert [type(outcome) for outcome in await outcomes(slow, notes.write(2))] == [TimeoutError, type(None)]
    assert notes.kept() == [2]


async def test_who_gives_up_while_waiting_or_writing_leaves_nothing_and_stops_nobody(notes: Notes) -> None:
    writing = asyncio.create_task(notes.write(1, pause=60))
    waiting = asyncio.create_task(notes.write(2))
    await asyncio.sleep(0.1)
    waiting.cancel()
    writing.cancel()
    await asyncio.wait([writing, waiting])
    await notes.write(3)
    assert notes.kept() == [3]


async def test_stopping_is_told_to_whoever_still_waits(notes: Notes) -> None:
    writing = asyncio.create_task(notes.write(1, pause=2))
    waiting = asyncio.create_task(notes.write(2))
    await asyncio.sleep(0.1)
    await notes.backend.close()
    assert [isinstance(outcome, StorageError) for outcome in await outcomes(writing, waiting)] == [True, True]
    assert notes.kept() == []


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["write", "fail", "duplicate", "give up at once", "give up in it"]), max_size=24))
def test_exactly_what_was_acknowledged_is_there(plans: Sequence[str]) -> None:
    with TemporaryDirectory() as folder:
        acknowledged, kept = asyncio.run(played(Path(folder) / "notes.db", plans))
    assert kept == sorted(acknowledged)


async def played(file: Path, plans: Sequence[str]) -> tuple[list[int], list[int]]:
    async with serving(Notes(file)) as notes:
        tasks = {}
        for number, plan in enumerate(plans):
            which = 0 if plan == "duplicate" else number + 1
            pause = 60 if plan == "give up in it" else 0
            tasks[number] = asyncio.create_task(notes.write(which, fail=plan == "fail", pause=pause))
            if plan == "give up at once":
                tasks[number].cancel()
        for number, plan in enumerate(plans):
            if plan == "give up in it":
                done, _ = await asyncio.wait([tasks[number]], timeout=0.02)
                if not done:
                    tasks[number].cancel()
        results = await asyncio.gather(*tasks.values(), return_exceptions=True)
        done = [number for number, outcome in enumerate(results) if outcome is None]
        return [0 if plans[number] == "duplicate" else number + 1 for number in done], notes.kept()
