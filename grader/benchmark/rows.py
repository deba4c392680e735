"""Lines of JSON-lines files as typed rows, with errors that say file, line, field and what to change."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import DatasetError, InvalidAnswer
from grader.text.canonical import canonicalise


class Row(BaseModel):
    """One line of a file: strict types, further fields ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


@dataclass(frozen=True)
class Place:
    """Where in which file something stands, for error messages."""

    file: Path
    line: int

    def error(self, field: str, problem: str) -> DatasetError:
        """What is wrong with `field` (empty: with the line) at this place."""
        subject = f"{field}: " if field else ""
        return DatasetError(f"{self.file}:{self.line}: {subject}{problem}")


AnyRow = TypeVar("AnyRow", bound=Row)
_Built = TypeVar("_Built")


def read_rows(file: Path, kind: type[AnyRow]) -> Iterator[tuple[Place, AnyRow]]:
    """The lines of `file` that are not blank; bytes, because a text may hold characters Python counts as line ends."""
    try:
        lines = file.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n")
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror}); name a JSON-lines file") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = Place(file, number)
            yield place, validated(place, partial(kind.model_validate_json, line))


def validated(place: Place, build: Callable[[], _Built]) -> _Built:
    """What `build` gives, with the first thing pydantic finds wrong told as a DatasetError."""
    try:
        return build()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise place.error(field, _problem(first["type"], first["msg"])) from error


def check_gradable(place: Place, answer: str) -> None:
    """Refuse here what the grader would refuse later, in the middle of a long run."""
    try:
        canonicalise(answer)
    except InvalidAnswer as error:
        raise place.error("answer", f"{error}; shorten or mend it") from error


def _problem(kind: str, message: str) -> str:
    if kind == "missing":
        return "is not there; add it"
    if kind == "json_invalid":  # pydantic counts lines inside the line
        reason = message.removeprefix("Invalid JSON: ").replace(" at line 1 column ", " at column ")
        return f"is not JSON ({reason}); write one object a line, in UTF-8"
    return message.removeprefix("Value error, ")
