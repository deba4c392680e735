"""A fake of the store of bulk jobs, in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from grader.ports import BulkJob


@dataclass
class FakeBulkJobStore:
    """Keeps jobs in memory."""

    jobs: dict[tuple[str, str], BulkJob] = field(default_factory=dict)
    requests: dict[tuple[str, str], str] = field(default_factory=dict)

    async def begin(self, tenant: str, job: BulkJob, keys: Collection[str]) -> frozenset[str]:
        """Those of the requests that are in no other job yet."""
        fresh = frozenset(key for key in keys if (tenant, key) not in self.requests)
        self.jobs[tenant, job.id] = job
        self.requests |= {(tenant, key): job.id for key in fresh}
        return fresh

    async def accepted(self, tenant: str, job: BulkJob) -> None:
        """Note the endpoint's id."""
        self.jobs[tenant, job.id] = job

    async def of(self, tenant: str, keys: Collection[str]) -> dict[str, BulkJob]:
        """The job of each of these requests."""
        found = {key: self.requests.get((tenant, key)) for key in keys}
        return {key: self.jobs[tenant, job_id] for key, job_id in found.items() if job_id is not None}

    async def drop(self, tenant: str, keys: Collection[str]) -> None:
        """They are in no job any more."""
        for key in keys:
            self.requests.pop((tenant, key), None)

    async def purge(self, before: datetime) -> int:
        """Delete the jobs begun before."""
        old = {place for place, job in self.jobs.items() if job.begun_at < before}
        self.jobs = {place: job for place, job in self.jobs.items() if place not in old}
        self.requests = {place: job for place, job in self.requests.items() if (place[0], job) not in old}
        return len(old)
