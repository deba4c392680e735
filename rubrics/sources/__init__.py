"""Readers of what questions, reference answers and rubrics come in, and how several sources become one.

Start at `reading`, which finds out what a file is and asks its reader: `seed_page`, `markdown`, `delimited`,
`json_lines`, `workbook`, `rubric_file`, `criteria`, `openai_grader`. Each turns one format into `Contents`, whole or
not at all; `merge` joins the questions of several files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rubrics.errors import RubricFileError
from rubrics.model import Immutable, Question, Rubric, Text


class SourceQuestion(Immutable):
    """A question and its reference answer as a source gives them; `origin` is `file:line`."""

    question: Question
    reference_answer: Text
    origin: str


class SourceRubric(Immutable):
    """A rubric that a source gives with its key points; `origin` is `file:line`."""

    rubric: Rubric
    origin: str


class LeftOut(Immutable):
    """A part of a source that was not taken over, where it stands, and why."""

    what: str
    why: str
    origin: str


class Contents(Immutable):
    """Everything one source holds: questions to draw rubrics from, rubrics, and what was left out."""

    file: str
    format: str
    questions: tuple[SourceQuestion, ...] = ()
    rubrics: tuple[SourceRubric, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Duplicate(Immutable):
    """A question that stands more than once; `origins` in the order they were read, the kept one first."""

    question_id: str
    origins: tuple[str, ...]


class Conflict(Immutable):
    """A field in which two copies of a question differ; the value at `kept` stays, the one at `ignored` does not."""

    question_id: str
    field: str
    kept: str
    ignored: str


class Merged(Immutable):
    """Distinct questions in the order of their first appearance, and what had to be decided to get there."""

    questions: tuple[SourceQuestion, ...]
    merged: tuple[Duplicate, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def merge(questions: Iterable[SourceQuestion]) -> Merged:
    """Each question once: a field that one copy lacks is filled in from another, the first copy wins a conflict.

    Two of one file that share neither text nor reference answer are two questions under one id: RubricFileError.
    """
    copies: dict[str, list[SourceQuestion]] = {}
    for source in questions:
        copies.setdefault(source.question.id, []).append(source)
    for group in copies.values():
        _refuse_strangers(group)
    repeated = {question_id: group for question_id, group in copies.items() if len(group) > 1}
    return Merged(
        questions=tuple(_filled_in(group) for group in copies.values()),
        merged=tuple(
            Duplicate(question_id=question_id, origins=tuple(copy.origin for copy in group))
            for question_id, group in repeated.items()
        ),
        conflicts=tuple(conflict for group in repeated.values() for conflict in _conflicts(group)),
    )


_QUESTION_FIELDS: Final = ("title", "text", "category", "difficulty", "tags")


def _refuse_strangers(copies: list[SourceQuestion]) -> None:
    first_of: dict[str, SourceQuestion] = {}
    for copy in copies:
        first = first_of.setdefault(_file(copy), copy)
        if all(_value(copy, name) != _value(first, name) for name in ("text", "reference_answer")):
            raise RubricFileError(
                f"has the id {copy.question.id} of another question, at {first.origin}; give it an id of its own",
                file=copy.origin,
            )


def _file(source: SourceQuestion) -> str:
    return source.origin.rsplit(":", 1)[0]


def _filled_in(copies: list[SourceQuestion]) -> SourceQuestion:
    """The first copy, with the first known value of every field it lacks."""
    first = copies[0]
    missing = [name for name in _QUESTION_FIELDS if not getattr(first.question, name)]
    known = {
        name: next((value for copy in copies if (value := getattr(copy.question, name))), getattr(first.question, name))
        for name in missing
    }
    return first.model_copy(update={"question": first.question.model_copy(update=known)})


def _conflicts(copies: list[SourceQuestion]) -> Iterator[Conflict]:
    """Every field of a later copy that contradicts the first copy to have it."""
    for name in (*_QUESTION_FIELDS, "reference_answer"):
        kept: SourceQuestion | None = None
        for copy in copies:
            value = _value(copy, name)
            if not value:
                continue
            if kept is None:
                kept = copy
            elif value != _value(kept, name):
                yield Conflict(question_id=copy.question.id, field=name, kept=kept.origin, ignored=copy.origin)


def _value(source: SourceQuestion, name: str) -> str:
    """A field as text, white space evened out: a different line break is no contradiction."""
    value = source.reference_answer if name == "reference_answer" else getattr(source.question, name)
    if isinstance(value, tuple):
        return ", ".join(value)
    return " ".join((value or "").split())
