"""XLSX workbooks: the first sheet with a question column, a header row, then one question a row.

Read as a stream by openpyxl (MIT), after the archive was looked at: what a workbook unpacks to is in its
directory, and a small file that would become a large one is refused before anything is unpacked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from rubrics.errors import RubricFileError
from rubrics.sources import Contents, LeftOut
from rubrics.sources.archives import refuse_bombs
from rubrics.sources.building import Place
from rubrics.sources.material import Material
from rubrics.sources.rows import MAX_ROWS, MAX_ROWS_ABOVE, Row, columns, ignored, is_header, read_rows

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook

MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
"""Bytes that all parts of a workbook may unpack to; 20,000 rows of prose take about 40 MB."""

MAX_COLUMNS: Final = 100
"""Cells of a row that are looked at; rows beyond say a width of thousands with a single stray format."""

_SHOWN: Final = 8
_NOT_TEXT: Final = {"f": "a formula", "e": "an error"}


def read_workbook(material: Material) -> Contents:
    """The questions of a workbook; RubricFileError names sheet and cell, of a formula too: its result is not stored."""
    stream = io.BytesIO(material.raw)
    refuse_bombs(stream, material.file, unpacked=MAX_UNPACKED_BYTES)
    with closing(opened(stream, material.file)) as book:
        sheet = _sheet(book, material.file)
        names = {cell.column: sheet.text(cell) for cell in sheet.header}
        fields = columns(names.values(), sheet.place(sheet.header[0].row))
        by_column = {column: fields[name] for column, name in names.items() if name in fields}
        rows = [_row(sheet, cells, by_column) for cells in sheet.rows]
        others = (title for title in book.sheetnames if title != sheet.title)
        why = "only the first sheet with a column question is read"
        unread = tuple(LeftOut(what=f"sheet {title}", why=why, origin=material.file) for title in others)
        unread += ignored(names.values(), fields, sheet.place(sheet.header[0].row))
    return read_rows(rows, file=material.file, kind="XLSX", left_out=unread)


@dataclass(frozen=True)
class _Sheet:
    """A sheet with its header row and the filled rows below it."""

    file: str
    title: str
    header: list[Cell]
    rows: Iterator[list[Cell]]

    def place(self, where: object) -> Place:
        return Place(self.file, None, f"{self.title}!{where}")

    def text(self, cell: Cell) -> str:
        """What a cell says; formulas and errors say nothing that could be trusted."""
        if cell.data_type in _NOT_TEXT:
            raise self.place(cell.coordinate).error(f"holds {_NOT_TEXT[cell.data_type]}; put the text itself there")
        return str(cell.value).strip()


def opened(stream: BinaryIO, file: str) -> Workbook:
    """The workbook in `stream`, to be read row by row; `refuse_bombs` comes first."""
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s, only where a workbook is read

    try:
        return load_workbook(stream, read_only=True, keep_links=False)
    except Exception as error:  # openpyxl names no base of what a broken workbook raises
        raise RubricFileError(f"is no readable XLSX workbook: {type(error).__name__}", file=file) from error


def _sheet(book: Workbook, file: str) -> _Sheet:
    """The first sheet that names a question column in its first filled rows: titles may stand above."""
    seen: list[str] = []
    for sheet in book.worksheets:
        rows = filled(sheet, file, MAX_ROWS)
        first = list(islice(rows, MAX_ROWS_ABOVE + 1))
        for place, header in enumerate(first):
            if is_header(str(cell.value) for cell in header):
                return _Sheet(file, sheet.title, header, chain(first[place + 1 :], rows))
        names = [str(cell.value).strip() for cell in first[0]] if first else []
        seen.append(f"{sheet.title} ({', '.join(names[:_SHOWN]) or 'empty'})")
    raise RubricFileError(f"has no sheet with a column question; there is: {'; '.join(seen[:_SHOWN])}", file=file)


def filled(sheet: Any, file: str, most: int) -> Iterator[list[Cell]]:  # noqa: ANN401 - openpyxl's read-only type
    """The rows in which something stands, `most` below the header, as the cells that hold something."""
    place = Place(file, None, sheet.title)
    rows = sheet.iter_rows(max_col=MAX_COLUMNS)
    for number in count():
        try:
            row = next(rows, None)
        except Exception as error:  # openpyxl names no base of what a broken sheet raises
            raise place.error(f"cannot be read: {type(error).__name__}") from error
        if row is None:
            return
        if number > most:
            raise place.error(f"has more than {most} rows; split it")
        if cells := [cell for cell in row if cell.value is not None]:
            yield cells


def _row(sheet: _Sheet, cells: list[Cell], by_column: Mapping[int, str]) -> Row:
    of_field = {by_column[cell.column]: cell for cell in cells if cell.column in by_column}
    values = {field: sheet.text(cell) for field, cell in of_field.items() if field != "key_points"}

    def place(field: str) -> Place:
        return sheet.place(of_field[field].coordinate if field in of_field else f"row {cells[0].row}")

    return values, place
