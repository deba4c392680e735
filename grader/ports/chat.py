"""Chat models: one reply to one request, and many replies later for less."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NotRequired, Protocol, TypedDict, Unpack

from grader.domain import Usage
from grader.errors import JudgeFailure


@dataclass(frozen=True)
class Completion:
    """What a chat model answered: its text, why it stopped, which model it was, what it cost in tokens.

    `cached` says that no call was made for it: the reply and its tokens are those of an earlier one. `calls` counts
    the requests it took, refused ones included. `cached_input_tokens` is the part of the input that the provider's
    prefix cache served, `reasoning_tokens` the part of the output that was thought and not said; `fingerprint` is
    what the endpoint says of the model's build.
    """

    text: str
    model: str
    finish_reason: str
    refusal: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cached: bool = False
    calls: int = 1
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    fingerprint: str = ""

    @property
    def usage(self) -> Usage:
        """What it took, without its price."""
        return Usage(
            llm_calls=self.calls,
            input_tokens=self.input_tokens,
            cached_input_tokens=self.cached_input_tokens,
            output_tokens=self.output_tokens,
        )

    def after(self, spent: Usage) -> Completion:
        """The same completion, with what was spent in vain before it came."""
        return replace(
            self,
            calls=self.calls + spent.llm_calls,
            input_tokens=self.input_tokens + spent.input_tokens,
            cached_input_tokens=self.cached_input_tokens + spent.cached_input_tokens,
            output_tokens=self.output_tokens + spent.output_tokens,
        )


class ChatRequest(TypedDict):
    """One system and one user message, and the JSON schema of the answer.

    `cache_key` names what the unchanging beginning of the messages depends on (a rubric's hash), so that a provider
    can send requests that share it to the same prefix cache; `asked` names what a whole reply speaks of. Both are
    no part of the question.
    """

    system: str
    user: str
    schema_name: str
    schema: dict[str, Any]
    cache_key: NotRequired[str]
    asked: NotRequired[tuple[str, ...]]


class ChatModel(Protocol):
    """One chat completion with a JSON schema for the answer."""

    @property
    def identity(self) -> dict[str, str]:
        """Model name and endpoint, without secrets."""
        ...

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer, whatever it says; JudgeFailure when the endpoint gives none."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class BulkState(StrEnum):
    """How far a bulk job is; its results can be collected once it is `ended`, in full or in part."""

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True)
class BulkProgress:
    """How far a bulk job is; `message` says why it failed. The counts are the endpoint's, 0 where it has none."""

    state: BulkState
    total: int = 0
    completed: int = 0
    failed: int = 0
    message: str = ""


class BulkChatModel(Protocol):
    """Many completions at a lower price and without haste: submit, poll for hours, collect."""

    @property
    def identity(self) -> dict[str, str]:
        """Model name and endpoint, without secrets."""
        ...

    async def submit(self, requests: Mapping[str, ChatRequest], *, name: str = "") -> str:
        """Hand in requests by the caller's ids and return the job's id; JudgeFailure when it is not taken."""
        ...

    async def find(self, name: str) -> str | None:
        """The id of the job that was handed in under this name, or None; JudgeFailure when the endpoint does not say.

        Whoever died before it had noted a job's id finds it again, and does not pay for it twice.
        """
        ...

    async def poll(self, job_id: str) -> BulkProgress:
        """How far the job is; JudgeFailure when the endpoint does not say."""
        ...

    async def collect(self, job_id: str, ids: Collection[str]) -> dict[str, Completion | JudgeFailure]:
        """A completion or a failure for each of `ids`, in their order; JudgeFailure when the job has not ended."""
        ...

    async def cancel(self, job_id: str) -> None:
        """Stop a job; what is done can still be collected."""
        ...

    async def forget(self, job_id: str) -> None:
        """Delete at the endpoint what was asked in a job that has ended, and what was answered; twice is as once."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
