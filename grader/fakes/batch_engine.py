"""A fake of the engine that hands out chunks of batches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from grader.ports import Job, JobState, KnownJob, Work


@dataclass
class FakeBatchEngine:
    """Knows jobs and does them when told to, one after the other."""

    known: dict[str, Job] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        """Know these jobs, if their ids are new."""
        for job in jobs:
            self.known.setdefault(job.id, job)

    async def cancel(self, job_ids: Collection[str]) -> None:
        """Forget what waits."""
        self.ended |= set(job_ids) & self.known.keys() - self.taken

    async def resume(self, job_ids: Collection[str]) -> None:
        """Let them be done again."""
        self.taken -= set(job_ids)

    async def list(self, prefix: str = "") -> tuple[KnownJob, ...]:
        """Jobs that wait or are taken."""
        live = [job_id for job_id in self.known if job_id.startswith(prefix) and job_id not in self.ended]
        return tuple(KnownJob(each, JobState.TAKEN if each in self.taken else JobState.WAITING) for each in live)

    async def work_off(self, work: Work) -> int:
        """Do everything that waits, by priority; how many jobs that were."""
        done = 0
        while waiting := [job for job in self.known.values() if job.id not in self.ended | self.taken]:
            job = min(waiting, key=lambda each: each.priority)
            self.taken.add(job.id)
            await work(job)
            self.taken.discard(job.id)
            self.ended.add(job.id)
            done += 1
        return done
