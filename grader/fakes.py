"""Fakes of the ports: deterministic, instant, offline. Tests and demos run on them; no default ever does."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from grader.domain import Grade, Judgement, Label, Submission, Verdict
from grader.errors import StorageError
from grader.ports import Completion, Vectors
from grader.text.words import stems

DIMENSIONS: Final = 256


@dataclass(frozen=True)
class FakeEncoder:
    """A blocking model in which texts that share words are close: every word stem has one of DIMENSIONS places.

    With a `failure` it raises that instead.
    """

    failure: Exception | None = None

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-word-hash"}

    def load(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        if self.failure is not None:
            raise self.failure
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for stem in stems(text) or {text}:
                row[zlib.crc32(stem.encode()) % DIMENSIONS] += 1.0
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@dataclass(frozen=True)
class FakeEmbedder:
    """An Embedder over FakeEncoder, without a queue."""

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return FakeEncoder().identity

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        return FakeEncoder().encode(texts)


@dataclass(frozen=True)
class FakeJudge:
    """Gives each key point the label scripted for it, `missing` where none is."""

    labels: dict[str, Label] = field(default_factory=dict)
    name: str = "fake"

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake"}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict a key point, without evidence."""
        verdicts = (
            Verdict(key_point_id=point.id, label=self.labels.get(point.id, Label.MISSING), judged_by=self.name)
            for point in submission.rubric.key_points
        )
        return Judgement(tuple(verdicts))


@dataclass
class FakeChatModel:
    """Answers with scripted replies, the last one again and again; keeps what it was asked."""

    replies: list[Completion | Exception]
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-chat", "endpoint": "none"}

    async def complete(self, *, system: str, user: str, schema_name: str, schema: dict[str, Any]) -> Completion:  # noqa: ARG002
        """The next scripted reply, raised if it is an exception."""
        self.asked.append((system, user))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self) -> None:
        """Nothing is open."""


def completion(verdicts: list[dict[str, Any]] | str, *, finish_reason: str = "stop") -> Completion:
    """A Completion that says these verdicts, or this raw text, for 100 tokens in and 20 out."""
    text = verdicts if isinstance(verdicts, str) else json.dumps({"verdicts": verdicts})
    return Completion(text, model="fake-chat", finish_reason=finish_reason, input_tokens=100, output_tokens=20)


@dataclass
class FakeGradeStore:
    """Keeps grades in memory."""

    grades: dict[str, Grade] = field(default_factory=dict)

    async def save(self, grade: Grade) -> None:
        """Keep a grade; its id must be new."""
        if grade.id in self.grades:
            raise StorageError(f"grade {grade.id} is there already")
        self.grades[grade.id] = grade

    async def find(self, grade_id: str) -> Grade | None:
        """The grade with this id, or None."""
        return self.grades.get(grade_id)


def counting_ids(prefix: str = "grade") -> Callable[[], str]:
    """A source of ids `grade-1`, `grade-2`, ..."""
    count = iter(range(1, 1_000_000))
    return lambda: f"{prefix}-{next(count)}"
