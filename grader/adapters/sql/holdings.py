"""How a grade stands, in one statement: what is asked again and again while a grade is waited for."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BindParameter, Column, bindparam, cast, exists, null, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from grader.adapters.sql.batch_grades import stored_in_batch
from grader.adapters.sql.database import Database
from grader.adapters.sql.grades import GRADES, read_grade
from grader.adapters.sql.pending import PENDING, PENDING_FIELDS, read_pending
from grader.adapters.sql.referrals import REFERRALS
from grader.adapters.sql.reviews import APPEALS, OVERRIDES
from grader.adapters.sql.tenancy import Prepared
from grader.ports import Holding

_ID: Final[BindParameter[str]] = bindparam("grade_id")


def _nothing(column: Column[object]) -> ColumnElement[object]:
    return cast(null(), column.type).label(column.name)


def _discussed(grade_id: ColumnElement[str]) -> ColumnElement[bool]:
    said = (exists().where(table.c.grade_id == grade_id) for table in (OVERRIDES, APPEALS))
    return or_(*said, exists().where(REFERRALS.c.grade_id == grade_id, REFERRALS.c.is_open.is_(False)))


_SAID: Final = Prepared(select(_discussed(_ID)))
_FIND: Final = Prepared(
    union_all(
        select(GRADES.c.grade, _discussed(GRADES.c.id).label("discussed"), *map(_nothing, PENDING_FIELDS)).where(
            GRADES.c.id == _ID
        ),
        select(_nothing(GRADES.c.grade), (PENDING.c.id != PENDING.c.id).label("discussed"), *PENDING_FIELDS).where(
            PENDING.c.id == _ID
        ),
    )
)


class SqlHoldings:
    """Holdings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant: str, grade_id: str) -> Holding:
        """The tenant's grade with this id, or the promise of it."""
        if "\0" in grade_id:  # PostgreSQL takes no such text, so nothing has such an id
            return Holding()
        async with self._database.reading(tenant) as rows:
            found = (await rows.run(_FIND, grade_id=grade_id)).first()
            if found is None:
                stored = await stored_in_batch(rows, grade_id)
                discussed = bool(stored) and bool((await rows.run(_SAID, grade_id=grade_id)).scalar())
                return Holding() if stored is None else Holding(read_grade(stored), discussed=discussed)
        if found.grade is None:
            return Holding(pending=read_pending(found))
        return Holding(read_grade(found.grade), discussed=bool(found.discussed))
