"""A run as sums per answer: all that its metrics are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.benchmark import metrics
from grader.benchmark.dataset import Scale
from grader.benchmark.metrics import LABELS, PREDICTIONS, Floats, Integers
from grader.benchmark.run import Run
from grader.benchmark.verdicts import ComparedVerdict, compare


@dataclass(frozen=True)
class Confident:
    """The verdicts with a confidence, one entry each: row of the answer, label, confidence in [0, 1], whether right.

    Empty where people did not tell the four labels apart: then nobody knows whether a label is right.
    """

    answers: Integers
    predicted: Integers
    confidence: Floats
    correct: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, ComparedVerdict]], scale: Scale) -> Self:
        """Those among `rows` of answer and verdict."""
        sure = [pair for pair in rows if pair[1].is_confident] if scale is Scale.FOUR_LABELS else []
        return cls(
            answers=_integers([row for row, _ in sure]),
            predicted=_integers([LABELS.index(verdict.predicted) for _, verdict in sure]),
            confidence=np.array([verdict.confidence for _, verdict in sure], dtype=np.float64),
            correct=np.array([verdict.predicted is verdict.label for _, verdict in sure], dtype=np.bool_),
        )

    def sums(self, answers: int) -> Floats:
        """Per answer and confidence bin count, total confidence and number correct; shape (answers, bins, 3)."""
        return metrics.confidence_sums(self.answers, self.confidence, self.correct, answers)

    def said(self, label: int) -> Self:
        """Those whose label has this index in LABELS."""
        chosen = self.predicted == label
        return type(self)(self.answers[chosen], self.predicted[chosen], self.confidence[chosen], self.correct[chosen])


@dataclass(frozen=True)
class Sums:
    """All of a run: `confusions` has shape (answers, 4, 5), `scores` is that of `metrics.score_sums`."""

    scale: Scale
    confusions: Floats
    confident: Confident
    scores: Floats

    @classmethod
    def of(cls, run: Run) -> Self:
        """The sums of `run`."""
        compared = compare(run)
        rows = [(row, verdict) for row, verdicts in enumerate(compared) for verdict in verdicts]
        confusions = metrics.confusions(
            _integers([row for row, _ in rows]),
            _integers([LABELS.index(verdict.label) for _, verdict in rows]),
            _integers([PREDICTIONS.index(verdict.predicted) for _, verdict in rows]),
            len(compared),
        )
        true = np.array([case.score for case in run.dataset.cases], dtype=np.float64)
        predicted = np.array([grade.score for grade in run.grades], dtype=np.float64)  # None becomes NaN
        return cls(
            run.dataset.scale,
            confusions,
            Confident.of(rows, run.dataset.scale),
            metrics.score_sums(true, predicted),
        )

    @property
    def graded(self) -> Floats:
        """The confusions without the ungraded points, shape (answers, 4, 4)."""
        return self.confusions[..., : len(LABELS)]


def _integers(numbers: Sequence[int]) -> Integers:
    return np.array(numbers, dtype=np.int64)
