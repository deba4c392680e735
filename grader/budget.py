"""What calls to a chat model cost, and a limit that stops them before it is passed.

A call is reserved by an estimate before it is made and settled by what it really took, so that calls under way
at the same time cannot pass the limit together by more than their estimates are off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Unpack

from grader.access import Amount, Limit
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import ChatModel, ChatRequest, Completion

BYTES_PER_TOKEN: Final = 4
"""UTF-8 bytes in one token, for estimates: English has about four characters a token in OpenAI's vocabularies."""

EXPECTED_OUTPUT_TOKENS: Final = 1_000
"""Tokens reserved for a reply: ten points with a quote, a reason and a verdict of about 100 tokens each."""


@dataclass(frozen=True)
class Prices:
    """USD per million tokens; `cached_input` is that of input from the provider's prefix cache, None: as any input."""

    input: float = 0.0
    output: float = 0.0
    cached_input: float | None = None

    def cost(self, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0) -> float:
        """USD of so many tokens, to the millionth; `cached_input_tokens` are among `input_tokens`."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh_tokens = max(0, input_tokens - cached_input_tokens)
        millionths = fresh_tokens * self.input + cached_input_tokens * cached + output_tokens * self.output
        return round(millionths / 1_000_000, 6)

    def priced(self, usage: Usage) -> Usage:
        """The usage with its cost."""
        cost = self.cost(usage.input_tokens, usage.output_tokens, usage.cached_input_tokens)
        return usage.model_copy(update={"cost_usd": cost})

    def usage(self, completion: Completion) -> Usage:
        """What a completion consumed, or what it saved if it came from the response cache."""
        usage = self.priced(completion.usage)
        if not completion.cached:
            return usage
        tokens = usage.input_tokens + usage.output_tokens
        return Usage(cached_calls=1, saved_tokens=tokens, saved_usd=usage.cost_usd)


FREE: Final = Prices()
"""Where no price is configured."""


class Budget:
    """What one scope (the process, a tenant, a batch) may still spend; for one event loop, not for threads."""

    def __init__(self, limit: Limit, scope: str) -> None:
        self._limit = limit
        self._scope = scope
        self._spent = Amount()
        self._reserved = Amount()

    @property
    def spent(self) -> Amount:
        """What settled calls took."""
        return self._spent

    @contextmanager
    def reserved(self, estimate: Amount) -> Iterator[Reservation]:
        """Hold `estimate` while a call is made; JudgeFailure `budget_exhausted` where it no longer fits.

        A call that ends without being settled, as one that is cancelled, counts as a call; its tokens are not known.
        """
        passed = self._limit.passed_by(self._spent + self._reserved + estimate)
        if passed is not None:
            raise JudgeFailure("budget_exhausted", f"the next call would pass the limit of {passed} of {self._scope}")
        reservation = Reservation(took=Amount(calls=estimate.calls))
        self._reserved += estimate
        try:
            yield reservation
        finally:
            self._reserved -= estimate
            self._spent += reservation.took


@dataclass
class Reservation:
    """A call under way; whoever made it sets what it `took`."""

    took: Amount


def estimated_tokens(*texts: str) -> int:
    """About how many tokens these texts are."""
    return sum(len(text.encode("utf-8", "replace")) for text in texts) // BYTES_PER_TOKEN + 1


async def completed_within(
    reservation: Reservation, model: ChatModel, prices: Prices, request: ChatRequest
) -> Completion:
    """The model's answer to a call that was reserved for, which learns what it took; JudgeFailure."""
    try:
        completion = await model.complete(**request)
    except JudgeFailure as failure:
        reservation.took = Amount.of(prices.priced(failure.usage))
        raise
    reservation.took = Amount.of(prices.usage(completion))
    return completion


@dataclass(frozen=True)
class BudgetedChatModel:
    """A ChatModel that makes no call its budget does not allow."""

    model: ChatModel
    budget: Budget
    prices: Prices = FREE

    @property
    def identity(self) -> dict[str, str]:
        """That of the model: what it says does not depend on the budget."""
        return self.model.identity

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer; JudgeFailure `budget_exhausted` before a call that would pass the limit."""
        tokens = estimated_tokens(request["system"], request["user"], str(request["schema"]))
        cost = self.prices.cost(tokens, EXPECTED_OUTPUT_TOKENS)
        with self.budget.reserved(Amount(1, tokens + EXPECTED_OUTPUT_TOKENS, cost)) as reservation:
            return await completed_within(reservation, self.model, self.prices, request)

    async def close(self) -> None:
        """Close the model."""
        await self.model.close()
