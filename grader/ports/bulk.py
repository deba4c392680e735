"""Which requests are on their way in which bulk job: noted first, so that none is paid for twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class BulkJob:
    """Requests that were handed in together under the name `id`; `job_id` is the endpoint's, empty while unknown."""

    id: str
    begun_at: datetime
    job_id: str = ""


class BulkJobStore(Protocol):
    """Keeps jobs, and the keys of their requests, by tenant; StorageError from every operation that cannot be done."""

    async def begin(self, tenant: str, job: BulkJob, keys: Collection[str]) -> frozenset[str]:
        """Note that these requests are about to be handed in; those of them that are in no other job yet."""
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

    async def purge(self, before: datetime) -> int:
        """Delete the jobs begun before, with their requests; how many jobs."""
        ...
