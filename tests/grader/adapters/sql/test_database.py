"""Transactions across stores: all or nothing, for one task and one tenant; and reads that see one moment."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from grader.adapters.sql import Database, SqlGradeStore
from grader.adapters.sql.grades import GRADES
from grader.errors import AlreadyStored, StorageError
from grader.ports import GradeFilter
from tests.grader.adapters.sql.examples import grade

ALL = GradeFilter()


class Failed(Exception):
    """What happens between two saves."""


@pytest.fixture
def store(database: Database) -> SqlGradeStore:
    return SqlGradeStore(database)


async def ids(store: SqlGradeStore, tenant: str = "one") -> set[str]:
    return {found.id for found in await store.page(tenant, ALL, limit=100)}


async def test_what_is_kept_together_is_there_afterwards(database: Database, store: SqlGradeStore) -> None:
    async with database.together("one"):
        await store.save("one", grade("a"))
        await store.save("one", grade("b"))
        assert await ids(store) == {"a", "b"}
    assert await ids(store) == {"a", "b"}


async def test_a_failure_between_undoes_all_that_was_kept_together(database: Database, store: SqlGradeStore) -> None:
    await store.save("one", grade("before"))
    with pytest.raises(Failed):  # noqa: PT012 - what is raised between two saves
        async with database.together("one"):
            await store.save("one", grade("a"))
            raise Failed
    assert await ids(store) == {"before"}


async def test_a_refused_part_that_is_handled_costs_the_rest_nothing(database: Database, store: SqlGradeStore) -> None:
    async with database.together("one"):
        await store.save("one", grade("a"))
        with pytest.raises(AlreadyStored):  # noqa: PT012 - what is undone with it
            async with database.together("one"):
                await store.save("one", grade("c"))
                await store.save("one", grade("a"))
        await store.save("one", grade("b"))
    assert await ids(store) == {"a", "b"}


async def test_nobody_else_sees_half_of_it(database: Database, store: SqlGradeStore) -> None:
    begun, looked = asyncio.Event(), asyncio.Event()

    async def somebody_else() -> set[str]:
        await begun.wait()
        found = await ids(store)
        looked.set()
        return found

    looking = asyncio.create_task(somebody_else())
    async with database.together("one"):
        await store.save("one", grade("a"))
        begun.set()
        await looked.wait()
        await store.save("one", grade("b"))
    assert await looking == set()


async def test_one_transaction_is_for_one_tenant(database: Database, store: SqlGradeStore) -> None:
    async with database.together("one"):
        with pytest.raises(StorageError, match="one tenant"):
            await store.find("two", "a")


async def test_a_task_that_outlives_the_transaction_it_began_in_has_its_own(
    database: Database, store: SqlGradeStore
) -> None:
    ended = asyncio.Event()

    async def later() -> None:
        await ended.wait()
        await store.save("one", grade("later"))

    async with database.together("one"):
        task = asyncio.create_task(later())
    ended.set()
    await task
    assert await ids(store) == {"later"}


async def test_one_read_sees_one_moment(database: Database, store: SqlGradeStore) -> None:
    count = select(func.count()).select_from(GRADES)
    async with database.reading("one") as rows:
        before = await rows.scalar(count)
        await store.save("one", grade())
        assert await rows.scalar(count) == before == 0
    async with database.reading("one") as rows:
        assert await rows.scalar(count) == 1


async def test_many_read_at_once_and_all_get_their_turn(database: Database, store: SqlGradeStore) -> None:
    await store.save("one", grade())

    async def reads_twice() -> int:
        async with database.reading("one") as rows:
            query = select(func.count()).select_from(GRADES)
            return int(await rows.scalar(query)) + int(await rows.scalar(query))

    assert await asyncio.gather(*(reads_twice() for _ in range(100))) == [2] * 100


async def test_who_gives_up_in_the_middle_of_a_statement_harms_no_other(store: SqlGradeStore) -> None:
    async def saved(number: int) -> None:
        await store.save("one", grade(f"g-{number}"))

    for seconds in (0.0, 0.001, 0.003, 0.01, 0.03):
        tasks = [asyncio.create_task(saved(number)) for number in range(20)]
        await asyncio.sleep(seconds)
        for task in tasks[::2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        there = await ids(store)
        assert {f"g-{number}" for number, outcome in enumerate(outcomes) if outcome is None} <= there
        assert {f"g-{number}" for number in range(1, 20, 2)} <= there
        await store.erase("one", "c-1")
