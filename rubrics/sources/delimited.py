"""CSV and TSV: a header row, which titles may stand above, then one question a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rubrics.errors import RubricFileError
from rubrics.sources import Contents, LeftOut
from rubrics.sources.building import Place
from rubrics.sources.material import Material
from rubrics.sources.rows import MAX_ROWS_ABOVE, Row, columns, field_of, ignored, read_rows

MAX_CELL: Final = 64 * 1024
"""Characters of one cell: a reference answer may have 20,000; an open quotation mark swallows the rest of a file."""

_SEPARATORS: Final = ("\t", ";", ",", "|")


def read_delimited(material: Material) -> Contents:
    """The questions of a table; RubricFileError with line and column name for what is wrong."""
    lines = material.text.splitlines(keepends=True)
    above = _above(lines)
    separator = separator_of("".join(lines[above:]))
    names, rows = _table(lines, above, separator, material.file)
    place = Place(material.file, above + 1)
    fields = columns(names, place)
    kind = "TSV" if separator == "\t" else "CSV"
    return read_rows(
        (_row(values, names, fields, material.file, line) for line, values in rows),
        file=material.file,
        kind=kind,
        left_out=(*_titles(lines[:above], material.file), *ignored(names, fields, place)),
    )


def separator_of(text: str) -> str:
    """What separates the names of the header row: the sign that stands there most, a tab before others."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=header.count) if any(sign in header for sign in _SEPARATORS) else ","


def _above(lines: Sequence[str]) -> int:
    """How many lines stand above the header: the first line that names a question column, or the very first."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for number in filled[: MAX_ROWS_ABOVE + 1]:
        cells = re.split("|".join(map(re.escape, _SEPARATORS)), lines[number])
        if any(field_of(cell.strip(' "\r\n')) == "text" for cell in cells):
            return number
    return filled[0] if filled else 0


def _titles(lines: Sequence[str], file: str) -> Iterator[LeftOut]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield LeftOut(what="line", why="it stands above the header", origin=str(Place(file, number)))


def _table(
    lines: Sequence[str], above: int, separator: str, file: str
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    rows = _rows(lines, above, separator, file)
    _, names = next(rows, (0, []))
    if not names:
        raise RubricFileError("is empty", file=file, line=1)
    return [name.strip() for name in names], rows


def _rows(lines: Sequence[str], above: int, separator: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in; the csv module's own limit stays as it is for everybody else."""
    reader = csv.reader(lines[above:], delimiter=separator, strict=True)
    while True:
        line = above + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "; is a quotation mark left open?" if "end of data" in str(error) or "limit" in str(error) else ""
            raise RubricFileError(f"cannot be read as a table: {error}{hint}", file=file, line=line) from error
        if max(map(len, row), default=0) > MAX_CELL:
            raise RubricFileError(f"a cell has more than {MAX_CELL} characters", file=file, line=line)
        yield line, row


def _row(values: list[str], names: list[str], fields: Mapping[str, str], file: str, line: int) -> Row:
    if len(values) > len(names) and any(value.strip() for value in values[len(names) :]):
        raise RubricFileError(
            f"has {len(values)} cells, the header has {len(names)}; put quotation marks around a cell with commas",
            file=file,
            line=line,
        )
    named = dict(zip(names, values, strict=False))
    columns_of = {field: name for name, field in fields.items()}
    found = {field: named.get(name, "") for name, field in fields.items() if field != "key_points"}
    return found, lambda field: Place(file, line, columns_of.get(field))
