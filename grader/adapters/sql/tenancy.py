"""Whose rows: the one place where a tenant's name enters statements.

A connection is opened for one tenant, and every statement that runs on it is narrowed to that tenant's rows; PostgreSQL
holds the same line by its own policies (`row_security`), for the day on which this file is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, Self, cast

from sqlalchemy import (
    Alias,
    BindParameter,
    CompoundSelect,
    CursorResult,
    Delete,
    Executable,
    FromClause,
    Insert,
    Join,
    Select,
    Table,
    Update,
    bindparam,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate, replacement_traverse

from grader.errors import StorageError

EVERY_TENANT: Final = "*"
"""For the service's own work across tenants (finding a key, sweeping); no tenant can have this name."""

_OWNER: Final = "owner_of_rows"
"""The parameter of a prepared statement that says whose rows it is about."""

Row = Mapping[str, Any]
_Narrowable = Select[Any] | Update | Delete | CompoundSelect[Any]


class Statements(Protocol):
    """A connection in a transaction, of whichever database."""

    @property
    def dialect(self) -> str:
        """Whose SQL it speaks: `sqlite` or `postgresql`."""
        ...

    async def execute(self, statement: Executable, rows: Sequence[Row] | Row | None = None) -> CursorResult[Any]:
        """Run a statement with the values of its parameters, or of several rows; all it finds is there on return."""
        ...

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """A part that is undone by itself when it fails."""
        ...


class Prepared:
    """A statement with parameters that is put together and narrowed once: for what every other request does."""

    def __init__(self, statement: Executable) -> None:
        self.whole = statement
        self.narrowed = scoped(statement, bindparam(_OWNER))


class TenantConnection:
    """A connection on which one tenant's rows are all there is; useless once its `async with` has ended."""

    def __init__(self, connection: Statements, tenant: str) -> None:
        self._connection: Statements | None = connection
        self.tenant = tenant

    async def execute(self, statement: Executable, rows: Sequence[Row] | None = None) -> CursorResult[Any]:
        """Run a statement on the tenant's rows; `rows` are those of an insert, which get the tenant's name."""
        connection = self._open()
        if isinstance(statement, Insert) and rows is not None:
            owned = [self._owned(statement.table, row) for row in rows]
            return await connection.execute(statement, owned[0] if len(owned) == 1 else owned)
        return await connection.execute(scoped(statement, self.tenant))

    async def run(self, prepared: Prepared, **values: Any) -> CursorResult[Any]:  # noqa: ANN401 - as the columns are
        """Run a prepared statement on the tenant's rows."""
        if self.tenant == EVERY_TENANT:
            return await self._open().execute(prepared.whole, values)
        return await self._open().execute(prepared.narrowed, values | {_OWNER: self.tenant})

    async def scalar(self, statement: Executable) -> Any:  # noqa: ANN401 - what the column holds
        """The first column of the first row, or None."""
        return (await self.execute(statement)).scalar()

    async def keep_first(self, table: Table, row: Row) -> bool:
        """Insert a row unless one with its key is there already; whether it was inserted."""
        statement = self.insert(table).values(self._owned(table, row)).on_conflict_do_nothing()
        return (await self._open().execute(statement.execution_options(preserve_rowcount=True))).rowcount > 0

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what is to be done with a row whose key is there already."""
        if self._open().dialect == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    @property
    def takes_turns(self) -> bool:
        """Whether others may write at the same time, so that a row can be locked against them."""
        return self._open().dialect != "sqlite"

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """A part that is undone by itself when it fails."""
        return self._open().savepoint()

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._open().execute(select(1))

    @property
    def is_open(self) -> bool:
        """Whether it has not been given back."""
        return self._connection is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection = None  # it may serve somebody else from now on

    def _open(self) -> Statements:
        if self._connection is None:
            raise StorageError("this connection has been given back; open another with reading() or writing()")
        return self._connection

    def _owned(self, table: FromClause, row: Row) -> Row:
        if "tenant" not in table.c or self.tenant == EVERY_TENANT:
            return row
        return {**row, "tenant": self.tenant}


def scoped(statement: Executable, tenant: str | BindParameter[str]) -> Executable:
    """The same statement for one tenant's rows only, in sub-selects too; StorageError where that cannot be told."""
    if isinstance(tenant, str) and tenant == EVERY_TENANT:
        return statement
    if isinstance(statement, Insert):
        return statement.values(tenant=tenant) if "tenant" in statement.table.c else statement
    if not isinstance(statement, Select | Update | Delete | CompoundSelect):
        raise StorageError(f"a {type(statement).__name__} cannot be narrowed to a tenant; use select, update or delete")
    return _narrowed(statement, tenant)


def _narrowed(statement: _Narrowable, tenant: str | BindParameter[str]) -> _Narrowable:
    def inner(element: ExternallyTraversible, **_options: object) -> ExternallyTraversible | None:
        return _narrowed(cast(_Narrowable, element), tenant) if is_inner(element) else None

    def is_inner(element: object) -> bool:
        return isinstance(element, Select) and element is not statement

    whole = statement
    if any(map(is_inner, iterate(statement))):
        whole = cast(_Narrowable, replacement_traverse(cast(ExternallyTraversible, statement), {}, inner))
    if isinstance(whole, CompoundSelect):
        return whole
    return whole.where(*(owned.c.tenant == tenant for owned in _owned_in(whole)))


def _owned_in(statement: Select[Any] | Update | Delete) -> list[FromClause]:
    """What a statement takes its rows from and what belongs to somebody, each once; joins are taken apart."""
    waiting: list[object] = list(statement.get_children()) if isinstance(statement, Select) else [statement.table]
    found: dict[FromClause, None] = {}
    while waiting:
        source = waiting.pop()
        if isinstance(source, Join):
            waiting += [source.left, source.right]
        elif isinstance(source, Table | Alias) and isinstance(_table(source), Table) and "tenant" in source.c:
            found[source] = None
    return list(found)


def _table(source: FromClause) -> object:
    """The table behind an alias; a sub-select stays what it is, it has been narrowed already."""
    while isinstance(source, Alias):
        source = source.element
    return source
