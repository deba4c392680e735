"""Answers graded by people for other purposes: one file whose lines repeat the question.

A line is `{question_id, question?, reference_answers: [...], answer_id, answer, score}` and one of
- `key_points` and `key_point_labels` (`covered` or anything else): every key point is labelled covered or not;
- `label_5way` of SemEval-2013 task 7: every reference answer becomes a key point, the best one counts, and the
  five labels become four, since a judge does not tell an answer about something else from one about nothing;
- neither: only the score counts, and the key points are drawn from the reference answers as the service does.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from grader.benchmark.dataset import Case, Dataset, Scale
from grader.benchmark.rows import Place, Row, check_gradable, read_rows, validated
from grader.domain import Label
from grader.errors import DatasetError
from rubrics.errors import ExtractionError
from rubrics.extraction.structure import extract
from rubrics.model import Group, GroupKind, Identifier, KeyPoint, Line, Question, Rubric, Text

REFERENCE: Final = "reference"
"""The target of an answer labelled as a whole: the one key point, or the group of all of them."""

UNASKED: Final = "Summarise the text."
"""Stands for the question where none was asked: such key points come from summaries."""

_FIVE_TO_FOUR: Final = {
    "correct": Label.COVERED,
    "partially_correct_incomplete": Label.PARTIAL,
    "contradictory": Label.CONTRADICTED,
    "irrelevant": Label.MISSING,
    "non_domain": Label.MISSING,
}

FiveWay = Literal["correct", "partially_correct_incomplete", "contradictory", "irrelevant", "non_domain"]


def read_human_graded(file: Path) -> Dataset:
    """The dataset of one such file, of its first line's kind; DatasetError says file, line, field and the remedy."""
    cases: dict[str, Case] = {}
    rubrics: dict[str, tuple[_GradedRow, Rubric]] = {}
    scale: Scale | None = None
    for place, row in read_rows(file, _GradedRow):
        if row.answer_id in cases:
            raise place.error("answer_id", f"{row.answer_id!r} stands twice; give every answer its own id")
        if row.scale is not (scale := scale or row.scale):
            raise place.error("", f"is labelled as {row.scale}, the lines above as {scale}; split the file")
        check_gradable(place, row.answer)
        cases[row.answer_id] = _case(row, _rubric(place, row, rubrics))
    if scale is None:
        raise DatasetError(f"{file}: has no answers; write one graded answer a line")
    return Dataset(file.stem, tuple(cases.values()), scale)


class _GradedRow(Row):
    question_id: Identifier
    question: Text = UNASKED
    reference_answers: tuple[Text, ...] = Field(min_length=1)
    answer_id: str = Field(min_length=1)
    answer: str
    score: float = Field(ge=0, le=1, allow_inf_nan=False)
    label_5way: FiveWay | None = None
    key_points: tuple[Line, ...] | None = None
    key_point_labels: tuple[str, ...] = ()

    @property
    def scale(self) -> Scale:
        if self.key_points is not None:
            return Scale.COVERED_OR_NOT
        return Scale.SCORE_ONLY if self.label_5way is None else Scale.FOUR_LABELS

    def asks_the_same(self, other: _GradedRow) -> bool:
        mine, theirs = ((row.question, row.reference_answers, row.key_points) for row in (self, other))
        return mine == theirs

    @property
    def asked(self) -> Question:
        return Question(id=self.question_id, title=self.question_id, text=self.question)


def _rubric(place: Place, row: _GradedRow, known: dict[str, tuple[_GradedRow, Rubric]]) -> Rubric:
    """The rubric of the row's question, built once; every line must ask the same."""
    if len(row.key_point_labels) != len(row.key_points or ()):
        raise place.error("key_point_labels", "needs one label for each of key_points")
    if row.question_id not in known:
        known[row.question_id] = row, validated(place, lambda: _built(place, row))
    first, rubric = known[row.question_id]
    if not row.asks_the_same(first):
        raise place.error("question_id", f"{row.question_id!r} asks something else above; give it its own id")
    return rubric


def _built(place: Place, row: _GradedRow) -> Rubric:
    if row.key_points is not None:
        points = tuple(KeyPoint(id=_number(index), text=text) for index, text in enumerate(row.key_points))
        return Rubric(question=row.asked, key_points=points)
    if row.label_5way is not None:
        return _any_reference(row)
    try:
        return extract(row.asked, "\n\n".join(row.reference_answers)).rubric
    except ExtractionError as error:
        raise place.error("reference_answers", str(error)) from error


def _any_reference(row: _GradedRow) -> Rubric:
    """Every reference answer as a key point, any of which is enough."""
    if len(row.reference_answers) == 1:
        return Rubric(question=row.asked, key_points=(KeyPoint(id=REFERENCE, text=row.reference_answers[0]),))
    points = tuple(KeyPoint(id=_number(index), text=text) for index, text in enumerate(row.reference_answers))
    group = Group(id=REFERENCE, kind=GroupKind.ANY_OF, members=tuple(point.id for point in points))
    return Rubric(question=row.asked, key_points=points, groups=(group,))


def _number(index: int) -> str:
    return f"k{index + 1}"


def _case(row: _GradedRow, rubric: Rubric) -> Case:
    case = Case(row.answer_id, "", rubric, row.answer, {}, row.score)
    if row.key_points is not None:
        labels = (Label.COVERED if label == Label.COVERED else Label.MISSING for label in row.key_point_labels)
        return replace(case, labels=dict(zip((point.id for point in rubric.key_points), labels, strict=True)))
    if row.label_5way is not None:
        return replace(case, style=row.label_5way, labels={REFERENCE: _FIVE_TO_FOUR[row.label_5way]})
    return case
