"""Tries again where that can help, within one deadline, and never longer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Final, Unpack

from grader.adapters.chat.clock import Clock
from grader.adapters.chat.layer import ChatLayer
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import ChatModel, ChatRequest, Completion

PASSING: Final = frozenset({"timeout", "unreachable", "rate_limited", "endpoint_error"})
"""Failures that another try may not meet. All others say something of the request, the key or the model."""

ONCE_MORE: Final = frozenset({"bad_response"})
"""Failures worth one more try: a 200 that is no completion comes from a proxy as often as from a broken server."""

FIRST_BACKOFF: Final = 0.5
LONGEST_BACKOFF: Final = 20.0
"""Seconds; the wait before try n is drawn from [0, min(LONGEST, FIRST * 2^n)]: full jitter, so that callers that
failed together do not come back together (the AWS Architecture Blog's rule, "Exponential Backoff And Jitter")."""


class RetryingChatModel(ChatLayer):
    """At most `tries` tries within `deadline` seconds; a wait that does not fit is not waited."""

    def __init__(
        self,
        model: ChatModel,
        *,
        deadline: float,
        tries: int,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(model)
        self._deadline = deadline
        self._tries = tries
        self._clock = clock or Clock()
        self._chance = chance

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer, with the usage of all tries; the last failure, when no try may follow it."""
        failures: list[JudgeFailure] = []
        try:
            async with asyncio.timeout(self._deadline):
                return await self._tried(request, failures)
        except TimeoutError as error:
            raise self._too_late(failures) from error

    async def _tried(self, request: ChatRequest, failures: list[JudgeFailure]) -> Completion:
        started = self._clock.now()
        while True:
            try:
                completion = await self._model.complete(**request)
            except JudgeFailure as failure:
                failures.append(failure)
                wait = self._wait(failures, left=self._deadline - (self._clock.now() - started))
                if wait is None:
                    raise _final(failures) from failure
                await self._clock.sleep(wait)
            else:
                return completion.after(_spent(failures))

    def _wait(self, failures: list[JudgeFailure], left: float) -> float | None:
        """Seconds until the next try; None where there is to be none, or no time is left for it."""
        failure, tried = failures[-1], len(failures)
        allowed = self._tries if failure.reason in PASSING else 2 if failure.reason in ONCE_MORE else 1
        if tried >= min(allowed, self._tries):
            return None
        jitter = self._chance() * min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (tried - 1))
        wait = (failure.retry_after or 0.0) + jitter
        return wait if wait < left else None

    def _too_late(self, failures: list[JudgeFailure]) -> JudgeFailure:
        """The failure of a try that was still running at the deadline; it counts as a call."""
        before = "".join(f"; before: {failure.reason}" for failure in failures[-1:])
        message = f"no answer within {self._deadline:g} s, try {len(failures) + 1} of {self._tries}{before}"
        return JudgeFailure("timeout", message, usage=_spent(failures) + Usage(llm_calls=1))


def _final(failures: list[JudgeFailure]) -> JudgeFailure:
    """The last failure, with the usage of all."""
    last = failures[-1]
    return JudgeFailure(last.reason, str(last), retry_after=last.retry_after, usage=_spent(failures))


def _spent(failures: list[JudgeFailure]) -> Usage:
    return sum((failure.usage for failure in failures), Usage())
