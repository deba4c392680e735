"""Versions of rubrics and rulings on them in a SQL database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from pydantic import ValidationError
from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Select,
    String,
    Text,
    UniqueConstraint,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)

from grader.adapters.sql.database import WAIT_SECONDS, Database
from grader.adapters.sql.grades import GRADES
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import TenantConnection
from grader.errors import StorageError
from grader.ports import Place
from grader.ports.rubrics import GivenGrade
from rubrics.versions import RubricVersion, State
from rubrics.versions.rulings import PointRuling

FRESH_SECONDS: Final = 2.0
"""How long what is published is believed: the longest that another process grades by the version before."""

MANY_QUESTIONS: Final = 1_000
"""Remembered at once, with their rubrics: some 10 MB."""

_PUBLISHED: Final = "state = 'published'"
"""At most one version of a question is, and the database holds that too."""

VERSIONS: Final = owned_table(
    "rubric_versions",
    Column("version_id", String(80), nullable=False),
    Column("question_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "version_id"),
    UniqueConstraint("tenant", "question_id", "number", name="uq_rubric_versions_tenant_number"),
    Index("ix_rubric_versions_tenant_state", "tenant", "state"),
    Index(
        "uq_rubric_versions_published",
        "tenant",
        "question_id",
        unique=True,
        sqlite_where=text(_PUBLISHED),
        postgresql_where=text(_PUBLISHED),
    ),
)
RULINGS: Final = owned_table(
    "rulings",
    Column("id", String(64), primary_key=True),
    Column("question_id", String(64), nullable=False),
    Column("ruled_at", UtcDateTime, nullable=False),
    Column("taken_into", String(80)),
    Column("ruling", Text, nullable=False),
    Index("ix_rulings_tenant_question", "tenant", "question_id"),
)


class _Recent:
    """What was published a moment ago: asked for with every grade, and hardly ever another."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, RubricVersion | None]] = {}
        self._changing: dict[str, float] = {}

    def find(self, tenant: str, question_id: str) -> tuple[RubricVersion | None] | None:
        """What was found, in a tuple; None where it must be looked up."""
        until, found = self._known.get((tenant, question_id), (0.0, None))
        return (found,) if until > self._clock() and not self._is_changing(tenant) else None

    def keep(self, tenant: str, question_id: str, found: RubricVersion | None) -> None:
        """Believe it for a while."""
        if self._is_changing(tenant):
            return
        if len(self._known) >= MANY_QUESTIONS:
            self._known.clear()
        self._known[tenant, question_id] = self._clock() + FRESH_SECONDS, found

    def change(self, tenant: str) -> None:
        """The tenant's versions are about to change: what is read until that is kept is not worth keeping."""
        self._known = {name: known for name, known in self._known.items() if name[0] != tenant}
        self._changing[tenant] = self._clock() + WAIT_SECONDS

    def _is_changing(self, tenant: str) -> bool:
        until = self._changing.get(tenant)
        if until is not None and until <= self._clock():
            del self._changing[tenant]
            return False
        return until is not None


class SqlRubricStore:
    """A RubricStore; state and time of a version stand in columns, all that never changes in one JSON text."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._recent = _Recent(clock)

    async def keep(self, tenant: str, version: RubricVersion) -> None:
        """Keep a new version."""
        self._recent.change(tenant)
        row = {
            "version_id": version.id,
            "question_id": version.question_id,
            "number": version.number,
            "state": version.state.value,
            "changed_at": version.changed_at,
            "version": version.model_dump_json(),
        }
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(VERSIONS).values(row))

    async def find(self, tenant: str, version_id: str) -> RubricVersion | None:
        """The version with this content hash, or None."""
        async with self._database.reading(tenant) as rows:
            return await _version(rows, version_id)

    async def versions(self, tenant: str, question_id: str) -> tuple[RubricVersion, ...]:
        """The versions of a question, the newest first."""
        if "\0" in question_id:  # PostgreSQL takes no such text, so nothing has such an id
            return ()
        async with self._database.reading(tenant) as rows:
            return await _versions(rows, _stored().where(VERSIONS.c.question_id == question_id))

    async def published(self, tenant: str, question_id: str) -> RubricVersion | None:
        """The published version of a question, or None."""
        if "\0" in question_id:
            return None
        known = self._recent.find(tenant, question_id)
        if known:
            return known[0]
        query = _stored().where(VERSIONS.c.question_id == question_id, VERSIONS.c.state == State.PUBLISHED.value)
        async with self._database.reading(tenant) as rows:
            found = next(iter(await _versions(rows, query)), None)
        self._recent.keep(tenant, question_id, found)
        return found

    async def in_state(self, tenant: str, state: State) -> tuple[RubricVersion, ...]:
        """The versions in a state, by question."""
        async with self._database.reading(tenant) as rows:
            return await _versions(rows, _stored().where(VERSIONS.c.state == state.value))

    async def page(
        self, tenant: str, state: State, *, limit: int, after: Place | None = None
    ) -> tuple[RubricVersion, ...]:
        """A page of the versions in a state, the last to get there first."""
        place = tuple_(VERSIONS.c.changed_at, VERSIONS.c.version_id)
        latest = VERSIONS.c.changed_at.desc(), VERSIONS.c.version_id.desc()
        query = _stored().where(VERSIONS.c.state == state.value).order_by(None).order_by(*latest).limit(limit)
        if after is not None:
            query = query.where(place < tuple_(literal(after.created_at, UtcDateTime), after.id))
        async with self._database.reading(tenant) as rows:
            return await _versions(rows, query)

    async def move(self, tenant: str, version_id: str, state: State, at: datetime) -> RubricVersion | None:
        """Put a version into a state; the published one steps aside for a new one in the same transaction."""
        self._recent.change(tenant)
        async with self._database.writing(tenant) as rows:
            version = await _version(rows, version_id)
            if version is None:
                return None
            moved = version.moved(state, at)
            if moved is version:
                return version
            if state is State.PUBLISHED:
                published = VERSIONS.c.state == State.PUBLISHED.value
                others = (VERSIONS.c.question_id == version.question_id) & published
                await rows.execute(update(VERSIONS).where(others).values(state=State.RETIRED.value, changed_at=at))
            this = VERSIONS.c.version_id == version_id
            await rows.execute(update(VERSIONS).where(this).values(state=state.value, changed_at=at))
            return moved

    async def rule(self, tenant: str, ruling: PointRuling) -> None:
        """Keep a ruling."""
        row = {
            "id": ruling.id,
            "question_id": ruling.question_id,
            "ruled_at": ruling.ruled_at,
            "ruling": ruling.model_dump_json(),
        }
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(RULINGS).values(row))

    async def pending(self, tenant: str, question_id: str) -> tuple[PointRuling, ...]:
        """The rulings that wait, the oldest first."""
        if "\0" in question_id:
            return ()
        waiting = (
            select(RULINGS.c.ruling)
            .where(RULINGS.c.question_id == question_id, RULINGS.c.taken_into.is_(None))
            .order_by(RULINGS.c.ruled_at, RULINGS.c.id)
        )
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(waiting)).scalars().all()
        return tuple(PointRuling.model_validate_json(each) for each in found)

    async def taken_in(self, tenant: str, ruling_ids: Collection[str], version_id: str) -> None:
        """These rulings wait no longer."""
        theirs = RULINGS.c.id.in_(tuple(ruling_ids))
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(RULINGS).where(theirs).values(taken_into=version_id))

    async def graded(self, tenant: str, version_id: str) -> tuple[GivenGrade, ...]:
        """Every stored grade under a version, the newest first."""
        if "\0" in version_id:
            return ()
        under = (
            select(GRADES.c.grade)
            .where(GRADES.c.rubric_hash == version_id)
            .order_by(GRADES.c.created_at.desc(), GRADES.c.id.desc())
        )
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(under)).scalars().all()
        try:
            return await asyncio.to_thread(lambda: tuple(map(GivenGrade.model_validate_json, found)))
        except ValidationError:
            raise StorageError("a stored grade cannot be read by this version") from None


def _stored() -> Select[tuple[str, str, datetime]]:
    columns = VERSIONS.c.version, VERSIONS.c.state, VERSIONS.c.changed_at
    return select(*columns).order_by(VERSIONS.c.question_id, VERSIONS.c.number.desc())


async def _version(rows: TenantConnection, version_id: str) -> RubricVersion | None:
    if "\0" in version_id:
        return None
    return next(iter(await _versions(rows, _stored().where(VERSIONS.c.version_id == version_id))), None)


async def _versions(rows: TenantConnection, query: Select[tuple[str, str, datetime]]) -> tuple[RubricVersion, ...]:
    found = (await rows.execute(query)).mappings().all()
    return tuple(
        RubricVersion.model_validate_json(row["version"]).model_copy(
            update={"state": State(row["state"]), "changed_at": row["changed_at"]}
        )
        for row in found
    )
