"""What becomes of one row: a grade, a failure with a reason, or a reason to let the whole batch rest."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from grader.access import Amount
from grader.batch.lanes import Make
from grader.batch.patience import patiently
from grader.domain import Grade, Usage
from grader.errors import BudgetExhausted, ConfigurationError, InvalidAnswer, ModelUnavailable
from grader.grading import Request
from grader.outage import judge_was_down
from grader.ports import Item, ItemStatus, PauseReason, Result

_log: Final = logging.getLogger(__name__)

JUDGE_WAITS: Final = (2.0, 10.0, 30.0, 120.0, 300.0)
"""Seconds before the next try while the judge is down: an outage of seven minutes costs no row."""

CANNOT_BE_GRADED: Final = "cannot_be_graded"
"""The answer breaks a limit; what limit follows in words."""

SET_ASIDE: Final = "set_aside"
"""Three tries to grade this row ended the worker while it did nothing else."""

UNEXPECTED: Final = "unexpected_error"
"""Grading failed in a way nobody expected; the kind of error follows."""

MOST_REASON: Final = 200
"""Characters of a reason."""

_NAMESPACE: Final = uuid.UUID("6c9f4f0e-6a35-4bd5-9ad5-51d2f1f3a6d0")
"""Of the ids of grades in batches; arbitrary, fixed for ever."""


@dataclass(frozen=True)
class Outcome:
    """The results of a row and of those that are the same as it, and what they took; or why the batch is to pause."""

    results: tuple[Result, ...] = ()
    spent: Amount = field(default_factory=Amount)
    pause: PauseReason | None = None


@dataclass(frozen=True)
class RowGrader:
    """Makes outcomes for the rows of one batch and generation; `stop` ends the waiting for a judge that is down."""

    make: Make
    tenant: str
    batch_id: str
    generation: int
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def outcome(self, request: Request, item: Item, same: tuple[Item, ...] = ()) -> Outcome:
        """What becomes of a row; never raises for what is the row's."""
        try:
            grade = await self._grade(request)
        except InvalidAnswer as error:
            return self.failed((item, *same), f"{CANNOT_BE_GRADED}: {error}")
        except BudgetExhausted:
            return Outcome(pause=PauseReason.TENANT_BUDGET)
        except (ConfigurationError, ModelUnavailable) as error:
            _log.warning("batch %s pauses: %s", self.batch_id, error)
            return Outcome(pause=PauseReason.CONFIGURATION)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's and no other's
            _log.exception("row %d of batch %s could not be graded", item.idx, self.batch_id)
            return self.failed((item, *same), f"{UNEXPECTED}: {type(error).__name__}")
        copies = (self._result(grade.model_copy(update={"usage": Usage()}), each) for each in same)
        return Outcome((self._result(grade, item), *copies), Amount.of(grade.usage))

    def failed(self, items: tuple[Item, ...], reason: str) -> Outcome:
        """These rows have no grade, for a reason."""
        made = self.now()
        return Outcome(
            tuple(
                Result(item.idx, ItemStatus.FAILED, self.generation, made, reason=reason[:MOST_REASON])
                for item in items
            )
        )

    async def _grade(self, request: Request) -> Grade:
        """The grade; while the judge is down it is tried again, and at last taken as it is."""
        for wait in JUDGE_WAITS:
            grade = await patiently(lambda: self.make(self.tenant, request))
            if not judge_was_down(grade) or self.stop.is_set():
                return grade
            try:
                async with asyncio.timeout(wait):
                    await self.stop.wait()
            except TimeoutError:
                continue
        return await patiently(lambda: self.make(self.tenant, request))

    def _result(self, grade: Grade, item: Item) -> Result:
        grade_id = str(uuid.uuid5(_NAMESPACE, f"{self.batch_id}:{item.idx}:{self.generation}"))
        own = grade.model_copy(update={"id": grade_id, "candidate_ref": item.candidate_ref})
        status = ItemStatus(grade.status.value)
        return Result(item.idx, status, self.generation, self.now(), own.score, own.model_dump_json())
