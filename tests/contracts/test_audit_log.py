"""What every AuditLog promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Executable, delete, update

from grader.adapters.sql import Database, SqlAuditLog
from grader.adapters.sql.audit import ENTRIES
from grader.audit import Action, Anchor, Entry, Event, Walk
from grader.errors import StorageError
from grader.fakes import FakeAuditLog
from grader.ports import AuditLog
from tests.postgres import Postgres

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def log(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> AuditLog:
    """Each log in turn, empty."""
    if request.param == "fake":
        return FakeAuditLog(now=lambda: NOON)
    return SqlAuditLog(await open_database(request.param), now=lambda: NOON)


def event(subject: str = "grade-1") -> Event:
    return Event("local", Action.GRADED, subject, {"score": "0.5", "said": "“né à” 🪟"})


async def all_of(log: AuditLog, tenant: str) -> tuple[Entry, ...]:
    return await log.page(tenant, after=0, limit=1000)


async def holds(log: AuditLog, tenant: str) -> bool:
    walk = Walk(tenant)
    for entry in await all_of(log, tenant):
        walk.step(entry)
    return walk.arrive(await log.head(tenant)) is None


async def test_an_empty_log_has_the_genesis_as_its_head(log: AuditLog) -> None:
    assert (await log.head("one"), await all_of(log, "one"), await log.tenants()) == (Anchor(), (), ())


async def test_entries_are_chained_in_order_and_come_back_as_they_were(log: AuditLog) -> None:
    kept = [await log.append("one", event(f"grade-{number}")) for number in range(3)]
    assert await all_of(log, "one") == tuple(kept)
    assert await log.head("one") == Anchor(3, kept[-1].hash)
    assert kept[0].read()["at"] == "2026-11-21T12:00:00.000000+00:00"
    assert await holds(log, "one")


async def test_a_page_begins_behind_a_number_and_is_bounded(log: AuditLog) -> None:
    kept = [await log.append("one", event()) for _ in range(4)]
    assert await log.page("one", after=1, limit=2) == (kept[1], kept[2])
    assert await log.page("one", after=4, limit=2) == ()


async def test_entries_appended_at_the_same_time_are_one_chain(log: AuditLog) -> None:
    await asyncio.gather(*(log.append("one", event(f"grade-{number}")) for number in range(12)))
    entries = await all_of(log, "one")
    assert [entry.number for entry in entries] == list(range(1, 13))
    assert await holds(log, "one")


async def test_every_tenant_has_a_chain_of_its_own_and_sees_no_others(log: AuditLog) -> None:
    mine, theirs = await log.append("one", event()), await log.append("two", event())
    assert (mine.number, theirs.number) == (1, 1)
    assert await all_of(log, "one") == (mine,)
    assert await all_of(log, "nobody") == ()
    assert await log.head("nobody") == Anchor()
    assert await log.tenants() == ("one", "two")


async def test_an_entry_is_kept_with_what_it_speaks_of_or_not_at_all(database: Database) -> None:
    log = SqlAuditLog(database)
    await log.append("one", event())

    async def fail() -> None:
        async with database.together("one"):
            await log.append("one", event())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert (await log.head("one")).number == 1
    assert await holds(log, "one")


async def test_several_processes_append_to_one_chain(new_database: Callable[[str], str]) -> None:
    url, open_ones = new_database("postgresql"), []
    for _ in range(3):
        open_ones.append(Database(url))
        await open_ones[-1].open()
    logs = [SqlAuditLog(database) for database in open_ones]
    await asyncio.gather(*(log.append("one", event(f"grade-{number}")) for number in range(8) for log in logs))
    assert [entry.number for entry in await all_of(logs[0], "one")] == list(range(1, 25))
    assert await holds(logs[0], "one")
    for database in open_ones:
        await database.close()


async def test_who_is_undone_among_others_leaves_no_gap(database: Database) -> None:
    log = SqlAuditLog(database)

    async def append(number: int) -> None:
        async with database.together("one"):
            await log.append("one", event(f"grade-{number}"))
            if number % 3 == 0:
                raise RuntimeError

    found = await asyncio.gather(*map(append, range(12)), return_exceptions=True)
    assert [isinstance(outcome, RuntimeError) for outcome in found] == [number % 3 == 0 for number in range(12)]
    assert (await log.head("one")).number == 8
    assert await holds(log, "one")


@pytest.mark.parametrize("statement", [update(ENTRIES).values(text=""), delete(ENTRIES)], ids=["update", "delete"])
async def test_the_database_itself_refuses_to_change_an_entry(database: Database, statement: Executable) -> None:
    log = SqlAuditLog(database)
    await log.append("one", event())
    with pytest.raises(StorageError):
        async with database.writing("one") as rows:
            await rows.execute(statement)
    assert await holds(log, "one")


async def test_even_the_owner_of_a_postgresql_database_cannot_change_an_entry(
    postgres: Postgres, open_database: Callable[[str], Awaitable[Database]]
) -> None:
    database = await open_database("postgresql")
    await SqlAuditLog(database).append("one", event())
    name = database._url.database  # noqa: SLF001 - where the superuser goes in
    with pytest.raises(Exception, match="append-only"):
        postgres.run("DELETE FROM audit_entries", database=str(name))
