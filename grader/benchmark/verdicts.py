"""Every labelled target of a run beside its true label, so that a wrong case can be looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import Field

from grader.benchmark.dataset import Case
from grader.benchmark.run import Run
from grader.domain import Flag, Grade, GradedPoint, Label, Verdict
from rubrics.model import Immutable

POINTS_FILE: Final = "points.jsonl"

DOUBTS: Final = frozenset({Flag.LOW_CONFIDENCE, Flag.JUDGES_DISAGREE})
"""Flags by which a judge says that it doubts itself."""

_BEST_FIRST: Final = (Label.COVERED, Label.UNGRADED, Label.PARTIAL, Label.CONTRADICTED, Label.MISSING)
"""Which member speaks for an any-of group. An ungraded one might be covered, so nothing less than that beats it;
words against one member are worth more than none about another."""


class ComparedVerdict(Immutable):
    """One target of one answer: what a person says (`label`) and what the judge says (`predicted`).

    `key_point_id` is a key point, or an any-of group of them; `doubts` are the judge's of the whole answer.
    """

    answer_id: str
    key_point_id: str
    label: Label
    predicted: Label
    confidence: float | None = Field(ge=0, le=1)
    similarity: float | None
    judged_by: str
    reason: str
    doubts: tuple[Flag, ...] = ()

    @property
    def is_confident(self) -> bool:
        """Whether there is a label with a confidence in it."""
        return self.confidence is not None and self.predicted is not Label.UNGRADED

    @property
    def verdict(self) -> Verdict:
        """What the judge said, without its evidence."""
        return self.on(self.key_point_id)

    def on(self, key_point_id: str) -> Verdict:
        """The same said of another key point."""
        return Verdict(
            key_point_id=key_point_id,
            label=self.predicted,
            judged_by=self.judged_by,
            confidence=self.confidence,
            flags=self.doubts,
        )


def compare(run: Run) -> tuple[tuple[ComparedVerdict, ...], ...]:
    """The compared verdicts of each answer, in dataset and rubric order."""
    return tuple(compare_answer(case, grade) for case, grade in zip(run.dataset.cases, run.grades, strict=True))


def compare_answer(case: Case, grade: Grade) -> tuple[ComparedVerdict, ...]:
    """One compared verdict a label of `case`."""
    points = {point.key_point_id: point for point in grade.points}
    groups = {group.id: group.members for group in case.rubric.groups}
    doubts = tuple(flag for flag in grade.flags if flag in DOUBTS)
    return tuple(
        _compared(case, target, _best([points[member] for member in groups.get(target, (target,))]), doubts)
        for target in case.labels
    )


def _best(members: Sequence[GradedPoint]) -> GradedPoint:
    """The member that speaks for all; of several missing ones the least sure, as all of them have to be missing."""
    best = min((point.verdict for point in members), key=_BEST_FIRST.index)
    speakers = [point for point in members if point.verdict is best]
    choose = min if best is Label.MISSING else max
    return choose(speakers, key=lambda point: -1.0 if point.confidence is None else point.confidence)


def _compared(case: Case, target: str, point: GradedPoint, doubts: tuple[Flag, ...]) -> ComparedVerdict:
    return ComparedVerdict(
        answer_id=case.answer_id,
        key_point_id=target,
        label=case.labels[target],
        predicted=point.verdict,
        confidence=point.confidence,
        similarity=point.similarity,
        judged_by=point.judged_by,
        reason=point.reason,
        doubts=doubts,
    )
