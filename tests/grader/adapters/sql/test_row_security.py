"""With the application's own filter gone, PostgreSQL still gives no tenant what is another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from grader.adapters.sql.schema import METADATA
from tests.postgres import OWNER, SERVER, Postgres

KEEP = "INSERT INTO responses (tenant, key, stored_at, completion) VALUES (%s, %s, now(), '{}')"


@pytest.fixture(params=[SERVER, OWNER])
def role(request: pytest.FixtureRequest) -> str:
    """Who serves: a role that owns nothing, and the owner of the tables."""
    return str(request.param)


@pytest.fixture
def url(postgres: Postgres, role: str) -> Iterator[str]:
    """A database in which two tenants have a row each."""
    with postgres.database() as name:
        for tenant in ("one", "two"):
            with transaction(postgres.url(name, role), tenant) as connection:
                connection.execute(KEEP, (tenant, tenant))
        yield postgres.url(name, role)


@contextmanager
def transaction(url: str, tenant: str | None) -> Iterator[psycopg.Connection]:
    """A transaction without the application's filter."""
    with psycopg.connect(url) as connection:
        if tenant is not None:
            connection.execute("SELECT set_config('app.tenant', %s, true)", (tenant,))
        yield connection


def test_a_select_of_everything_shows_the_tenants_own_rows(url: str) -> None:
    with transaction(url, "one") as connection:
        assert connection.execute("SELECT key FROM responses").fetchall() == [("one",)]


def test_an_update_and_a_delete_of_everything_reach_the_tenants_own_rows(url: str) -> None:
    with transaction(url, "one") as connection:
        assert connection.execute("UPDATE responses SET completion = 'x'").rowcount == 1
        assert connection.execute("DELETE FROM responses").rowcount == 1
    with transaction(url, "two") as connection:
        assert connection.execute("SELECT completion FROM responses").fetchall() == [("{}",)]


def test_a_row_cannot_be_written_for_or_handed_to_another_tenant(url: str) -> None:
    for statement in ("INSERT INTO responses VALUES ('k', now(), '{}', 'two')", "UPDATE responses SET tenant = 'two'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(url, "one") as connection:
            connection.execute(statement.encode())


@pytest.mark.parametrize("tenant", [None, "", "three", "ONE", "one'--", "%"])
def test_without_the_right_tenant_there_is_nothing(url: str, tenant: str | None) -> None:
    with transaction(url, tenant) as connection:
        assert connection.execute("SELECT key FROM responses").fetchall() == []


def test_the_tenant_of_one_transaction_is_forgotten_in_the_next(url: str) -> None:
    with psycopg.connect(url) as connection:
        for tenant, found in (("one", [("one",)]), (None, [])):
            with connection.transaction():
                if tenant is not None:
                    connection.execute("SELECT set_config('app.tenant', %s, true)", (tenant,))
                assert connection.execute("SELECT key FROM responses").fetchall() == found


def test_every_table_with_a_tenant_has_a_forced_policy(postgres: Postgres) -> None:
    with postgres.database() as name:
        rows = postgres.run(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, polname IS NOT NULL"
            " FROM pg_class LEFT JOIN pg_policy ON polrelid = pg_class.oid"
            " WHERE relkind = 'r' AND pg_class.oid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'tenant')",
            database=name,
        )
    declared = {table.name for table in METADATA.sorted_tables if "tenant" in table.c}
    assert {table for table, forced, policy in rows if forced and policy} == {table for table, *_ in rows} >= declared


def test_tests_serve_as_a_role_that_policies_bind(postgres: Postgres) -> None:
    named = sql.SQL("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = {}").format(sql.Literal(SERVER))
    assert postgres.run(named.as_string()) == [(False,)]
