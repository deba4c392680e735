"""One row of a file of answers: which columns there are, and what they must hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from grader.errors import InvalidAnswer
from grader.text.canonical import check_limits
from rubrics.sources.rows import COLUMNS as OF_QUESTIONS

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "answer": ("answer", "candidate_answer", "answer_text", "response"),
    "question_id": ("question_id",),
    "rubric": ("rubric",),
    "question": OF_QUESTIONS["text"],
    "reference_answer": OF_QUESTIONS["reference_answer"],
    "candidate_ref": ("candidate_ref", "candidate_id", "candidate"),
}
"""Our field and the names a column may have, in any case, with blanks or hyphens for underscores."""

MAX_COLUMNS: Final = 100
"""Columns of a row; all are kept and given back."""

MAX_EXTRA: Final = 64 * 1024
"""Characters of all further columns of a row together."""

MAX_NAME: Final = 200
"""Characters of a column's name, and of a candidate_ref."""

_YARDSTICKS: Final = ("question_id", "rubric", "reference_answer")


@dataclass(frozen=True)
class AnswerRow:
    """A row that can be graded once its yardstick is known, which is one of three, or None: the default of its file.

    `number` counts rows from 1, the header and empty rows left out; `place` is where it stands in its file; `extra`
    are its other columns, as text.
    """

    number: int
    place: str
    answer: str
    question_id: str | None = None
    rubric: str | None = None
    question: str | None = None
    reference_answer: str | None = None
    candidate_ref: str | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be graded: the column that is wrong, where it is one, and what is wrong, in words.

    `seen` is what stands there; `problem` itself holds nothing of the file.
    """

    number: int
    place: str
    problem: str
    column: str | None = None
    seen: str = ""

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        seen = f": {self.seen}" if self.seen else ""
        return f"row {self.number} ({self.place}{column}): {self.problem}{seen}"


class RowFault(Exception):
    """Something in a row, or in the header, is wrong; the fields are those of BadRow."""

    def __init__(self, problem: str, column: str | None = None, seen: str = "") -> None:
        self.problem = problem
        self.column = column
        self.seen = seen
        super().__init__(problem)

    def at(self, number: int, place: str) -> BadRow:
        """The row this is wrong with."""
        return BadRow(number, place, self.problem, self.column, self.seen)


class Columns:
    """Which of a file's columns are ours; RowFault where one is missing or stands twice."""

    def __init__(self, names: Iterable[str], *, default: bool) -> None:
        self.names = tuple(names)
        _refuse_repeated(self.names)
        fields = {name: found for name in self.names if (found := _field(name))}
        self._name_of = {found: name for name, found in fields.items()}
        if len(self._name_of) != len(fields):
            twice = next(name for name in self.names if name in fields and name not in self._name_of.values())
            raise RowFault("two columns mean the same; keep one", seen=f"{twice}, {self._name_of[fields[twice]]}")
        self._require(default=default)
        self._extra = tuple(name for name in self.names if name not in fields)

    def row(self, number: int, place: str, values: Mapping[str, Any]) -> AnswerRow:
        """The checked row; RowFault names the column."""
        found = {ours: self._text(ours, values.get(name)) for ours, name in self._name_of.items()}
        answer = found.pop("answer") or ""
        if values.get(self.name("answer")) is None:
            raise RowFault("is missing; a blank answer is an empty text", self.name("answer"))
        try:
            check_limits(answer)
        except InvalidAnswer as error:
            raise RowFault(str(error), self.name("answer")) from error
        extra = {name: _as_text(values.get(name), name) for name in self._extra}
        if found.get("question_id") and found.get("question"):  # the id decides; the words are kept as they are
            extra[self.name("question")] = found.pop("question") or ""
        if sum(map(len, extra.values())) > MAX_EXTRA:
            raise RowFault(f"the further columns have more than {MAX_EXTRA} characters together")
        self._check_yardstick(found)
        return AnswerRow(number, place, answer, extra=extra, **found)

    def name(self, ours: str) -> str:
        """What the file calls our field."""
        return self._name_of.get(ours, ours)

    def is_ours(self, name: str) -> bool:
        """Whether the column with this name is one that is read."""
        return name in self._name_of.values()

    def _text(self, ours: str, value: object) -> str | None:
        """A field of ours as text, None where nothing stands there."""
        if value is None or value == "":
            return None
        if isinstance(value, dict) and ours == "rubric":
            return json.dumps(value, sort_keys=True)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise RowFault("must be text", self.name(ours))
        text = _as_text(value, self.name(ours))
        if ours == "answer":
            return text
        if ours == "candidate_ref" and len(text.strip()) > MAX_NAME:
            raise RowFault(f"has {len(text.strip())} characters, {MAX_NAME} are allowed", self.name(ours))
        return text.strip() or None

    def _check_yardstick(self, found: Mapping[str, str | None]) -> None:
        given = [name for name in _YARDSTICKS if found.get(name)]
        if len(given) > 1:
            raise RowFault(f"has {' and '.join(given)}; one of them decides what the answer is graded against")
        if found.get("reference_answer") and not found.get("question"):
            raise RowFault("is empty, and the reference answer needs it", self.name("question"))
        if found.get("question") and not given:
            raise RowFault("is empty, and the question needs it", self.name("reference_answer"))
        if not given and not self._default:
            raise RowFault(f"names nothing to grade against: fill {_wanted()}")

    def _require(self, *, default: bool) -> None:
        self._default = default
        there = f"its columns are {', '.join(self.names[:20]) or 'none'}"
        if "answer" not in self._name_of:
            raise RowFault("has no column answer", seen=there)
        if not default and not any(name in self._name_of for name in _YARDSTICKS):
            raise RowFault(f"says nowhere what to grade against: add {_wanted()}", seen=there)


def _wanted() -> str:
    return "question_id, or rubric, or question with reference_answer"


def _refuse_repeated(names: tuple[str, ...]) -> None:
    if len(names) > MAX_COLUMNS:
        raise RowFault(f"has {len(names)} columns, {MAX_COLUMNS} are allowed")
    for name in names:
        if names.count(name) > 1:
            raise RowFault("a column stands twice", seen=name)
        if len(name) > MAX_NAME:
            raise RowFault(f"the name of a column has {len(name)} characters, {MAX_NAME} are allowed")
        _refuse_what_is_no_text(name, None)


def _field(name: str) -> str | None:
    plain = re.sub(r"[\s-]+", "_", name.strip().casefold())
    return next((ours for ours, names in COLUMNS.items() if plain in names), None)


def _as_text(value: object, column: str) -> str:
    """Any value as text: JSON for what is none, nothing for nothing."""
    if isinstance(value, float) and not math.isfinite(value):
        raise RowFault("holds a number that is too large", column)
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    _refuse_what_is_no_text(text, column)
    return text


def _refuse_what_is_no_text(text: str, column: str | None) -> None:
    if "\0" in text:
        raise RowFault("holds a null character", column)
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise RowFault("holds half of a surrogate pair", column)
