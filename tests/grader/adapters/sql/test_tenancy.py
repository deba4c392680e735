"""No statement reaches another tenant's rows: by the filter on both databases, by PostgreSQL's policies without it."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import (
    DDL,
    Column,
    Executable,
    MetaData,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import sqlite

from grader.adapters.sql import Database, tenancy
from grader.adapters.sql.responses import RESPONSES, SUBJECTS
from grader.adapters.sql.tenancy import EVERY_TENANT, scoped
from grader.errors import StorageError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOTES = Table("notes", MetaData(), Column("tenant", String), Column("id", String), Column("said", String))
PLAIN = Table("plain", NOTES.metadata, Column("id", String))
OTHER = NOTES.alias("other")

STATEMENTS: dict[str, tuple[Executable, int]] = {
    "select": (select(NOTES.c.id), 1),
    "select with a condition": (select(NOTES.c.id).where((NOTES.c.id == "a") | (NOTES.c.said == "b")), 1),
    "count": (select(func.count()).select_from(NOTES), 1),
    "join": (select(NOTES.c.id).join(OTHER, OTHER.c.id == NOTES.c.said), 2),
    "join with what nobody owns": (select(PLAIN.c.id).join(NOTES, NOTES.c.id == PLAIN.c.id), 1),
    "sub-select": (select(PLAIN.c.id).where(PLAIN.c.id.in_(select(NOTES.c.id))), 1),
    "correlated exists": (select(NOTES.c.id).where(exists().where(OTHER.c.said == NOTES.c.id)), 3),
    "select from a sub-select": (select(select(NOTES.c.id).subquery().c.id), 1),
    "common table expression": (select(select(NOTES.c.id).cte("mine").c.id), 1),
    "union": (union_all(select(NOTES.c.id), select(OTHER.c.said)), 2),
    "update": (update(NOTES).values(said="x"), 1),
    "update by a sub-select": (update(PLAIN).values(id=select(NOTES.c.id).limit(1).scalar_subquery()), 1),
    "delete": (delete(NOTES), 1),
    "delete by a sub-select": (delete(NOTES).where(NOTES.c.id.in_(select(OTHER.c.said))), 2),
    "what nobody owns": (select(PLAIN.c.id), 0),
}


def in_words(statement: Executable) -> str:
    return str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_owned_table_in_a_statement_is_narrowed_to_the_tenant(name: str) -> None:
    statement, tables = STATEMENTS[name]
    assert in_words(scoped(statement, "one")).count("tenant = 'one'") == tables


def test_an_insert_gets_the_tenants_name_whatever_it_says() -> None:
    assert "'one'" in in_words(scoped(insert(NOTES).values(tenant="two", id="a"), "one"))


def test_the_services_own_work_sees_every_tenant() -> None:
    statement = select(NOTES.c.id)
    assert scoped(statement, EVERY_TENANT) is statement


@pytest.mark.parametrize("statement", [text("SELECT * FROM grades"), DDL("DROP TABLE grades")])
def test_a_statement_that_cannot_be_narrowed_is_refused(statement: Executable) -> None:
    with pytest.raises(StorageError, match="narrowed"):
        scoped(statement, "one")


async def test_a_connection_that_was_given_back_is_of_no_use(database: Database) -> None:
    async with database.reading("one") as rows:
        pass
    with pytest.raises(StorageError, match="given back"):
        await rows.scalar(select(SUBJECTS.c.key))


async def filled(database: Database) -> Database:
    """Each of two tenants has a row in two tables."""
    for tenant in ("one", "two"):
        async with database.writing(tenant) as rows:
            await rows.execute(insert(RESPONSES), [{"key": tenant, "stored_at": NOON, "completion": "{}"}])
            await rows.keep_first(SUBJECTS, {"candidate_ref": "anna", "key": tenant})
    return database


async def test_an_update_or_delete_of_everything_stops_at_the_tenants_own(database: Database) -> None:
    await filled(database)
    async with database.writing("one") as rows:
        assert (await rows.execute(update(RESPONSES).values(completion="changed"))).rowcount == 1
        assert (await rows.execute(delete(SUBJECTS))).rowcount == 1
    async with database.reading("two") as rows:
        assert await rows.scalar(select(RESPONSES.c.completion)) == "{}"
        assert await rows.scalar(select(SUBJECTS.c.key)) == "two"


async def test_what_every_tenant_has_is_seen_by_the_services_own_work_only(database: Database) -> None:
    await filled(database)
    async with database.reading(EVERY_TENANT) as rows:
        assert await rows.scalar(select(func.count()).select_from(RESPONSES)) == 2


async def test_a_row_cannot_be_made_or_become_anothers(database: Database) -> None:
    await filled(database)
    async with database.writing("one") as rows:
        await rows.execute(
            insert(RESPONSES).values(tenant="two", key="new", stored_at=NOON, completion="{}"),
        )
    async with database.reading("two") as rows:
        assert await rows.scalar(select(func.count()).select_from(RESPONSES)) == 1


FOLDER = Path(tenancy.__file__).parent
ACROSS_TENANTS = {
    "audit.tenants",  # whose logs are to be verified
    "bulk.due",  # by age
    "chunks.running",  # the dispatcher serves everybody
    "chunks.sweep",  # by age
    "connections.owner",  # which platform calls is known only by its connection
    "database.check",  # reads nothing
    "idempotency.purge",  # by age
    "interviews.claim",  # the desk serves everybody in turn
    "keys.any",  # whether there is any key at all
    "keys.find",  # who asks is known only after it
    "keys.list",  # for the operator, on the command line
    "keys.used",
    "orders.due",  # the settlement serves everybody
    "orders.owner",  # whose candidate comes is known only by the order in the signed link
    "outbox.claim",  # the dispatcher serves everybody in turn
    "outbox.purge",  # by age
    "paces.lease",  # a provider's limit is everybody's
    "pending.claim",  # the worker serves everybody in turn
    "pending.count",
    "tenancy.run",  # what the others run prepared statements with
}
"""Where the service works across tenants, and why; anything else that does is a mistake."""


def test_only_the_services_own_work_is_done_across_tenants() -> None:
    found = set()
    for path in FOLDER.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef) and "EVERY_TENANT" in ast.unparse(function):
                found.add(f"{path.stem}.{function.name}")
    assert found == ACROSS_TENANTS
