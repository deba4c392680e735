"""Which requests are on their way in which bulk job: noted first, so that none is paid for twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class BulkJob:
    """Requests that were handed in together under the name `id`; `job_id` is the endpoint's, empty while unknown.

    `ended_at` is when its replies were given out, or nobody was found to wait for them; `erased` says that a candidate
    was erased whose requests are in it: what the endpoint has of the job must go.
    """

    id: str
    begun_at: datetime
    job_id: str = ""
    ended_at: datetime | None = None
    erased: bool = False


class BulkJobStore(Protocol):
    """Keeps jobs, and the keys of their requests, by tenant; StorageError from every operation that cannot be done."""

    async def begin(self, tenant: str, job: BulkJob, about: Mapping[str, str | None]) -> frozenset[str]:
        """Note that requests are about to be handed in; those of them that are in no other job yet.

        `about` says by the key of each which candidate it is about, where that is known.
        """
        ...

    async def accepted(self, tenant: str, job: BulkJob) -> None:
        """Note the endpoint's id of a job."""
        ...

    async def of(self, tenant: str, keys: Collection[str]) -> dict[str, BulkJob]:
        """The job of each of these requests that is in one."""
        ...

    async def drop(self, tenant: str, keys: Collection[str]) -> None:
        """These requests are in no job any more: they may be handed in again."""
        ...

    async def ended(self, tenant: str, job_id: str, at: datetime) -> None:
        """Note that nobody waits for the job with this `id` of ours any more; the first time stays."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Forget this candidate's requests, and mark their jobs as `erased`; how many requests there were."""
        ...

    async def due(self, *, ended_before: datetime, begun_before: datetime) -> tuple[tuple[str, BulkJob], ...]:
        """The jobs, each with its tenant, that the endpoint may forget, by their age or for what was erased."""
        ...

    async def remove(self, tenant: str, job_id: str) -> None:
        """Delete the job with this `id` of ours, and what is known of its requests."""
        ...
