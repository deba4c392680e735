"""XLSX workbooks: the first sheet with a column of answers, read as a stream.

Its texts stand together in one part that is held in memory: that bounds what a workbook may hold; CSV has no bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from grader.errors import AnswerFileError
from grader.intake.row import AnswerRow, BadRow, Columns, RowFault
from grader.intake.source import Source
from rubrics.errors import RubricFileError
from rubrics.sources.archives import refuse_bombs
from rubrics.sources.workbook import filled, opened

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

MAX_UNPACKED_BYTES: Final = 1 << 30
MAX_TEXT_BYTES: Final = 64 << 20
"""Of the part with the texts, which takes three times as much memory: about 60,000 answers of 1,000 characters."""

_TEXTS: Final = "xl/sharedStrings.xml"
_MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, by its format."""

_NOT_TEXT: Final = {"f": "a formula", "e": "an error"}


def read_workbook(source: Source, *, default: bool) -> Iterator[AnswerRow | BadRow]:
    """The answers of a workbook; a formula where a text of ours belongs is refused, elsewhere it is kept as it is."""
    try:
        refuse_bombs(source.stream, source.name, unpacked=MAX_UNPACKED_BYTES, of_parts={_TEXTS: MAX_TEXT_BYTES})
        with closing(opened(source.stream, source.name)) as book:
            sheet = _sheet(book, source.name, default=default)
            number = 0
            for number, cells in enumerate(sheet.rows, start=1):
                yield sheet.row(number, cells)
    except RubricFileError as error:
        hint = "; save it as CSV, which may be as long as you like" if "unpacks to more" in error.problem else ""
        raise AnswerFileError(error.problem + hint, file=source.name, place=error.field) from error
    if number == 0:
        raise AnswerFileError("holds no row below its header", file=source.name, place=sheet.title)


@dataclass(frozen=True)
class _Sheet:
    """A sheet, its columns, and the filled rows below its header."""

    title: str
    names: Mapping[int, str]
    columns: Columns
    rows: Iterator[list[Cell]]

    def row(self, number: int, cells: list[Cell]) -> AnswerRow | BadRow:
        place = f"{self.title}!row {cells[0].row}"
        try:
            values = dict.fromkeys(self.columns.names, "") | dict(map(self._named, cells))
            return self.columns.row(number, place, values)
        except RowFault as fault:
            return fault.at(number, place)

    def _named(self, cell: Cell) -> tuple[str, str]:
        """The column a cell stands in, and its value."""
        name = self.names.get(cell.column)
        if name is None:
            raise RowFault(f"{cell.coordinate} has no name in the header")
        if cell.data_type in _NOT_TEXT and self.columns.is_ours(name):
            raise RowFault(f"{cell.coordinate} holds {_NOT_TEXT[cell.data_type]}; put the text itself there", name)
        return name, _as_text(cell.value)


def _as_text(value: object) -> str:
    """A cell's value as people would type it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(getattr(value, "text", value))  # an array formula is an object with its text


def _sheet(book: Any, file: str, *, default: bool) -> _Sheet:  # noqa: ANN401 - openpyxl's read-only type
    """The first sheet whose first filled row names what a file of answers needs."""
    faults: list[str] = []
    for sheet in book.worksheets:
        rows = filled(sheet, file, _MOST_ROWS)
        names = {cell.column: _as_text(cell.value).strip() for cell in next(rows, [])}
        if not names:
            continue
        try:
            return _Sheet(sheet.title, names, Columns(names.values(), default=default), rows)
        except RowFault as fault:
            faults.append(f"{sheet.title} {fault.problem}" + (f" ({fault.seen})" if fault.seen else ""))
    raise AnswerFileError(
        "has no sheet with a column answer and what to grade against", file=file, seen="; ".join(faults)
    )
