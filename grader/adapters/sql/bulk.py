"""Bulk jobs in a SQL database; of a request only the hash is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Boolean, Column, Index, Row, String, Text, delete, insert, or_, select, text, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.ports import BulkJob

JOBS: Final = owned_table(
    "bulk_jobs",
    Column("id", String(64), primary_key=True),
    Column("begun_at", UtcDateTime, nullable=False, index=True),
    Column("job_id", String(200), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("erased", Boolean, nullable=False),
)
REQUESTS: Final = owned_table(
    "bulk_requests",
    Column("request", String(64), primary_key=True),
    Column("job", String(64), nullable=False),
    Column("candidate_ref", Text),
    Index("ix_bulk_requests_job", "job"),
    Index(
        "ix_bulk_requests_tenant_candidate",
        "tenant",
        "candidate_ref",
        sqlite_where=text("candidate_ref IS NOT NULL"),
        postgresql_where=text("candidate_ref IS NOT NULL"),
    ),
)
_FIELDS: Final = [column for column in JOBS.c if column.name != "tenant"]

AT_ONCE: Final = 500
"""Keys in one statement: PostgreSQL and SQLite take tens of thousands, slowly."""


class SqlBulkJobStore:
    """A BulkJobStore; a key is unique over all tenants, since it is a hash over the tenant too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, tenant: str, job: BulkJob, about: Mapping[str, str | None]) -> frozenset[str]:
        """Those of the requests that are in no other job yet."""
        noted = [{"request": key, "job": job.id, "candidate_ref": ref} for key, ref in about.items()]
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(JOBS).values(vars(job)))
            return frozenset([str(row["request"]) for row in noted if await rows.keep_first(REQUESTS, row)])

    async def accepted(self, tenant: str, job: BulkJob) -> None:
        """Note the endpoint's id."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(JOBS).where(JOBS.c.id == job.id).values(job_id=job.job_id))

    async def of(self, tenant: str, keys: Collection[str]) -> dict[str, BulkJob]:
        """The job of each of these requests."""
        found: dict[str, BulkJob] = {}
        fields = select(REQUESTS.c.request, *_FIELDS)
        joined = fields.join_from(REQUESTS, JOBS, REQUESTS.c.job == JOBS.c.id)
        async with self._database.reading(tenant) as rows:
            for some in _pieces(keys):
                for row in (await rows.execute(joined.where(REQUESTS.c.request.in_(some)))).all():
                    found[row.request] = _job(row)
        return found

    async def drop(self, tenant: str, keys: Collection[str]) -> None:
        """They are in no job any more."""
        async with self._database.writing(tenant) as rows:
            for some in _pieces(keys):
                await rows.execute(delete(REQUESTS).where(REQUESTS.c.request.in_(some)))

    async def ended(self, tenant: str, job_id: str, at: datetime) -> None:
        """Note that nobody waits for it any more."""
        this = (JOBS.c.id == job_id) & JOBS.c.ended_at.is_(None)
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(JOBS).where(this).values(ended_at=at))

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Forget this candidate's requests, and mark their jobs."""
        theirs = REQUESTS.c.candidate_ref == candidate_ref
        async with self._database.writing(tenant) as rows:
            jobs = set((await rows.execute(select(REQUESTS.c.job).where(theirs))).scalars().all())
            await rows.execute(update(JOBS).where(JOBS.c.id.in_(jobs)).values(erased=True))
            return (await rows.execute(delete(REQUESTS).where(theirs))).rowcount

    async def due(self, *, ended_before: datetime, begun_before: datetime) -> tuple[tuple[str, BulkJob], ...]:
        """The jobs that the endpoint may forget."""
        old = or_(JOBS.c.ended_at < ended_before, JOBS.c.begun_at < begun_before, JOBS.c.erased)
        async with self._database.reading(EVERY_TENANT) as rows:
            found = (await rows.execute(select(JOBS).where(old).order_by(JOBS.c.begun_at))).all()
        return tuple((row.tenant, _job(row)) for row in found)

    async def remove(self, tenant: str, job_id: str) -> None:
        """Delete it, and what is known of its requests."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(REQUESTS).where(REQUESTS.c.job == job_id))
            await rows.execute(delete(JOBS).where(JOBS.c.id == job_id))


def _job(row: Row[Any]) -> BulkJob:
    return BulkJob(row.id, row.begun_at, row.job_id, row.ended_at, bool(row.erased))


def _pieces(keys: Collection[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
