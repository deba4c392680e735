"""A circuit breaker: an endpoint that keeps failing is left alone until one call finds that it is back."""

from __future__ import annotations

from typing import Final, Unpack

from grader.adapters.chat.clock import Clock
from grader.adapters.chat.layer import ChatLayer
from grader.errors import JudgeFailure
from grader.ports import ChatModel, ChatRequest, Completion

TROUBLE: Final = frozenset({"timeout", "unreachable", "endpoint_error", "bad_response"})
"""Failures that say the endpoint is unwell. A refused request says that it is well, a rate limit that it is busy."""

FATAL: Final = frozenset({"quota_exhausted"})
"""Failures that every next call would meet too: the circuit opens at once."""

IN_A_ROW: Final = 10
"""Troubled calls in a row that open the circuit: with three calls in ten failing by chance that happens once in
170,000 calls, with all failing after ten (the share-of-a-window rule, 10 of 20, would open in 5 % of all windows)."""

REST: Final = 30.0
"""Seconds until one call may probe an open circuit; so an endpoint that is back is used again within a minute."""


class GuardedChatModel(ChatLayer):
    """Refuses calls with `circuit_open` while the endpoint is down; `retry_after` says when it will be probed."""

    def __init__(self, model: ChatModel, *, rest: float = REST, clock: Clock | None = None) -> None:
        super().__init__(model)
        self._rest = rest
        self._clock = clock or Clock()
        self._troubled = 0
        self._open_until: float | None = None
        self._probing = False
        self._cause = ""

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer, if it may be asked."""
        probe = self._enter()
        try:
            completion = await self._model.complete(**request)
        except JudgeFailure as failure:
            self._note(failure, probe=probe)
            raise
        else:
            self._succeeded(probe=probe)
            return completion
        finally:
            self._probing = self._probing and not probe  # also when the probe was cancelled

    def _enter(self) -> bool:
        """Whether this call is the probe; JudgeFailure where it may not be made."""
        if self._open_until is None:
            return False
        left = self._open_until - self._clock.now()
        if left > 0 or self._probing:
            message = f"the endpoint is left alone after repeated failures; the last one was {self._cause}"
            raise JudgeFailure("circuit_open", message, retry_after=max(left, 0.0))
        self._probing = True
        return True

    def _note(self, failure: JudgeFailure, *, probe: bool) -> None:
        if failure.reason not in TROUBLE | FATAL:
            self._succeeded(probe=probe)
        elif probe or self._open_until is None:  # not those still under way when the circuit opened
            self._troubled += 1
            if probe or failure.reason in FATAL or self._troubled >= IN_A_ROW:
                self._cause = failure.reason
                self._open_until = self._clock.now() + self._rest

    def _succeeded(self, *, probe: bool) -> None:
        self._troubled = 0
        if probe:
            self._open_until = None
