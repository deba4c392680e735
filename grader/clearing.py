"""Files of bulk jobs do not stay at the endpoint: they go when nobody needs them any more, or somebody is erased.

Replies can be had again for a while after they were given out, in case the process dies before they are kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from grader.deferring import GIVEN_UP, HANDING_IN
from grader.errors import JudgeFailure, StorageError
from grader.ports import BulkChatModel, BulkJob, BulkJobStore, BulkState

_log: Final = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 60.0

SETTLED: Final = timedelta(minutes=10)
"""From the giving out of replies to the deletion: whoever lost them in a crash has asked again by then."""

ERASED_SETTLED: Final = timedelta(minutes=3)
"""The same where a candidate was erased: two looks at the job, by others who wait for it."""

KEPT: Final = timedelta(days=7)
"""Longest that a job is kept which nobody came back for; the endpoint would keep it for 30 days, or for ever."""


@dataclass(frozen=True)
class BulkCleaner:
    """Lets the endpoint forget jobs; several processes may do this at once."""

    bulk: BulkChatModel
    jobs: BulkJobStore
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def run(self) -> None:
        """Until cancelled; the first time after a while, for whoever was here before may have lost replies."""
        await self.sleep(SETTLED.total_seconds())
        while True:
            try:
                await self.clear()
            except StorageError as error:
                _log.warning("bulk jobs that ended wait for the database: %s", error)
            await self.sleep(SWEEP_SECONDS)

    async def clear(self, settled: timedelta = SETTLED) -> int:
        """Delete what is due; how many jobs. What cannot be done now is tried again the next time."""
        now, count = self.now(), 0
        for tenant, job in await self.jobs.due(ended_before=now - settled, begun_before=now - KEPT):
            try:
                count += await self._cleared(tenant, job, min(settled, ERASED_SETTLED))
            except JudgeFailure as failure:
                _log.warning("the files of bulk job %s cannot be deleted just now: %s", job.job_id, failure)
        return count

    async def _cleared(self, tenant: str, job: BulkJob, settled: timedelta) -> bool:
        """Whether a job is gone, here and there."""
        job_id = job.job_id or await self.bulk.find(job.id)
        if job_id is None:
            if self.now() - job.begun_at > HANDING_IN:  # it was never taken
                await self.jobs.remove(tenant, job.id)
            return False
        if not await self._is_over(tenant, replace(job, job_id=job_id), settled):
            return False
        await self.bulk.forget(job_id)
        await self.jobs.remove(tenant, job.id)
        return True

    async def _is_over(self, tenant: str, job: BulkJob, settled: timedelta) -> bool:
        """Whether nobody can be waiting for it; one that ended by itself is noted, and looked at again."""
        if job.ended_at is not None:
            return job.ended_at <= self.now() - settled
        if self.now() - job.begun_at > GIVEN_UP:
            return True
        if (await self.bulk.poll(job.job_id)).state is not BulkState.RUNNING:
            await self.jobs.ended(tenant, job.id, self.now())
        return False
