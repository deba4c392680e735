"""One row of a table or one JSON object as a question: which columns there are and what they must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from rubrics.errors import RubricFileError
from rubrics.model import Difficulty, KeyPoint, Rubric
from rubrics.sources import Contents, LeftOut, SourceQuestion, SourceRubric
from rubrics.sources.building import Place, built, source_only_question, source_question

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("question", "question_text"),
    "reference_answer": ("reference_answer", "reference", "model_answer", "expected_answer", "ideal_answer"),
    "id": ("id", "question_id"),
    "title": ("title",),
    "category": ("category", "domain"),
    "difficulty": ("difficulty", "level"),
    "tags": ("tags", "tag"),
    "key_points": ("key_points",),
}
"""Our field and the names a column may have. `answer` is none of them: it may be a candidate's."""

MAX_ROWS_ABOVE: Final = 5
"""Filled rows that may stand above the header: a title, a date, who wrote it."""

MAX_ROWS: Final = 20_000
"""Rows of one file; more are a batch of answers, not a set of questions."""

NEEDED: Final = ("text", "reference_answer")
"""Fields that a question to draw a rubric from must have; one with key points needs no reference answer."""


def is_header(names: Iterable[str]) -> bool:
    """Whether a row names a question column; titles, of which MAX_ROWS_ABOVE are read over, do not."""
    return any(_field(name) == "text" for name in names)


def columns(names: Iterable[str], place: Place, needed: Iterable[str] = NEEDED) -> dict[str, str]:
    """Our field for each column that is read; RubricFileError names what is missing or stands twice."""
    given = [name for name in names if name.strip()]
    fields = {name: field for name in given if (field := _field(name))}
    for field in needed:
        if field not in fields.values():
            wanted, there = COLUMNS[field][0], ", ".join(given[:20]) or "none"
            raise place.error(f"has no column {wanted}; its columns are: {there}")
    for field in dict.fromkeys(fields.values()):
        twice = [name for name in given if fields.get(name) == field]
        if len(twice) > 1:
            raise place.error(f"the columns {' and '.join(twice)} mean the same; keep one")
    return fields


def ignored(names: Iterable[str], fields: Mapping[str, str], place: Place) -> tuple[LeftOut, ...]:
    """The columns nobody reads."""
    unread = (name for name in names if name.strip() and name not in fields)
    return tuple(LeftOut(what=f"column {name}", why="no such field is known", origin=str(place)) for name in unread)


Row = tuple[Mapping[str, Any], Callable[[str], Place]]
"""The values of a row by our fields, and the place of each of them."""


def read_rows(rows: Iterable[Row], *, file: str, kind: str, left_out: tuple[LeftOut, ...]) -> Contents:
    """The rows of one file; the first wrong one is an error, and nothing is taken over.

    A row in which nothing stands is left out. A file without any other row is an error.
    """
    questions: list[SourceQuestion] = []
    rubrics: list[SourceRubric] = []
    for number, (row, place) in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise RubricFileError(f"has more than {MAX_ROWS} rows; split it", file=file)
        if not any(_said(value) for value in row.values()):
            left_out = (*left_out, LeftOut(what="row", why="it is empty", origin=str(place("text"))))
        elif row.get("key_points"):
            rubrics.append(_rubric(row, place))
        else:
            questions.append(_question(row, place))
    if not questions and not rubrics:
        raise RubricFileError("holds no question", file=file)
    return Contents(file=file, format=kind, questions=tuple(questions), rubrics=tuple(rubrics), left_out=left_out)


def _field(name: str) -> str | None:
    plain = re.sub(r"[\s-]+", "_", name.strip().casefold())
    return next((field for field, names in COLUMNS.items() if plain in names), None)


def _said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _question(row: Mapping[str, Any], place: Callable[[str], Place]) -> SourceQuestion:
    for field in NEEDED:
        if not _said(row.get(field)):
            raise place(field).error(f"{COLUMNS[field][0]} is empty")
    answer = row["reference_answer"]
    if not isinstance(answer, str):
        raise place("reference_answer").error("must be text")
    return source_question(_fields(row, place), answer, place("text"))


def _fields(row: Mapping[str, Any], place: Callable[[str], Place]) -> dict[str, Any]:
    """The fields of the question itself; each error is said at the field it is about."""
    fields: dict[str, Any] = {}
    for name in ("id", "title", "text", "category"):
        value = row.get(name)
        if value is not None and not isinstance(value, str | int):
            raise place(name).error("must be text")
        fields[name] = str(value).strip() or None if value is not None else None
    if fields["id"] and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", fields["id"]):
        raise place("id").error("an id has 1 to 64 letters, digits and . _ : - and begins with a letter or digit")
    return {**fields, "difficulty": _difficulty(row, place), "tags": _tags(row.get("tags"))}


def _difficulty(row: Mapping[str, Any], place: Callable[[str], Place]) -> Difficulty | None:
    value = str(row.get("difficulty") or "").strip().casefold()
    if value and value not in set(Difficulty):
        raise place("difficulty").error(f"is none of {', '.join(Difficulty)}")
    return Difficulty(value) if value else None


def _tags(value: object) -> tuple[str, ...]:
    """A list, or a text with commas or semicolons."""
    parts = value if isinstance(value, list) else re.split(r"[;,]", str(value or ""))
    return tuple(dict.fromkeys(tag for part in parts if (tag := str(part).strip())))


def _rubric(row: Mapping[str, Any], place: Callable[[str], Place]) -> SourceRubric:
    """A row that brings its key points along: `[{id, text, weight, required | essential}]`."""
    found = row["key_points"]
    if not isinstance(found, list):
        raise place("key_points").error("must be a list of key points")
    points = tuple(_point(number, point, place("key_points")) for number, point in enumerate(found, start=1))
    question = source_only_question(_fields(row, place), place("text"))
    answer = row.get("reference_answer") or None
    fields = {"question": question, "reference_answer": answer, "key_points": points}
    return SourceRubric(rubric=built(Rubric, fields, place("key_points")), origin=str(place("text")))


def _point(number: int, found: object, place: Place) -> KeyPoint:
    point = {"text": found} if isinstance(found, str) else found
    if not isinstance(point, dict):
        raise place.error(f"key point {number} must be an object or a text")
    fields = {**point, "required": point.get("required", point.get("essential"))}
    fields.pop("essential", None)
    fields.setdefault("id", f"k{number}")
    return built(KeyPoint, fields, Place(place.file, place.line, f"{place.field or 'key_points'}.{number - 1}"))
