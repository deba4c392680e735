"""How a client talks, without a connection: what to send next, given what came back.

A talk is a generator: it yields calls, is sent replies, and returns the result. `blocking` and `asynchronous` carry
them out, so that retries, polling and pages are written once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from grader.client.errors import GradingFailed, StillGrading, UnexpectedReply, Unreachable, refusal
from grader.review import ReviewedGrade

Body = TypeVar("Body", bound=BaseModel)
Result = TypeVar("Result")

_PASSING: Final = frozenset({408, 425, 429, 502, 503, 504, 507})
"""Statuses that may be gone at the next try."""

_UNDER_WAY: Final = ("idempotency-in-progress", 409)
FAILED: Final = 400
"""Statuses from here on are errors."""

POLL_SECONDS: Final = 1.0
"""Between two looks at a grade that is not there yet, where the service names no time."""


@dataclass(frozen=True)
class Call:
    """One request: what to send, and how many seconds to wait before.

    `file` is sent as the body, read while it is sent; `seconds` is how long the reply may take, None as usual.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    wait: float = 0.0
    file: Path | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Reply:
    """What came back; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def retry_after(self) -> float | None:
        """The seconds that the service asks to wait, where it does."""
        said = self.headers.get("retry-after", "")
        return float(said) if said.isdecimal() else None


Talk = Generator[Call, Reply | Unreachable, Result]


@dataclass(frozen=True)
class Retry:
    """When to try again: `tries` in all, `pause` seconds before the second and doubled from then on, with jitter.

    A Retry-After of more than `longest` seconds is not waited for: the error comes at once.
    """

    tries: int = 4
    pause: float = 0.5
    longest: float = 30.0
    jitter: Callable[[], float] = random.random

    def wait(self, answer: Reply | Unreachable, tried: int) -> float | None:
        """The seconds before another try, or None where there is to be none; `tried` counts those that were."""
        if tried >= self.tries:
            return None
        growing = min(self.longest, self.pause * 2.0 ** (tried - 1)) * (0.5 + self.jitter() / 2)
        if isinstance(answer, Unreachable):
            return growing
        in_progress = answer.status == _UNDER_WAY[1] and _UNDER_WAY[0].encode() in answer.content
        if not in_progress and answer.status not in _PASSING:
            return None
        asked = answer.retry_after
        return growing if asked is None else asked if asked <= self.longest else None


def answered(call: Call, retry: Retry) -> Talk[Reply]:
    """The reply to `call`, tried again where that can help; Refused or Unreachable where it cannot."""
    tried = 0
    while True:
        answer = yield call
        tried += 1
        if isinstance(answer, Reply) and answer.status < FAILED:
            return answer
        wait = retry.wait(answer, tried)
        if wait is None:
            raise answer if isinstance(answer, Unreachable) else refusal(answer.status, answer.content)
        call = replace(call, wait=wait)


def read(call: Call, kind: type[Body], retry: Retry) -> Talk[Body]:
    """The reply to `call` as a `kind`."""
    return parsed((yield from answered(call, retry)), kind)


def parsed(reply: Reply, kind: type[Body]) -> Body:
    """The body as a `kind`; fields that a newer service added are left out."""
    try:
        return kind.model_validate_json(reply.content, extra="ignore")
    except ValidationError as error:
        raise UnexpectedReply(f"the reply is no {kind.__name__}: {error.error_count()} field(s) do not fit") from error


class _Waiting(BaseModel):
    """A grade that is not there yet, or never will be."""

    id: str
    status: str


def graded(reply: Reply, retry: Retry, patience: float) -> Talk[ReviewedGrade]:
    """The grade that `reply` holds or promises; StillGrading after `patience` seconds of asking for it."""
    waited = 0.0
    while (state := parsed(reply, _Waiting)).status in {"queued", "running", "failed"}:
        if state.status == "failed":
            raise GradingFailed(state.id)
        wait = reply.retry_after or POLL_SECONDS
        if waited + wait > patience:
            raise StillGrading(state.id, waited)
        waited += wait
        reply = yield from answered(Call("GET", f"/v1/grades/{state.id}", wait=wait), retry)
    return parsed(reply, ReviewedGrade)
