"""Verdicts of a run in a file, to be measured, compared and combined again without asking a judge.

A line is one answer: `{question_id, answer_id, labels: {key point id: label}, confidences?: {key point id: [0, 1]},
probabilities?: {key point id: [covered, partial, missing, contradicted]}}`. Further fields are not read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from grader import __version__
from grader.benchmark.dataset import Case, Dataset
from grader.benchmark.metrics import LABELS
from grader.benchmark.rows import Place, Row, read_rows
from grader.benchmark.run import Run
from grader.domain import Feedback, Grade, GradedPoint, Label, Provenance, Status, Usage, Verdict
from grader.errors import DatasetError
from grader.scoring import Policy, Score, score
from grader.text.canonical import answer_hash, canonicalise
from rubrics.model import KeyPoint

VERDICTS_FILE: Final = "verdicts.jsonl"

ROUNDING: Final = 0.01
"""How far four probabilities may be from a sum of 1: two decimals each."""

_Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Four = tuple[_Probability, _Probability, _Probability, _Probability]
_NO_FEEDBACK: Final = Feedback(summary="", strengths=(), improvements=(), next_step="")


class StoredVerdicts(Row):
    """What was said of one answer."""

    question_id: str
    answer_id: str
    labels: dict[str, Label]
    confidences: dict[str, _Probability] = Field(default_factory=dict)
    probabilities: dict[str, _Four] = Field(default_factory=dict)

    def verdict(self, point: KeyPoint, judge: str) -> Verdict:
        """What was said of `point`; a probability of the label counts as its confidence."""
        label, confidence = self.labels[point.id], self.confidences.get(point.id)
        if point.id in self.probabilities and label is not Label.UNGRADED:
            confidence = self.probabilities[point.id][LABELS.index(label)]
        reason = "ungraded in the file" if label is Label.UNGRADED else ""
        return Verdict(key_point_id=point.id, label=label, judged_by=judge, confidence=confidence, reason=reason)


def write_verdicts(run: Run, file: Path) -> None:
    """Write the verdicts of a run, one line an answer."""
    lines = (_stored(grade, case).model_dump_json(exclude_defaults=True) + "\n" for case, grade in _pairs(run))
    file.write_text("".join(lines), encoding="utf-8")


def run_stored(file: Path, dataset: Dataset, policy: Policy) -> Run:
    """A run with the verdicts of `file` as they stand, scored by `policy`; lines about other answers are passed over.

    DatasetError where an answer or a key point of `dataset` has no verdict, or a line is not one.
    """
    stored = _read(file)
    measured_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    name = file.parent.resolve().name if file.name == VERDICTS_FILE else file.stem
    grades = []
    for case in dataset.cases:
        found = stored.get((case.question_id, case.answer_id))
        if found is None:
            raise DatasetError(
                f"{file}: has no line for question {case.question_id}, answer {case.answer_id}; "
                "add it, or name the part it is about with --held-out"
            )
        grades.append(_grade(case, _complete(found, case), name, policy, measured_at))
    return Run(dataset, tuple(grades), latencies=(), wall_seconds=0.0)


def _pairs(run: Run) -> zip[tuple[Case, Grade]]:
    return zip(run.dataset.cases, run.grades, strict=True)


def _stored(grade: Grade, case: Case) -> StoredVerdicts:
    sure = {point.key_point_id: point.confidence for point in grade.points if point.confidence is not None}
    labels = {point.key_point_id: point.verdict for point in grade.points}
    return StoredVerdicts(question_id=case.question_id, answer_id=case.answer_id, labels=labels, confidences=sure)


def _read(file: Path) -> Mapping[tuple[str, str], tuple[Place, StoredVerdicts]]:
    found: dict[tuple[str, str], tuple[Place, StoredVerdicts]] = {}
    for place, row in read_rows(file, StoredVerdicts):
        if (row.question_id, row.answer_id) in found:
            raise place.error("answer_id", f"{row.answer_id!r} stands twice; keep one line an answer")
        for name, four in row.probabilities.items():
            if not math.isclose(sum(four), 1.0, abs_tol=ROUNDING):
                raise place.error(f"probabilities.{name}", f"sum to {sum(four):.3f}; they must sum to 1")
        found[row.question_id, row.answer_id] = place, row
    return found


def _complete(found: tuple[Place, StoredVerdicts], case: Case) -> StoredVerdicts:
    place, row = found
    for point in case.rubric.key_points:
        if point.id not in row.labels:
            raise place.error(f"labels.{point.id}", "is not there; give every key point of the question a label")
    return row


def _grade(case: Case, stored: StoredVerdicts, judge: str, policy: Policy, measured_at: datetime) -> Grade:
    verdicts = tuple(stored.verdict(point, judge) for point in case.rubric.key_points)
    result = score(case.rubric, verdicts, policy)
    return Grade(
        id=f"{judge}:{case.answer_id}",
        status=Status.UNGRADED if result.value is None else Status.GRADED,
        question_id=case.question_id,
        rubric_hash=case.rubric.content_hash,
        candidate_ref=None,
        score=result.value,
        score_interval=result.interval,
        passed=result.passed,
        points=tuple(_point(*pair, result) for pair in zip(case.rubric.key_points, verdicts, strict=True)),
        missed=tuple(verdict.key_point_id for verdict in verdicts if verdict.label is Label.MISSING),
        contradicted=tuple(verdict.key_point_id for verdict in verdicts if verdict.label is Label.CONTRADICTED),
        feedback=_NO_FEEDBACK,
        flags=(),
        usage=Usage(),
        provenance=Provenance(
            grader_version=__version__,
            judge={"name": judge},
            embedder=None,
            answer_sha256=answer_hash(canonicalise(case.answer)),
            removed_characters={},
            policy=asdict(policy),
        ),
        created_at=measured_at,
    )


def _point(point: KeyPoint, verdict: Verdict, result: Score) -> GradedPoint:
    return GradedPoint(
        key_point_id=point.id,
        text=point.text,
        topic=point.topic,
        weight=point.weight,
        required=point.required,
        verdict=verdict.label,
        credit=result.credits[point.id],
        confidence=verdict.confidence,
        similarity=None,
        judged_by=verdict.judged_by,
        reason=verdict.reason,
        evidence=(),
        feedback="",
        hints=(),
    )
