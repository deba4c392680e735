"""Every point of a run beside its true label, so that a wrong case can be looked up."""

from __future__ import annotations

from pydantic import Field

from grader.benchmark.dataset import Case
from grader.benchmark.run import Run
from grader.domain import Grade, GradedPoint, Label
from rubrics.model import Immutable


class ComparedVerdict(Immutable):
    """One key point of one answer: what a person says (`label`) and what the judge says (`predicted`)."""

    answer_id: str
    key_point_id: str
    label: Label
    predicted: Label
    confidence: float | None = Field(ge=0, le=1)
    similarity: float | None
    judged_by: str
    reason: str

    @property
    def is_confident(self) -> bool:
        """Whether there is a label with a confidence in it."""
        return self.confidence is not None and self.predicted is not Label.UNGRADED


def compare(run: Run) -> tuple[tuple[ComparedVerdict, ...], ...]:
    """The compared verdicts of each answer, in dataset and rubric order."""
    return tuple(_of_answer(case, grade) for case, grade in zip(run.dataset.cases, run.grades, strict=True))


def _of_answer(case: Case, grade: Grade) -> tuple[ComparedVerdict, ...]:
    return tuple(_of_point(case, point) for point in grade.points)


def _of_point(case: Case, point: GradedPoint) -> ComparedVerdict:
    return ComparedVerdict(
        answer_id=case.answer_id,
        key_point_id=point.key_point_id,
        label=case.labels[point.key_point_id],
        predicted=point.verdict,
        confidence=point.confidence,
        similarity=point.similarity,
        judged_by=point.judged_by,
        reason=point.reason,
    )
