"""What every tenant may spend on the LLM in a day, kept so that a restart does not begin the day anew.

What a grade may take is counted before it is made and put right afterwards: grades under way at the same time, in
however many processes, cannot pass the limit together, and one that a crash ends counts as expected.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Unpack

from grader.access import Amount, Limit
from grader.budget import EXPECTED_OUTPUT_TOKENS, Prices, Reservation, completed_within, estimated_tokens
from grader.domain import Judgement, Submission, Usage
from grader.errors import BudgetExhausted, JudgeFailure, StorageError
from grader.ports import ChatModel, ChatRequest, Completion, Judge, SpendingStore

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class DailyBudget:
    """The same limit for every tenant and day (UTC)."""

    store: SpendingStore
    limit: Limit
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @asynccontextmanager
    async def reserved(self, tenant: str, estimate: Amount) -> AsyncIterator[Reservation]:
        """Hold `estimate` while a grade is made, which then says what it `took`; BudgetExhausted where it does not fit.

        A grade that ends without saying so, as one that fails, counts as nothing: what its calls took in vain is the
        process's own loss (`GRADER_LLM_BUDGET_…`).
        """
        if self.limit == Limit() or estimate == Amount():
            yield Reservation(took=Amount())
            return
        day = self.now().date()
        passed = await self.store.reserve(tenant, day, estimate, self.limit)
        if passed is not None:
            raise BudgetExhausted(f"The tenant has spent its {passed} of today.", self._seconds_left())
        reservation = Reservation(took=Amount())
        try:
            yield reservation
        finally:
            await self._settle(tenant, day, reservation.took - estimate)

    async def _settle(self, tenant: str, day: date, difference: Amount) -> None:
        try:
            await self.store.settle(tenant, day, difference)
        except StorageError as error:  # the grade is made: it counts as expected, and is not lost for this
            _log.warning("what a grade took could not be counted: %s", error)

    def _seconds_left(self) -> float:
        midnight = datetime.combine(self.now().date() + timedelta(days=1), time(tzinfo=UTC))
        return (midnight - self.now()).total_seconds()


@dataclass
class Meter:
    """Counts what judges consume that work through it, where nobody keeps their grades."""

    usage: Usage = field(default_factory=Usage)

    def on(self, judge: Judge) -> Judge:
        """The same judge, counted."""
        return _Metered(judge, self)


@dataclass(frozen=True)
class _Metered:
    """A judge that is counted."""

    judged: Judge
    meter: Meter

    @property
    def name(self) -> str:
        return self.judged.name

    @property
    def identity(self) -> dict[str, str]:
        return self.judged.identity

    async def judge(self, submission: Submission) -> Judgement:
        try:
            judgement = await self.judged.judge(submission)
        except JudgeFailure as failure:
            self.meter.usage += failure.usage
            raise
        self.meter.usage += judgement.usage
        return judgement


@dataclass(frozen=True)
class DailyChatModel:
    """A ChatModel whose calls count for a tenant's day; BudgetExhausted before one that would pass the limit."""

    model: ChatModel
    budget: DailyBudget
    tenant: str
    prices: Prices

    @property
    def identity(self) -> dict[str, str]:
        """That of the model: what it says does not depend on who pays."""
        return self.model.identity

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer; JudgeFailure when it gives none."""
        tokens = estimated_tokens(request["system"], request["user"]) + EXPECTED_OUTPUT_TOKENS
        cost = self.prices.cost(tokens - EXPECTED_OUTPUT_TOKENS, EXPECTED_OUTPUT_TOKENS)
        async with self.budget.reserved(self.tenant, Amount(1, tokens, cost)) as reservation:
            return await completed_within(reservation, self.model, self.prices, request)

    async def close(self) -> None:
        """Close the model."""
        await self.model.close()
