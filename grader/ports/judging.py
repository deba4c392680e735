"""Who says of each key point whether an answer makes it, and who reads for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from grader.domain import Judgement, Submission


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
    """A piece of the text, its `[start, end)`, and the probability that here it speaks of the statement.

    Those of all words add up to at most 1: the rest is the probability that it does nowhere.
    """

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
