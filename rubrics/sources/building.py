"""From what a reader found to checked values: ids where a source has none, errors with their place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from rubrics.errors import RubricFileError
from rubrics.model import Question
from rubrics.sources import SourceQuestion

Built = TypeVar("Built", bound=BaseModel)

MAX_TITLE: Final = 100
"""Characters of a title that is made from the question's text."""

_SLUG_WORDS: Final = 6
_SLUG_CHARACTERS: Final = 48
_DIGEST: Final = 6
"""Hex digits behind a made id: two questions with the same first words stay apart."""


@dataclass(frozen=True)
class Place:
    """Where something stands: a file, a line from 1, a field or a cell of a workbook."""

    file: str
    line: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line or self.field) if part is not None)

    def error(self, problem: str) -> RubricFileError:
        """The error that says so."""
        return RubricFileError(problem, file=self.file, line=self.line, field=self.field)


def built(kind: type[Built], fields: Mapping[str, Any], place: Place) -> Built:
    """A checked value; RubricFileError with `place` and the first field that is wrong."""
    try:
        return kind.model_validate({name: value for name, value in fields.items() if value is not None}, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        wrong = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise place.error(f"{wrong}: {said}" if wrong else said) from error


def source_question(fields: Mapping[str, Any], reference_answer: str, place: Place) -> SourceQuestion:
    """A question with its reference answer; id and title are made from the text where `fields` have none."""
    question = source_only_question(fields, place)
    return built(
        SourceQuestion, {"question": question, "reference_answer": reference_answer, "origin": str(place)}, place
    )


def source_only_question(fields: Mapping[str, Any], place: Place) -> Question:
    """A checked question; id and title are made from the text where `fields` have none."""
    text = " ".join(str(fields.get("text") or "").split())
    if not text:
        raise place.error("has no question text")
    made = {"id": fields.get("id") or made_id(text), "title": fields.get("title") or made_title(text), "text": text}
    return built(Question, {**fields, **made}, place)


def made_id(text: str) -> str:
    """An id for a question without one: its first words and a digest; the same text always has the same id."""
    words = re.findall(r"[a-z0-9]+", text.casefold())[:_SLUG_WORDS]
    slug = "-".join(words)[:_SLUG_CHARACTERS].strip("-") or "question"
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]}"


def made_title(text: str) -> str:
    """The first line of a text, cut between words at MAX_TITLE."""
    line = text.strip().splitlines()[0].strip()
    return line if len(line) <= MAX_TITLE else line[:MAX_TITLE].rsplit(" ", 1)[0] + " …"
