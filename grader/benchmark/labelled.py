"""Answers labelled point by point: a questions and an answers file.

A line of the questions file is `{question_id, title, question, reference_answer?, domain?,
key_points: [{id, text, weight, essential}]}`, a line of the answers file `{question_id, answer_id,
style, answer, labels: {key point id: label}, evidence?: {key point id: quote}, score}`. Further fields
are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from grader.benchmark.dataset import Case, Dataset
from grader.benchmark.rows import Place, Row, check_gradable, read_rows, validated
from grader.domain import Label
from grader.errors import DatasetError
from rubrics.model import MAX_WEIGHT, Identifier, KeyPoint, Line, Question, Rubric, Text

QUESTIONS_FILE: Final = "questions.jsonl"
ANSWERS_FILE: Final = "answers.jsonl"

TrueLabel = Literal["covered", "partial", "missing", "contradicted"]
"""What a person can say of a key point; `ungraded` is for judges only."""


def read_dataset(questions: Path, answers: Path) -> Dataset:
    """The dataset of a questions and an answers file; DatasetError says file, line, field and what to change."""
    rubrics: dict[str, Rubric] = {}
    for place, row in read_rows(questions, _QuestionRow):
        if row.question_id in rubrics:
            raise place.error("question_id", f"{row.question_id!r} stands twice; give every question its own id")
        rubrics[row.question_id] = validated(place, row.rubric)
    cases: dict[str, Case] = {}
    for place, answer in read_rows(answers, _AnswerRow):
        if answer.answer_id in cases:
            raise place.error("answer_id", f"{answer.answer_id!r} stands twice; give every answer its own id")
        cases[answer.answer_id] = _case(place, answer, rubrics, questions)
    if not cases:
        raise DatasetError(f"{answers}: has no answers; write one labelled answer a line")
    return Dataset(answers.resolve().parent.name, tuple(cases.values()))


class _PointRow(Row):
    id: Identifier
    text: Line
    weight: float = Field(gt=0, le=MAX_WEIGHT, allow_inf_nan=False)
    essential: bool


class _QuestionRow(Row):
    question_id: Identifier
    title: Line
    question: Text
    domain: Line | None = None
    reference_answer: Text | None = None
    key_points: tuple[_PointRow, ...]

    def rubric(self) -> Rubric:
        """The same in the words of `rubrics.model`."""
        return Rubric(
            question=Question(id=self.question_id, title=self.title, text=self.question, category=self.domain),
            reference_answer=self.reference_answer,
            key_points=tuple(
                KeyPoint(id=point.id, text=point.text, weight=point.weight, required=point.essential)
                for point in self.key_points
            ),
        )


class _AnswerRow(Row):
    question_id: str
    answer_id: str = Field(min_length=1)
    style: str
    answer: str
    labels: dict[str, TrueLabel]
    evidence: dict[str, str] = Field(default_factory=dict)
    score: float = Field(ge=0, le=1, allow_inf_nan=False)


def _case(place: Place, row: _AnswerRow, rubrics: Mapping[str, Rubric], questions: Path) -> Case:
    rubric = rubrics.get(row.question_id)
    if rubric is None:
        raise place.error(
            "question_id", f"{row.question_id!r} is not in {questions}; add the question or drop the answer"
        )
    check_gradable(place, row.answer)
    labels = _labels(place, row, rubric)
    _check_evidence(place, row)
    return Case(row.answer_id, row.style, rubric, row.answer, labels, row.score, row.evidence)


def _labels(place: Place, row: _AnswerRow, rubric: Rubric) -> dict[str, Label]:
    """The labels in rubric order, exactly one a key point."""
    points = [point.id for point in rubric.key_points]
    for unknown in (name for name in row.labels if name not in points):
        raise place.error(f"labels.{unknown}", f"question {row.question_id} has no such key point; remove the label")
    for unlabelled in (name for name in points if name not in row.labels):
        raise place.error(f"labels.{unlabelled}", "is not there; label every key point")
    return {key_point_id: Label(row.labels[key_point_id]) for key_point_id in points}


def _check_evidence(place: Place, row: _AnswerRow) -> None:
    for key_point_id, quote in row.evidence.items():
        if key_point_id not in row.labels:
            raise place.error(
                f"evidence.{key_point_id}", f"question {row.question_id} has no such key point; remove the quote"
            )
        if not quote.strip() or quote not in row.answer:
            raise place.error(f"evidence.{key_point_id}", "does not stand in the answer; quote it word for word")
