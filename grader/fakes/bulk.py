"""A fake of the store of bulk jobs, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.ports import BulkJob


@dataclass
class FakeBulkJobStore:
    """Keeps jobs in memory."""

    jobs: dict[tuple[str, str], BulkJob] = field(default_factory=dict)
    requests: dict[tuple[str, str], str] = field(default_factory=dict)
    about: dict[tuple[str, str], str | None] = field(default_factory=dict)

    async def begin(self, tenant: str, job: BulkJob, about: Mapping[str, str | None]) -> frozenset[str]:
        """Those of the requests that are in no other job yet."""
        fresh = frozenset(key for key in about if (tenant, key) not in self.requests)
        self.jobs[tenant, job.id] = job
        self.requests |= {(tenant, key): job.id for key in fresh}
        self.about |= {(tenant, key): about[key] for key in fresh}
        return fresh

    async def accepted(self, tenant: str, job: BulkJob) -> None:
        """Note the endpoint's id."""
        self.jobs[tenant, job.id] = replace(self.jobs[tenant, job.id], job_id=job.job_id)

    async def of(self, tenant: str, keys: Collection[str]) -> dict[str, BulkJob]:
        """The job of each of these requests."""
        found = {key: self.requests.get((tenant, key)) for key in keys}
        return {key: self.jobs[tenant, job_id] for key, job_id in found.items() if job_id is not None}

    async def drop(self, tenant: str, keys: Collection[str]) -> None:
        """They are in no job any more."""
        for key in keys:
            self.requests.pop((tenant, key), None)

    async def ended(self, tenant: str, job_id: str, at: datetime) -> None:
        """Note that nobody waits for it any more."""
        job = self.jobs.get((tenant, job_id))
        if job is not None and job.ended_at is None:
            self.jobs[tenant, job_id] = replace(job, ended_at=at)

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Forget this candidate's requests, and mark their jobs."""
        theirs = [place for place in self.requests if place[0] == tenant and self.about[place] == candidate_ref]
        for place in theirs:
            job_id = self.requests.pop(place)
            self.jobs[tenant, job_id] = replace(self.jobs[tenant, job_id], erased=True)
        return len(theirs)

    async def due(self, *, ended_before: datetime, begun_before: datetime) -> tuple[tuple[str, BulkJob], ...]:
        """The jobs that the endpoint may forget."""

        def is_due(job: BulkJob) -> bool:
            ended = job.ended_at is not None and job.ended_at < ended_before
            return ended or job.begun_at < begun_before or job.erased

        return tuple((place[0], job) for place, job in self.jobs.items() if is_due(job))

    async def remove(self, tenant: str, job_id: str) -> None:
        """Delete it."""
        self.jobs.pop((tenant, job_id), None)
        self.requests = {place: job for place, job in self.requests.items() if (place[0], job) != (tenant, job_id)}
