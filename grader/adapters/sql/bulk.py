"""Bulk jobs in a SQL database; of a request only the hash is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Column, Index, String, delete, insert, select, update

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.ports import BulkJob

JOBS: Final = owned_table(
    "bulk_jobs",
    Column("id", String(64), primary_key=True),
    Column("begun_at", UtcDateTime, nullable=False, index=True),
    Column("job_id", String(200), nullable=False),
)
REQUESTS: Final = owned_table(
    "bulk_requests",
    Column("request", String(64), primary_key=True),
    Column("job", String(64), nullable=False),
    Index("ix_bulk_requests_job", "job"),
)

AT_ONCE: Final = 500
"""Keys in one statement: PostgreSQL and SQLite take tens of thousands, slowly."""


class SqlBulkJobStore:
    """A BulkJobStore; a key is unique over all tenants, since it is a hash over the tenant too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, tenant: str, job: BulkJob, keys: Collection[str]) -> frozenset[str]:
        """Those of the requests that are in no other job yet."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(insert(JOBS).values(id=job.id, begun_at=job.begun_at, job_id=job.job_id))
            return frozenset([key for key in keys if await rows.keep_first(REQUESTS, {"request": key, "job": job.id})])

    async def accepted(self, tenant: str, job: BulkJob) -> None:
        """Note the endpoint's id."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(update(JOBS).where(JOBS.c.id == job.id).values(job_id=job.job_id))

    async def of(self, tenant: str, keys: Collection[str]) -> dict[str, BulkJob]:
        """The job of each of these requests."""
        found: dict[str, BulkJob] = {}
        fields = select(REQUESTS.c.request, JOBS.c.id, JOBS.c.begun_at, JOBS.c.job_id)
        joined = fields.join_from(REQUESTS, JOBS, REQUESTS.c.job == JOBS.c.id)
        async with self._database.reading(tenant) as rows:
            for some in _pieces(keys):
                for row in (await rows.execute(joined.where(REQUESTS.c.request.in_(some)))).all():
                    found[row.request] = BulkJob(row.id, row.begun_at, row.job_id)
        return found

    async def drop(self, tenant: str, keys: Collection[str]) -> None:
        """They are in no job any more."""
        async with self._database.writing(tenant) as rows:
            for some in _pieces(keys):
                await rows.execute(delete(REQUESTS).where(REQUESTS.c.request.in_(some)))

    async def purge(self, before: datetime) -> int:
        """Delete the jobs begun before."""
        old = JOBS.c.begun_at < before
        async with self._database.writing(EVERY_TENANT) as rows:
            await rows.execute(delete(REQUESTS).where(REQUESTS.c.job.in_(select(JOBS.c.id).where(old))))
            return (await rows.execute(delete(JOBS).where(old))).rowcount


def _pieces(keys: Collection[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
