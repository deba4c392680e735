"""What is kept of rows: their results, the log's word on them, and who is to look at them; all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.access import Amount
from grader.batch.outcome import Outcome
from grader.keeping import rows_graded
from grader.ports import AuditLog, ChunkStore, Job, ReferralStore, Standing, Together, grade_id_of


@dataclass(frozen=True)
class Record:
    """Where workers write what they made."""

    chunks: ChunkStore
    audit: AuditLog
    referrals: ReferralStore
    together: Together

    async def keep(self, job: Job, made_by: str | None, made: Sequence[Outcome]) -> Standing:
        """Keep outcomes; of two results of one row the first stays. With none, just see how the batch stands."""
        results = [result for outcome in made for result in outcome.results]
        spent = sum((outcome.spent for outcome in made), Amount())
        if not results:
            return await self.chunks.save(job.tenant, job.batch_id, job.lo, results, spent)
        async with self.together(job.tenant):
            standing = await self.chunks.save(job.tenant, job.batch_id, job.lo, results, spent)
            kept = [result for result in results if result.idx in standing.kept]
            if kept:
                await self.audit.append(job.tenant, rows_graded(job.batch_id, job.generation, made_by, kept))
                await self._refer(job, made, [result.idx for result in kept])
        return standing

    async def _refer(self, job: Job, made: Sequence[Outcome], kept: Sequence[int]) -> None:
        """Nobody needs to look at what was graded again."""
        before = [grade_id_of(job.batch_id, idx, number) for idx in kept for number in range(1, job.generation)]
        if before:
            await self.referrals.erase(job.tenant, before)
        ids = {grade_id_of(job.batch_id, idx, job.generation) for idx in kept}
        referrals = [each for outcome in made for each in outcome.referrals if each.grade_id in ids]
        if referrals:
            await self.referrals.add(job.tenant, referrals)
