"""What the results of a batch come to, counted row by row: memory grows with the questions, not with the rows.

What counts is counted: where people decided, their verdicts and the score that these come to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grader.domain import Label
from grader.exports.export import Export
from grader.exports.reviewed import ReviewedResult, ReviewedRow
from grader.ports import ItemStatus
from rubrics.model import Rubric

BINS: Final = 20
"""Bars of a score distribution, 5 % each."""

HARDEST: Final = 10
"""Key points named as the hardest."""

NEEDED_ANSWERS: Final = 5
"""Answers of which a key point must be judged before it is called hard."""

FAILURES: Final = 50
"""Failed rows that are listed; the others are counted."""


@dataclass
class Distribution:
    """Scores in [0, 1] by bin, and their mean."""

    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    total: float = 0.0

    def add(self, score: float) -> None:
        """Count a score."""
        self.bins[min(int(score * BINS), BINS - 1)] += 1
        self.total += score

    @property
    def count(self) -> int:
        """How many scores."""
        return sum(self.bins)

    @property
    def mean(self) -> float | None:
        """None of no scores."""
        return self.total / self.count if self.count else None

    def quantile(self, share: float) -> float | None:
        """The middle of the bin in which this share of the scores is reached."""
        wanted, seen = share * self.count, 0
        for place, count in enumerate(self.bins):
            seen += count
            if count and seen >= wanted:
                return (place + 0.5) / BINS
        return None


@dataclass
class PointTally:
    """What became of one key point over all answers."""

    question_id: str
    text: str
    weight: float
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def judged(self) -> int:
        """Answers with a verdict on it."""
        return sum(self.verdicts.values()) - self.verdicts[Label.UNGRADED]

    @property
    def earned(self) -> float:
        """Share of its credit that was earned, a partly made point half."""
        return (self.verdicts[Label.COVERED] + self.verdicts[Label.PARTIAL] / 2) / self.judged if self.judged else 0.0

    def share(self, verdict: str) -> float:
        """Share of the answers with this verdict."""
        return self.verdicts[verdict] / self.judged if self.judged else 0.0


@dataclass
class QuestionTally:
    """What became of the answers to one version of a question's rubric."""

    rubric: Rubric
    statuses: Counter[str] = field(default_factory=Counter)
    scores: Distribution = field(default_factory=Distribution)
    points: dict[str, PointTally] = field(default_factory=dict)

    def add(self, result: ReviewedResult, grade: Mapping[str, Any]) -> None:
        """Count a result and its grade."""
        self.statuses[result.status] += 1
        if result.score is not None:
            self.scores.add(result.score)
        for point in grade.get("points", ()):
            tally = self.points.get(point["key_point_id"])
            if tally is not None:
                tally.verdicts[point["verdict"]] += 1

    @classmethod
    def of(cls, rubric: Rubric) -> QuestionTally:
        """Nothing counted yet; mistakes to avoid are no points to make."""
        points = {
            point.id: PointTally(rubric.question.id, point.text, point.weight)
            for point in rubric.key_points
            if not point.penalty
        }
        return cls(rubric, points=points)


@dataclass(frozen=True)
class Failure:
    """A row without a grade, and why."""

    row: int
    candidate_ref: str | None
    question_id: str
    reason: str


@dataclass
class Summary:
    """Everything counted; `machine` are the scores as the machine alone gave them."""

    statuses: Counter[str] = field(default_factory=Counter)
    reviewed: int = 0
    scores: Distribution = field(default_factory=Distribution)
    machine: Distribution = field(default_factory=Distribution)
    questions: dict[str, QuestionTally] = field(default_factory=dict)
    flags: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def settled(self) -> int:
        """Rows with a result."""
        return sum(self.statuses.values())

    @property
    def hardest(self) -> list[PointTally]:
        """The key points that earned least, of those that enough answers were judged by."""
        points = (point for question in self.questions.values() for point in question.points.values())
        return sorted((point for point in points if point.judged >= NEEDED_ANSWERS), key=_hardness)[:HARDEST]

    def add(self, row: ReviewedRow, result: ReviewedResult, rubric: Rubric) -> None:
        """Count a row."""
        self.statuses[result.status] += 1
        self.reviewed += result.reviewed
        for score, scores in ((result.score, self.scores), (result.machine.score, self.machine)):
            if score is not None:
                scores.add(score)
        grade = result.grade()
        self.questions.setdefault(row.item.rubric_hash, QuestionTally.of(rubric)).add(result, grade)
        if result.status in {ItemStatus.FAILED, ItemStatus.UNGRADED}:
            self._fail(row, result.machine.reason or _ungraded_because(grade), rubric)
        if result.status is ItemStatus.NEEDS_REVIEW:
            self.flags.update(grade.get("flags", ()))

    def _fail(self, row: ReviewedRow, reason: str, rubric: Rubric) -> None:
        self.reasons[reason] += 1
        if len(self.failures) < FAILURES:
            self.failures.append(Failure(row.item.idx + 1, row.item.candidate_ref, rubric.question.id, reason))


async def summarise(export: Export) -> Summary:
    """Count all rows that have a result."""
    summary = Summary()
    async for row in export.rows:
        if row.result is not None:
            summary.add(row, row.result, export.rubric(row))
    return summary


def _hardness(point: PointTally) -> tuple[float, str, str]:
    return point.earned, point.question_id, point.text


def _ungraded_because(grade: Mapping[str, Any]) -> str:
    """Why a grade has no score: the reasons of its ungraded points, which are codes."""
    reasons = {point["reason"] for point in grade.get("points", ()) if point["verdict"] == Label.UNGRADED}
    return ", ".join(sorted(reasons)) or "unknown"
