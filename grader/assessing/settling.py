"""What moves orders on when nobody asks: invitations run out, time runs out, grades become results.

It looks at what is due in the database, so that a killed process leaves nothing behind. Any number may do so at once:
a step is taken once, whoever takes it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grader.assessing.desk import SERVICE, Desk
from grader.assessing.errors import WrongOrderState
from grader.assessing.ordering import Ordering
from grader.assessing.results import corrects, grade_id, result_of, waits_for_a_person
from grader.assessment import AssessmentOrder, OrderState
from grader.errors import GraderError, StorageError
from grader.outcome import outcome
from grader.ports import GradeStore, PendingGrades, PendingState, ReferralStore, ReviewStore
from grader.review import Outcome
from grader.urgency import in_bulk

_log: Final = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""Between two looks for what is due; a result is told as late as that."""

AT_A_TIME: Final = 100
"""Orders read at once: what a look may hold in memory."""

SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(seconds=30)
"""Until the next look at an order whose grades are not there: a quarter of the time it has waited."""


@dataclass(frozen=True)
class Settlement:
    """Settles orders that are due."""

    ordering: Ordering
    grades: GradeStore
    pending: PendingGrades
    reviews: ReviewStore
    referrals: ReferralStore

    @property
    def desk(self) -> Desk:
        """Where steps are kept."""
        return self.ordering.desk

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Settle what is due until this is left, in bulk."""
        with in_bulk():
            task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def settle(self) -> int:
        """Look once at what is due; how many orders moved on. One that fails is looked at again later."""
        moved = 0
        for tenant, order in await self.desk.orders.due(self.desk.now(), limit=AT_A_TIME):
            try:
                moved += await self._settle(tenant, order)
            except WrongOrderState:
                continue  # somebody else took the step
            except GraderError as error:
                _log.warning("order %s waits: %s", order.id, error)
                await self._postpone(tenant, order, LONGEST_WAIT)
        return moved

    async def release(self, tenant: str, order: AssessmentOrder, by: str) -> AssessmentOrder:
        """A person lets a result go, as it now is with what people said of its grades; WrongOrderState.

        One that has left is told anew where it has become another since then, and stays as it is else.
        """
        if order.state not in {OrderState.IN_REVIEW, OrderState.COMPLETE}:
            raise WrongOrderState("it does not wait for a person")
        test, now = await self.desk.test(tenant, order.test_id), self.desk.now()
        outcomes = await self._outcomes(tenant, order) or {}
        result = result_of(order, test, outcomes, now).model_copy(update={"released_by": by})
        if order.state is OrderState.COMPLETE and order.result is not None:
            if not corrects(result, order.result):
                return order
            result = result.model_copy(update={"corrections": order.result.corrections + 1})
        ended = order.ended_at or now
        return await self.desk.step(tenant, order, OrderState.COMPLETE, by, result=result, ended_at=ended, due_at=None)

    async def _settle(self, tenant: str, order: AssessmentOrder) -> bool:
        if order.state is not OrderState.SUBMITTED:
            await self.ordering.close(tenant, order)
            return True
        outcomes = await self._outcomes(tenant, order)
        if outcomes is None:
            await self._postpone(tenant, order, _wait(order, self.desk.now()))
            return False
        await self._complete(tenant, order, outcomes)
        return True

    async def _complete(self, tenant: str, order: AssessmentOrder, outcomes: dict[str, Outcome]) -> None:
        now, test = self.desk.now(), await self.desk.test(tenant, order.test_id)
        result = result_of(order, test, outcomes, now)
        if waits_for_a_person(test, result):
            await self.desk.step(tenant, order, OrderState.IN_REVIEW, SERVICE, result=result, due_at=None)
            return
        await self.desk.step(tenant, order, OrderState.COMPLETE, SERVICE, result=result, ended_at=now, due_at=None)

    async def _postpone(self, tenant: str, order: AssessmentOrder, wait: timedelta) -> None:
        await self.desk.orders.change(tenant, order.model_copy(update={"due_at": self.desk.now() + wait}))

    async def _outcomes(self, tenant: str, order: AssessmentOrder) -> dict[str, Outcome] | None:
        """What its questions came to, those without a grade left out; None while one is still being graded."""
        found: dict[str, Outcome] = {}
        for question_id in order.questions:
            name = grade_id(order.id, question_id)
            grade = await self.grades.find(tenant, name)
            if grade is None:
                promised = await self.pending.find(tenant, name)
                if promised is not None and promised.state is not PendingState.FAILED:
                    return None
                grade = await self.grades.find(tenant, name)  # it may have been kept between the two looks
            if grade is not None:
                settled = name in await self.referrals.settled(tenant, [name])
                found[question_id] = outcome(grade, await self.reviews.overrides(tenant, name), is_settled=settled)
        return found

    async def _run(self) -> None:
        while True:
            try:
                await self.settle()
            except StorageError as error:
                _log.warning("orders wait for the database: %s", error)
            except Exception:  # noqa: BLE001 - the others are still to be settled
                _log.exception("an order could not be settled")
            await asyncio.sleep(LOOK_SECONDS)


def _wait(order: AssessmentOrder, now: datetime) -> timedelta:
    waited = now - (order.submitted_at or now)
    return min(max(waited / 4, SHORTEST_WAIT), LONGEST_WAIT)
