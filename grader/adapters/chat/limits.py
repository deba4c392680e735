"""How much is asked of an endpoint at once: calls at a time, tokens a minute, and none while it wants a rest.

The token bucket is our own: pyrate-limiter 4.5.1 keeps one list entry per token in memory, sleeps on a clock
that a test cannot hold, and cannot correct an estimate once the real usage is known.
"""

from __future__ import annotations

import asyncio
from typing import Final, Unpack

from grader.adapters.chat.clock import Clock
from grader.adapters.chat.layer import ChatLayer
from grader.budget import estimated_tokens
from grader.errors import JudgeFailure
from grader.ports import ChatModel, ChatRequest, Completion

LONGEST_PAUSE: Final = 600.0
"""Seconds after which an endpoint is asked again, whatever it said: one bad header must not stop a batch for a day."""


class TokenBucket:
    """Tokens that flow back at `per_minute`; a booking may go into debt and then says how long to wait."""

    def __init__(self, per_minute: int, now: float) -> None:
        self._rate = per_minute / 60
        self._most = float(per_minute)
        self._level = self._most
        self._filled = now

    def book(self, tokens: float, now: float) -> float:
        """Take tokens and return the seconds until they are there; a negative number of tokens gives some back."""
        self._level = min(self._most, self._level + (now - self._filled) * self._rate)
        self._filled = now
        self._level = min(self._most, self._level - tokens)
        return max(0.0, -self._level / self._rate)


class LimitedChatModel(ChatLayer):
    """At most `concurrency` calls at a time and `tokens_per_minute`; a wait over `longest_wait` seconds is refused."""

    def __init__(
        self,
        model: ChatModel,
        *,
        concurrency: int,
        tokens_per_minute: int | None,
        longest_wait: float,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(model)
        self._slots = asyncio.Semaphore(concurrency)
        self._longest_wait = longest_wait
        self._clock = clock or Clock()
        self._bucket = TokenBucket(tokens_per_minute, self._clock.now()) if tokens_per_minute else None
        self._paused_until = 0.0

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer, when its turn has come."""
        async with self._slots:
            booked = await self._turn(request)
            try:
                completion = await self._model.complete(**request)
            except JudgeFailure as failure:
                if failure.reason == "rate_limited" and failure.retry_after is not None:
                    self._pause(failure.retry_after)
                raise
            self._book(completion.input_tokens + completion.output_tokens - booked)
            return completion

    async def _turn(self, request: ChatRequest) -> float:
        """Wait until the pause is over and the tokens are there; the tokens booked."""
        tokens = estimated_tokens(request["system"], request["user"], str(request["schema"]))
        wait = max(self._book(tokens), self._paused_until - self._clock.now())
        if wait > self._longest_wait:
            self._book(-tokens)
            raise JudgeFailure("rate_limited", f"the limits allow the next call in {wait:.0f} s", retry_after=wait)
        if wait > 0:
            try:
                await self._clock.sleep(wait)
            except asyncio.CancelledError:
                self._book(-tokens)
                raise
        return tokens

    def _book(self, tokens: float) -> float:
        return self._bucket.book(tokens, self._clock.now()) if self._bucket else 0.0

    def _pause(self, seconds: float) -> None:
        until = self._clock.now() + min(seconds, LONGEST_PAUSE)
        self._paused_until = max(self._paused_until, until)
