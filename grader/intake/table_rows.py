"""CSV and TSV: a header row, then one answer a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Final

from grader.errors import AnswerFileError
from grader.intake.row import AnswerRow, BadRow, Columns, RowFault
from grader.intake.source import MAX_LINE, Source
from rubrics.sources.delimited import separator_of

MAX_CELL: Final = 131_072
"""Characters of one cell. The csv module's own limit is one for the whole process, and others raise it."""


def read_table(source: Source, *, default: bool) -> Iterator[AnswerRow | BadRow]:
    """A row an answer; AnswerFileError where the table cannot be followed any further, as behind an open quotation."""
    table = _rows(source)
    names = next((values for _, values in table if any(values)), None)
    if names is None:
        raise AnswerFileError("is empty", file=source.name)
    header = _Header([name.strip() for name in names], source.name, default=default)
    number = 0
    for line, values in table:
        if any(values):
            number += 1
            yield header.row(number, f"line {line}", values)
    if number == 0:
        raise AnswerFileError("holds no row below its header", file=source.name)


class _Header:
    """The names of the columns, by place."""

    def __init__(self, names: list[str], file: str, *, default: bool) -> None:
        self._names = names
        try:
            self._columns = Columns([name for name in names if name], default=default)
        except RowFault as fault:
            raise AnswerFileError(fault.problem, file=file, place="the header", seen=fault.seen) from fault

    def row(self, number: int, place: str, values: list[str]) -> AnswerRow | BadRow:
        try:
            self._check(values)
            return self._columns.row(number, place, {**dict.fromkeys(self._names, ""), **self._named(values)})
        except RowFault as fault:
            return fault.at(number, place)

    def _named(self, values: list[str]) -> dict[str, str]:
        return dict(zip(self._names, values, strict=False))

    def _check(self, values: list[str]) -> None:
        """A cell without a name in the header is a cell too many; cells that lack at the end are empty."""
        for place, value in enumerate(values):
            if value and (place >= len(self._names) or not self._names[place]):
                problem = f"cell {place + 1} has no name in the header, which has {len(self._names)} cells"
                raise RowFault(f"{problem}; put quotation marks around a cell with commas")


class _Lines:
    """The lines of a file for the csv module, which does not bound a row by itself."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = source.lines()
        self._of_row = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._of_row += len(line)
        if self._of_row > MAX_LINE:
            raise _lost(self._source, self.number, f"a row has more than {MAX_LINE} characters", is_open=True)
        return line

    def next_row(self) -> None:
        """A row has ended."""
        self._of_row = 0


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in."""
    lines = _Lines(source)
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(chain([first], lines), delimiter=separator_of(first), strict=True)
    while True:
        line = lines.number + (reader.line_num > 0)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            is_open = "end of data" in str(error) or "limit" in str(error)
            raise _lost(source, line, f"cannot be read as a table: {error}", is_open=is_open) from error
        if any(len(cell) > MAX_CELL for cell in row):
            raise _lost(source, line, f"a cell has more than {MAX_CELL} characters", is_open=True)
        lines.next_row()
        yield line, row


def _lost(source: Source, line: int, problem: str, *, is_open: bool) -> AnswerFileError:
    """The end of reading: what follows cannot be told apart from what came before."""
    hint = "; is a quotation mark left open?" if is_open else "; a quotation mark inside a cell is written twice"
    return AnswerFileError(problem + hint, file=source.name, place=f"line {line}")
