"""What the core needs from outside, as small protocols; `grader.fakes` has a fake of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.domain import Grade, Judgement, Submission

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
    """Says of every key point what the answer says about it."""

    @property
    def name(self) -> str:
        """The word that selects this judge and stands in `judged_by`."""
        ...

    @property
    def identity(self) -> dict[str, str]:
        """What the verdicts depend on: model, prompt hash, thresholds."""
        ...

    async def judge(self, submission: Submission) -> Judgement:
        """Exactly one verdict a key point, in rubric order; JudgeFailure when it can give none."""
        ...


@dataclass(frozen=True)
class Completion:
    """What a chat model answered: its text, why it stopped, which model it was, what it cost in tokens."""

    text: str
    model: str
    finish_reason: str
    refusal: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


class ChatModel(Protocol):
    """One chat completion with a JSON schema for the answer."""

    @property
    def identity(self) -> dict[str, str]:
        """Model name and endpoint, without secrets."""
        ...

    async def complete(self, *, system: str, user: str, schema_name: str, schema: dict[str, Any]) -> Completion:
        """The model's answer to one system and one user message; JudgeFailure when the endpoint gives none."""
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
