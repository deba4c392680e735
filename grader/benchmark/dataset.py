"""Labelled answers to measure a judge with: two JSON-lines files become a Dataset of Cases.

A line of the questions file is `{question_id, title, question, reference_answer?, domain?,
key_points: [{id, text, weight, essential}]}`, a line of the answers file `{question_id, answer_id,
style, answer, labels: {key point id: label}, score}`. Further fields, such as the evidence, are
not read.
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.domain import Label
from grader.errors import DatasetError, InvalidAnswer
from grader.text.canonical import canonicalise
from rubrics.model import MAX_WEIGHT, Identifier, KeyPoint, Line, Question, Rubric, Text

TrueLabel = Literal["covered", "partial", "missing", "contradicted"]
"""What a person can say of a key point; `ungraded` is for judges only."""


@dataclass(frozen=True)
class Case:
    """One answer with what people say of it: a label per key point, in rubric order, and a score in [0, 1].

    `style` names the kind of answer (`spoken`, `wrong`, ...), so that a report can tell the kinds apart.
    """

    answer_id: str
    style: str
    rubric: Rubric
    answer: str
    labels: Mapping[str, Label]
    score: float


@dataclass(frozen=True)
class Dataset:
    """At least one case, in the order of the file; `name` is the folder it was read from."""

    name: str
    cases: tuple[Case, ...]

    @property
    def content_hash(self) -> str:
        """`sha256:` and 64 hex digits over everything a metric depends on."""
        digest = hashlib.sha256()
        for case in self.cases:
            content = (case.rubric.content_hash, case.answer_id, case.style, case.answer, dict(case.labels), case.score)
            digest.update(json.dumps(content).encode() + b"\n")
        return "sha256:" + digest.hexdigest()


def read_dataset(questions: Path, answers: Path) -> Dataset:
    """The dataset of a questions and an answers file; DatasetError says file, line, field and what to change."""
    rubrics: dict[str, Rubric] = {}
    for place, row in _rows(questions, _QuestionRow):
        if row.question_id in rubrics:
            raise place.error("question_id", f"{row.question_id!r} stands twice; give every question its own id")
        rubrics[row.question_id] = _validated(place, row.rubric)
    cases: dict[str, Case] = {}
    for place, answer in _rows(answers, _AnswerRow):
        if answer.answer_id in cases:
            raise place.error("answer_id", f"{answer.answer_id!r} stands twice; give every answer its own id")
        cases[answer.answer_id] = _case(place, answer, rubrics, questions)
    if not cases:
        raise DatasetError(f"{answers}: has no answers; write one labelled answer a line")
    return Dataset(answers.resolve().parent.name, tuple(cases.values()))


class _Row(BaseModel):
    """One line of a file: strict types, further fields ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _PointRow(_Row):
    id: Identifier
    text: Line
    weight: float = Field(gt=0, le=MAX_WEIGHT, allow_inf_nan=False)
    essential: bool


class _QuestionRow(_Row):
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


class _AnswerRow(_Row):
    question_id: str
    answer_id: str = Field(min_length=1)
    style: str
    answer: str
    labels: dict[str, TrueLabel]
    score: float = Field(ge=0, le=1, allow_inf_nan=False)


@dataclass(frozen=True)
class _Place:
    """Where in which file something stands, for error messages."""

    file: Path
    line: int

    def error(self, field: str, problem: str) -> DatasetError:
        subject = f"{field}: " if field else ""
        return DatasetError(f"{self.file}:{self.line}: {subject}{problem}")


_AnyRow = TypeVar("_AnyRow", bound=_Row)
_Built = TypeVar("_Built")


def _rows(file: Path, kind: type[_AnyRow]) -> Iterator[tuple[_Place, _AnyRow]]:
    """The lines of `file` that are not blank; bytes, because a text may hold characters Python counts as line ends."""
    try:
        lines = file.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n")
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror}); name a JSON-lines file") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = _Place(file, number)
            yield place, _validated(place, partial(kind.model_validate_json, line))


def _validated(place: _Place, build: Callable[[], _Built]) -> _Built:
    """What `build` gives, with the first thing pydantic finds wrong told as a DatasetError."""
    try:
        return build()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise place.error(field, _problem(first["type"], first["msg"])) from error


def _problem(kind: str, message: str) -> str:
    if kind == "missing":
        return "is not there; add it"
    if kind == "json_invalid":  # pydantic counts lines inside the line
        reason = message.removeprefix("Invalid JSON: ").replace(" at line 1 column ", " at column ")
        return f"is not JSON ({reason}); write one object a line, in UTF-8"
    return message.removeprefix("Value error, ")


def _case(place: _Place, row: _AnswerRow, rubrics: Mapping[str, Rubric], questions: Path) -> Case:
    rubric = rubrics.get(row.question_id)
    if rubric is None:
        raise place.error(
            "question_id", f"{row.question_id!r} is not in {questions}; add the question or drop the answer"
        )
    _check_gradable(place, row.answer)
    return Case(row.answer_id, row.style, rubric, row.answer, _labels(place, row, rubric), row.score)


def _labels(place: _Place, row: _AnswerRow, rubric: Rubric) -> dict[str, Label]:
    """The labels in rubric order, exactly one a key point."""
    points = [point.id for point in rubric.key_points]
    for unknown in (name for name in row.labels if name not in points):
        raise place.error(f"labels.{unknown}", f"question {row.question_id} has no such key point; remove the label")
    for unlabelled in (name for name in points if name not in row.labels):
        raise place.error(f"labels.{unlabelled}", "is not there; label every key point")
    return {key_point_id: Label(row.labels[key_point_id]) for key_point_id in points}


def _check_gradable(place: _Place, answer: str) -> None:
    """Refuse here what the grader would refuse later, in the middle of a long run."""
    try:
        canonicalise(answer)
    except InvalidAnswer as error:
        raise place.error("answer", f"{error}; shorten or mend it") from error
