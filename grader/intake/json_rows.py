"""JSON lines, and lists of JSON objects read object by object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TextIO

from grader.errors import AnswerFileError
from grader.intake.row import AnswerRow, BadRow, Columns, RowFault
from grader.intake.source import MAX_LINE, Source
from rubrics.errors import RubricFileError
from rubrics.sources.documents import load_json

_CHUNK: Final = 256 * 1024
_STEP: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]|[,"]', re.DOTALL)
"""What tells where an element ends: a whole string, brackets, a comma; `"` alone is a string that is open."""

_SOLID: Final = re.compile(r"[^ \t\r\n]")
_DECODER: Final = json.JSONDecoder()


def read_json_lines(source: Source, *, default: bool) -> Iterator[AnswerRow | BadRow]:
    """An object a line; empty lines are passed over."""
    objects, number = _Objects(source.name, default=default), 0
    for line_number, line in enumerate(source.lines(), start=1):
        if line.strip():
            number += 1
            yield objects.row(number, line.strip(), line_number)
    _require_rows(source, number)


def read_json_list(source: Source, *, default: bool) -> Iterator[AnswerRow | BadRow]:
    """The objects of a list; AnswerFileError where the list ends before its end."""
    objects, number = _Objects(source.name, default=default), 0
    with source.text() as text:
        for number, (element, line) in enumerate(_Elements(text, source.name), start=1):
            yield objects.row(number, element, line)
    _require_rows(source, number)


def _require_rows(source: Source, number: int) -> None:
    if number == 0:
        raise AnswerFileError("holds no row", file=source.name)


class _Objects:
    """Makes rows of JSON texts; most have the same keys, which are looked at once."""

    def __init__(self, file: str, *, default: bool) -> None:
        self._file = file
        self._default = default
        self._columns: Columns | None = None

    def row(self, number: int, text: str, line: int) -> AnswerRow | BadRow:
        place = f"line {line}"
        try:
            found = load_json(text, file=self._file, line=line)
            return self._columns_of(found).row(number, place, found)
        except RubricFileError as error:
            where = f"line {error.line}" + (f", character {error.column}" if error.column else "")
            problem, _, key = error.problem.partition(": the key ")
            return BadRow(number, where, problem + (": a key stands twice" if key else ""), seen=key)
        except RowFault as fault:
            return fault.at(number, place)

    def _columns_of(self, found: Any) -> Columns:  # noqa: ANN401 - JSON can be anything
        if not isinstance(found, dict):
            raise RowFault("must be an object such as {question_id, answer}")
        if self._columns is None or self._columns.names != tuple(found):
            self._columns = Columns(found, default=self._default)
        return self._columns


class _Elements:
    """The elements of a JSON list as texts, each with the line it begins in; the list is read as they are asked for."""

    def __init__(self, text: TextIO, file: str) -> None:
        self._text = text
        self._file = file
        self._buffer = ""
        self._at = 0
        self._line = 1

    def __iter__(self) -> Iterator[tuple[str, int]]:
        self._take("[")
        if self._peek() == "]":
            self._finish()
            return
        while True:
            self._peek()
            line = self._line
            yield self._element(), line
            if self._peek() == "]":
                break
            self._take(",")
        self._finish()

    def _finish(self) -> None:
        self._take("]")
        if self._peek():
            raise self._error("something stands behind the end of the list")

    def _element(self) -> str:
        """The text of the next element, whatever is wrong inside it."""
        while (end := _end_of(self._buffer, self._at)) is None:
            if len(self._buffer) - self._at > MAX_LINE:
                raise self._error(f"is longer than {MAX_LINE} characters; is a bracket or a quotation mark left open?")
            if not self._more():
                raise self._error("the list ends in the middle of this row; the file was cut off")
        if end == self._at:
            raise self._error("has a comma without a row before it")
        element = self._buffer[self._at : end]
        self._go_to(end)
        return element.rstrip()

    def _peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while (found := _SOLID.search(self._buffer, self._at)) is None:
            self._go_to(len(self._buffer))
            if not self._more():
                return ""
        self._go_to(found.start())
        return found[0]

    def _take(self, wanted: str) -> None:
        found = self._peek()
        if found != wanted:
            cut = "the file was cut off" if not found else f"there must be {wanted!r} here"
            raise self._error(f"is no whole JSON list: {cut}")
        self._go_to(self._at + 1)

    def _more(self) -> bool:
        chunk = self._text.read(_CHUNK)
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)

    def _go_to(self, position: int) -> None:
        self._line += self._buffer.count("\n", self._at, position)
        self._at = position

    def _error(self, problem: str) -> AnswerFileError:
        return AnswerFileError(problem, file=self._file, place=f"line {self._line}")


def _end_of(text: str, start: int) -> int | None:
    """Where the element that begins at `start` ends, None where it does not end in `text`.

    What is well-formed is found by the json module itself, at its speed; only what is not is searched for its end.
    """
    if text.startswith("{", start):
        try:
            return _DECODER.raw_decode(text, start)[1]
        except (ValueError, RecursionError):
            pass
    depth = 0
    for step in _STEP.finditer(text, start):
        sign = step[0]
        if sign == '"':
            return None
        if depth == 0 and sign in "]},":
            return step.start()
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0 and sign in "]}":
            return step.end()
    return None
