"""Fakes of the ports: deterministic, instant, offline. Tests and demos run on them; no default ever does."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Unpack

import numpy as np

from grader.domain import Grade, Judgement, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure, StorageError
from grader.ports import (
    BulkProgress,
    BulkState,
    ChatModel,
    ChatRequest,
    Choice,
    Completion,
    Decision,
    Passage,
    Reading,
    Vectors,
    Word,
)
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
class FakeReader:
    """A Reader by rule: a text makes a statement whose words it uses, and denies it where only one of both negates."""

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-shared-words"}

    async def read(self, passage: Passage) -> list[list[Reading]]:
        """One reading a statement: the whole text is one stretch."""
        return [[self._reading(passage.text, statement)] for statement in passage.statements]

    def _reading(self, text: str, statement: str) -> Reading:
        wanted = stems(statement)
        words = tuple(
            Word(found.start(), found.end(), float(bool(stems(found.group()) & wanted)))
            for found in re.finditer(r"\w+", text)
        )
        share = len(stems(text) & wanted) / max(1, len(wanted))
        denied = (" not " in f" {text} ") != (" not " in f" {statement} ")
        made = 6.0 if share >= 0.5 else -6.0  # noqa: PLR2004 - half of the words, as good as any for a fake
        return Reading((made - 3.0 * denied, -6.0, -made, made - 3.0 * (not denied)), words)


@dataclass(frozen=True)
class FakeJudge:
    """Gives each key point the label scripted for it, `missing` where none is, with its confidence, if any.

    With a `failure` it raises that instead. Keeps which points it was asked for.
    """

    labels: Mapping[str, Label] = field(default_factory=dict)
    name: str = "fake"
    confidences: Mapping[str, float] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    failure: JudgeFailure | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list, compare=False)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake"}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point, without evidence."""
        self.asked.append(tuple(point.id for point in submission.points))
        if self.failure is not None:
            raise self.failure
        return Judgement(tuple(self._verdict(point.id) for point in submission.points), self.usage)

    def _verdict(self, point: str) -> Verdict:
        label = self.labels.get(point, Label.MISSING)
        reason = "scripted" if label is Label.UNGRADED else ""
        confidence = self.confidences.get(point)
        return Verdict(key_point_id=point, label=label, judged_by=self.name, reason=reason, confidence=confidence)


@dataclass
class FakeChatModel:
    """Answers with scripted replies, the last one again and again; keeps what it was asked."""

    replies: list[Completion | Exception]
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-chat", "endpoint": "none"}

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The next scripted reply, raised if it is an exception."""
        self.asked.append((request["system"], request["user"]))
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
class FakeBulkChatModel:
    """A job is one call of `model` for each request, made when it is submitted."""

    model: ChatModel
    jobs: dict[str, dict[str, Completion | JudgeFailure]] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, str]:
        """That of the model."""
        return self.model.identity

    async def submit(self, requests: Mapping[str, ChatRequest]) -> str:
        """Answer all requests; the job's id counts up."""
        done: dict[str, Completion | JudgeFailure] = {}
        for request_id, request in requests.items():
            try:
                done[request_id] = await self.model.complete(**request)
            except JudgeFailure as failure:
                done[request_id] = failure
        job_id = f"job-{len(self.jobs) + 1}"
        self.jobs[job_id] = done
        return job_id

    async def poll(self, job_id: str) -> BulkProgress:
        """Ended, at once."""
        done = self._job(job_id)
        failed = sum(isinstance(outcome, JudgeFailure) for outcome in done.values())
        return BulkProgress(BulkState.ENDED, len(done), len(done) - failed, failed)

    async def collect(self, job_id: str, ids: Collection[str]) -> dict[str, Completion | JudgeFailure]:
        """What was answered; an id that was not submitted has failed."""
        done = self._job(job_id)
        return {each: done.get(each, JudgeFailure("no_result", f"the job has no result for {each}")) for each in ids}

    async def cancel(self, job_id: str) -> None:
        """It is done already."""

    async def close(self) -> None:
        """Close the model."""
        await self.model.close()

    def _job(self, job_id: str) -> dict[str, Completion | JudgeFailure]:
        if job_id not in self.jobs:
            raise JudgeFailure("no_such_job", f"there is no job {job_id}")
        return self.jobs[job_id]


@dataclass
class FakeDecisionModel:
    """Gives each question the next scripted distribution, None for one that it declines; keeps what it was asked."""

    script: list[dict[str, float] | None]
    asked: list[tuple[str, tuple[Choice, ...]]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-decisions", "endpoint": "none"}

    async def decide(self, text: str, choices: Sequence[Choice]) -> Decision:
        """As many of the scripted distributions as there are choices."""
        self.asked.append((text, tuple(choices)))
        return Decision(tuple(self.script[: len(choices)]), "fake-decisions", Usage(llm_calls=1, input_tokens=100))

    async def close(self) -> None:
        """Nothing is open."""


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


@dataclass
class FakeResponseCache:
    """Keeps replies in memory, for ever; with a `failure` it raises that instead."""

    replies: dict[str, Completion] = field(default_factory=dict)
    failure: Exception | None = None

    async def find(self, key: str) -> Completion | None:
        """The reply kept under `key`, or None."""
        if self.failure is not None:
            raise self.failure
        return self.replies.get(key)

    async def keep(self, key: str, completion: Completion) -> Completion:
        """The first reply that was kept under `key`."""
        if self.failure is not None:
            raise self.failure
        return self.replies.setdefault(key, completion)

    async def close(self) -> None:
        """Nothing is open."""


def counting_ids(prefix: str = "grade") -> Callable[[], str]:
    """A source of ids `grade-1`, `grade-2`, ..."""
    count = iter(range(1, 1_000_000))
    return lambda: f"{prefix}-{next(count)}"
