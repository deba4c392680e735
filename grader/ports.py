"""What the core needs from outside, as small protocols; `grader.fakes` has a fake of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NotRequired, Protocol, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from grader.domain import Grade, Judgement, Submission, Usage
from grader.errors import JudgeFailure

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions); every row has length 1."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their cosine similarity."""

    @property
    def identity(self) -> dict[str, str]:
        """What the vectors depend on: model id, weights digest, backend."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order, the same whatever else is in the batch; ModelUnavailable when it cannot."""
        ...


class Judge(Protocol):
    """Says of every key point asked for (`Submission.points`) what the answer says about it."""

    @property
    def name(self) -> str:
        """The word that selects this judge and stands in `judged_by`."""
        ...

    @property
    def identity(self) -> dict[str, str]:
        """What the verdicts depend on: model, prompt hash, thresholds."""
        ...

    async def judge(self, submission: Submission) -> Judgement:
        """Exactly one verdict per asked point, in rubric order; JudgeFailure when it can give none."""
        ...


@dataclass(frozen=True)
class Passage:
    """What a reader is shown: a question, a text that answers it, and statements to look for in the text."""

    question: str
    text: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A piece of the text, its `[start, end)`, and how likely in [0, 1] it carries the statement."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Reading:
    """What a stretch of the text says of one statement.

    `logits` are in the order covered, partial, missing, contradicted, as the model gives them, not yet
    calibrated; `words` are those of the stretch, in order.
    """

    logits: tuple[float, float, float, float]
    words: tuple[Word, ...]


class Reader(Protocol):
    """Reads a text against statements and says of each whether the text makes, misses or denies it, and where."""

    @property
    def identity(self) -> dict[str, str]:
        """What the readings depend on: weights digests, backend."""
        ...

    async def read(self, passage: Passage) -> list[list[Reading]]:
        """One list a statement, in order, with a reading for every stretch that a long text was cut into.

        The same whatever else is read at the time; ModelUnavailable when it cannot read.
        """
        ...


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

    async def submit(self, requests: Mapping[str, ChatRequest]) -> str:
        """Hand in requests by the caller's ids and return the job's id; JudgeFailure when it is not taken."""
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

    async def close(self) -> None:
        """Close what is open."""
        ...


@dataclass(frozen=True)
class Choice:
    """One question about a text: `instructions`, and what each value that can be chosen means."""

    instructions: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Decision:
    """Probability of every value for each question, in order; None where the model declined one."""

    probabilities: tuple[dict[str, float] | None, ...]
    model: str
    usage: Usage


class DecisionModel(Protocol):
    """Chooses among given values and says how sure it is, without words."""

    @property
    def identity(self) -> dict[str, str]:
        """Model name and endpoint, without secrets."""
        ...

    async def decide(self, text: str, choices: Sequence[Choice]) -> Decision:
        """As many distributions as choices, in order; JudgeFailure when the endpoint gives none."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class GradeStore(Protocol):
    """Keeps grades."""

    async def save(self, grade: Grade) -> None:
        """Keep `grade`; when this returns it survives a crash. StorageError when it cannot be kept."""
        ...

    async def find(self, grade_id: str) -> Grade | None:
        """The grade with this id, or None."""
        ...


class ResponseCache(Protocol):
    """Keeps replies of chat models under the hash of everything they depend on, for a while."""

    async def find(self, key: str) -> Completion | None:
        """The reply kept under `key`, or None where there is none or it has expired; StorageError."""
        ...

    async def keep(self, key: str, completion: Completion) -> Completion:
        """Keep a reply and return the one that is kept: of two for one key the first stays. StorageError."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
