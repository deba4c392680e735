"""From rows of a batch that a person is to look at to grades in the queue."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from grader.access import Principal
from grader.batch import Batches
from grader.batch.submission import Options, request_for
from grader.domain import Grade
from grader.errors import AlreadyStored, CandidateErased
from grader.keeping import Keeper
from grader.ports import ItemStatus

REFERRED: Final = frozenset({ItemStatus.NEEDS_REVIEW, ItemStatus.UNGRADED})
"""What a person is to look at."""

AT_ONCE: Final = 200
"""Rows that become grades at one asking: each is a transaction of some 5 ms, and somebody waits for the page."""


@dataclass(frozen=True)
class Referring:
    """Makes doubtful rows grades of their own, which wait for a person; the batch keeps what the machine said."""

    batches: Batches
    keeper: Keeper

    async def refer(self, who: Principal, batch_id: str) -> int:
        """Refer the next rows that are to be looked at, AT_ONCE at most; how many there were. UnknownBatch."""
        progress = await self.batches.progress(who.tenant, batch_id)
        options = Options.model_validate_json(progress.batch.options)
        rubrics = await self.batches.store.rubrics(who.tenant, batch_id)
        count = 0
        async for row in self.batches.all_rows(who.tenant, batch_id):
            result = row.result
            if result is None or result.grade is None or result.status not in REFERRED:
                continue
            grade = Grade.model_validate_json(result.grade)
            if await self.keeper.grades.find(who.tenant, grade.id) is not None:
                continue
            request = request_for(row.item, rubrics[row.item.rubric_hash], options)
            with suppress(AlreadyStored, CandidateErased):
                await self.keeper.keep(who.tenant, request, grade, who.key_id)
                count += 1
            if count == AT_ONCE:
                break
        return count
