"""What becomes of one row: a grade, a failure with a reason, or a reason to let the whole batch rest."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from grader.access import Amount
from grader.audit import SALT_BYTES, new_salt
from grader.batch.lanes import Make
from grader.batch.patience import patiently
from grader.domain import Grade, Usage
from grader.errors import BudgetExhausted, ConfigurationError, InvalidAnswer, ModelUnavailable
from grader.grading import Request
from grader.outage import judge_was_down
from grader.ports import Item, ItemStatus, PauseReason, Result, grade_id_of
from grader.referral import Referral, reasons_of

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


@dataclass(frozen=True)
class Outcome:
    """The results of a row and of those that are the same as it, and what they took; or why the batch is to pause.

    `referrals` are of those grades that somebody is to look at.
    """

    results: tuple[Result, ...] = ()
    spent: Amount = field(default_factory=Amount)
    pause: PauseReason | None = None
    referrals: tuple[Referral, ...] = ()


@dataclass(frozen=True)
class RowGrader:
    """Makes outcomes for the rows of one batch and generation; `stop` ends the waiting for a judge that is down.

    The salts of the rows come from `seed`, which is kept nowhere.
    """

    make: Make
    tenant: str
    batch_id: str
    generation: int
    audit_share: float = 0.0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    seed: bytes = field(default_factory=new_salt, repr=False)
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
        grades = [self._own(grade, item), *(self._own(grade, each, usage=Usage()) for each in same)]
        results = map(self._result, grades, (item, *same))
        referrals = (referral for each in grades if (referral := self._referral(each)) is not None)
        return Outcome(tuple(results), Amount.of(grade.usage), referrals=tuple(referrals))

    def failed(self, items: tuple[Item, ...], reason: str) -> Outcome:
        """These rows have no grade, for a reason."""
        made = self.now()
        return Outcome(
            tuple(
                Result(
                    item.idx,
                    ItemStatus.FAILED,
                    self.generation,
                    made,
                    reason=reason[:MOST_REASON],
                    salt=self._salt(item),
                )
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

    def _own(self, grade: Grade, item: Item, **changed: Usage) -> Grade:
        """A row's own grade."""
        grade_id = grade_id_of(self.batch_id, item.idx, self.generation)
        return grade.model_copy(update={"id": grade_id, "candidate_ref": item.candidate_ref, **changed})

    def _result(self, grade: Grade, item: Item) -> Result:
        status = ItemStatus(grade.status.value)
        return Result(
            item.idx, status, self.generation, self.now(), grade.score, grade.model_dump_json(), salt=self._salt(item)
        )

    def _salt(self, item: Item) -> bytes:
        """As good as drawn for this row alone, at a hundredth of the time (0.1 ms on a virtual machine)."""
        return hashlib.blake2b(item.idx.to_bytes(8, "big"), key=self.seed, digest_size=SALT_BYTES).digest()

    def _referral(self, grade: Grade) -> Referral | None:
        reasons = reasons_of(grade, self.audit_share)
        return Referral(grade.id, grade.question_id, reasons, self.now()) if reasons else None
