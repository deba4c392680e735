"""Orders are placed, started, answered, handed in, cancelled: by a platform, and by the candidate."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grader.assessing.desk import CANDIDATE, SERVICE, Desk
from grader.assessing.errors import AnsweredElsewhere, NoAttemptLeft, OrderClosed, UnknownTest, WrongOrderState
from grader.assessing.results import grade_id
from grader.assessment import OPEN, AssessmentOrder, Candidate, OrderState, Platform, SavedAnswer, Test
from grader.audit import Action, Event
from grader.backlog import Backlog
from grader.grading import Request
from rubrics.errors import UnknownQuestion
from rubrics.model import Rubric

_log: Final = logging.getLogger(__name__)

GRACE: Final = timedelta(seconds=10)
"""After the deadline: what was sent in time may arrive as late."""

RubricOf = Callable[[str, str], Awaitable[Rubric]]
"""What a tenant's question is graded by; UnknownQuestion."""


@dataclass(frozen=True)
class Placed:
    """What somebody orders; see AssessmentOrder."""

    test_id: str
    platform: Platform
    candidate: Candidate
    dedup_key: str | None = None
    callback: str = ""
    connection: str = ""
    extra_minutes: int = 0


@dataclass(frozen=True)
class Ordering:
    """Everything that happens to an order until it is handed in."""

    desk: Desk
    backlog: Backlog
    rubric_of: RubricOf

    async def place(
        self, tenant: str, placed: Placed, made_by: str | None, order_id: str | None = None
    ) -> tuple[AssessmentOrder, bool]:
        """The order, and whether it is new; UnknownTest, NoAttemptLeft.

        The same dedup key again gives the order that is there.

        One that was cancelled, has expired or is complete makes place for a new one, unless the platform never
        orders under one key twice.
        """
        test = await self.desk.test(tenant, placed.test_id)
        if test.retired:
            raise UnknownTest(f"test {placed.test_id} is retired")
        order = _fresh(order_id or str(uuid.uuid4()), test, placed, made_by, self.desk.now())
        async with self.desk.together(tenant):
            kept = await self.desk.orders.add(tenant, order)
            if kept.id != order.id and kept.ended and kept.platform is Platform.ASHBY:
                await self.desk.orders.change(tenant, kept.model_copy(update={"dedup_key": None}))
                kept = await self.desk.orders.add(tenant, order)
            if kept.id == order.id:
                await self._require_attempt(tenant, test, placed)  # else nothing of this is kept
                facts = {"test": test.id, "platform": order.platform.value}
                await self.desk.audit.append(tenant, Event(made_by or "local", Action.ORDER_PLACED, order.id, facts))
        return kept, kept.id == order.id

    async def start(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder:
        """The candidate agreed and begins; once begun it stays so. OrderClosed."""
        if order.state is OrderState.STARTED:
            return order
        now = self.desk.now()
        if order.state is not OrderState.INVITED or now >= order.expires_at:
            raise OrderClosed("this invitation is over")
        begun = order.model_copy(update={"started_at": now})
        return await self.desk.step(tenant, begun, OrderState.STARTED, CANDIDATE, due_at=begun.closes_at + GRACE)

    async def save(
        self, tenant: str, order: AssessmentOrder, question_id: str, text: str, revision: int
    ) -> SavedAnswer:
        """Keep what was written, over the `revision` that the device has; AnsweredElsewhere, OrderClosed."""
        now = self.desk.now()
        if order.state is not OrderState.STARTED or now > order.closes_at + GRACE:
            raise OrderClosed("the time is over, or the answers are handed in")
        answer = SavedAnswer(question_id=question_id, text=text, revision=revision + 1, saved_at=now)
        if await self.desk.orders.save(tenant, order.id, answer):
            return answer
        kept = {each.question_id: each for each in await self.desk.orders.answers(tenant, order.id)}.get(question_id)
        if kept is None:
            raise OrderClosed("the answers are handed in")
        if kept.text == text:  # the same request once more, or the same words from two devices
            return kept
        raise AnsweredElsewhere(kept)

    async def submit(self, tenant: str, order: AssessmentOrder, by: str = CANDIDATE) -> AssessmentOrder:
        """Hand in what was written: from here on it is graded, whatever happens to the process.

        Handed in is handed in: again changes nothing. OrderClosed, Overloaded.
        """
        if order.state not in OPEN:
            return order
        if order.state is not OrderState.STARTED:
            raise OrderClosed("it has not been started")
        now, test = self.desk.now(), await self.desk.test(tenant, order.test_id)
        rubrics = [(each, await self._rubric(tenant, each)) for each in order.questions]
        async with self.desk.together(tenant):
            submitted = await self.desk.step(tenant, order, OrderState.SUBMITTED, by, submitted_at=now, due_at=now)
            written = {each.question_id: each.text for each in await self.desk.orders.answers(tenant, order.id)}
            for question_id, rubric in rubrics:
                if rubric is not None:
                    request = Request(
                        rubric, written.get(question_id, ""), test.judge, candidate_ref=order.candidate.ref
                    )
                    await self.backlog.accept(tenant, grade_id(order.id, question_id), request, order.ordered_by)
            await self.desk.orders.drop_answers(tenant, order.id)
        return submitted

    async def cancel(self, tenant: str, order: AssessmentOrder, by: str, *, told: bool = True) -> AssessmentOrder:
        """End an order that is not complete; WrongOrderState. Cancelled is cancelled: again changes nothing."""
        if order.state is OrderState.CANCELLED:
            return order
        if order.ended:
            raise WrongOrderState("it has ended already")
        async with self.desk.together(tenant):
            cancelled = await self.desk.step(
                tenant, order, OrderState.CANCELLED, by, told=told, ended_at=self.desk.now(), due_at=None
            )
            await self.desk.orders.drop_answers(tenant, order.id)
        return cancelled

    async def grant(self, tenant: str, order: AssessmentOrder, extra_minutes: int) -> AssessmentOrder:
        """Give this candidate so many minutes more than the test's, before or while it is taken; WrongOrderState."""
        if order.state not in OPEN:
            raise WrongOrderState("it is not open any more")
        granted = order.model_copy(update={"extra_minutes": extra_minutes})
        if granted.state is OrderState.STARTED:
            granted = granted.model_copy(update={"due_at": granted.closes_at + GRACE})
        kept = await self.desk.orders.change(tenant, granted)
        if kept is None:
            raise WrongOrderState("it has changed meanwhile")
        return kept

    async def close(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder:
        """What follows when the time of an open order is over: never begun it expires, begun it is handed in."""
        if order.state is OrderState.STARTED:
            return await self.submit(tenant, order, SERVICE)
        return await self.desk.step(tenant, order, OrderState.EXPIRED, SERVICE, ended_at=self.desk.now(), due_at=None)

    async def _require_attempt(self, tenant: str, test: Test, placed: Placed) -> None:
        """NoAttemptLeft where the candidate has begun the test too often; what was never begun counts for nothing."""
        if test.attempts is None:
            return
        theirs = await self.desk.orders.of(tenant, placed.candidate.ref)
        begun = [each for each in theirs if each.test_id == test.id and each.started_at is not None]
        if len(begun) >= test.attempts:
            raise NoAttemptLeft(f"{placed.candidate.ref} has begun test {test.id} {len(begun)} times")

    async def _rubric(self, tenant: str, question_id: str) -> Rubric | None:
        try:
            return await self.rubric_of(tenant, question_id)
        except UnknownQuestion:  # retired meanwhile: the question stays without a score, and a person looks
            _log.warning("a question that was asked in a test is gone: %s", question_id)
            return None


def _fresh(order_id: str, test: Test, placed: Placed, made_by: str | None, now: datetime) -> AssessmentOrder:
    expires = now + timedelta(days=test.days)
    return AssessmentOrder(
        id=order_id,
        test_id=test.id,
        platform=placed.platform,
        connection=placed.connection,
        dedup_key=placed.dedup_key,
        callback=placed.callback,
        candidate=placed.candidate,
        questions=test.question_ids,
        ordered_by=made_by,
        ordered_at=now,
        stepped_at=now,
        expires_at=expires,
        minutes=test.minutes,
        extra_minutes=placed.extra_minutes,
        due_at=expires,
    )
