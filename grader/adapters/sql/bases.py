"""What grades were made from, in a SQL database: the one place where a whole answer is kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Column, Index, LargeBinary, String, Text, delete, insert, select

from grader.adapters.sql.batch_grades import basis_in_batch
from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.ports.audit import Basis

BASES: Final = owned_table(
    "grade_bases",
    Column("grade_id", String(64), primary_key=True),
    Column("candidate_ref", Text),
    Column("kept_at", UtcDateTime, nullable=False),
    Column("request", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Index("ix_grade_bases_tenant_candidate", "tenant", "candidate_ref"),
    Index("ix_grade_bases_tenant_kept", "tenant", "kept_at"),
)
_FIELDS: Final = [column for column in BASES.c if column.name != "tenant"]
_KEEP: Final = insert(BASES)


class SqlBasisStore:
    """A BasisStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, tenant: str, basis: Basis) -> None:
        """Keep it; AlreadyStored if its grade has one."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(_KEEP, [{column.name: getattr(basis, column.name) for column in _FIELDS}])

    async def find(self, tenant: str, grade_id: str) -> Basis | None:
        """What the tenant's grade was made from, or None."""
        if "\0" in grade_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(BASES.c.grade_id == grade_id))).one_or_none()
            return Basis(**found._asdict()) if found else await basis_in_batch(rows, grade_id)

    async def erase(self, tenant: str, grade_ids: Collection[str]) -> int:
        """Delete what these grades were made from, salts included."""
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(BASES).where(BASES.c.grade_id.in_(grade_ids)))).rowcount
