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
from rubrics.sources.rows import MAX_ROWS_ABOVE, Row, columns, ignored, is_header, read_rows

MAX_CELL: Final = 64 * 1024
"""Characters of one cell: a reference answer may have 20,000; an open quotation mark swallows the rest of a file."""

_SEPARATORS: Final = ("\t", ";", ",", "|")

_Line = tuple[int, list[str]]
"""Where a row begins, from 1, and its cells."""


def read_delimited(material: Material) -> Contents:
    """The questions of a table; RubricFileError with line and column name for what is wrong."""
    lines, titles = _without_titles(material)
    separator = separator_of("".join(lines))
    names, place, rows = _table(lines, separator, material.file)
    fields = columns(names, place)
    kind = "TSV" if separator == "\t" else "CSV"
    return read_rows(
        (_row(values, names, fields, material.file, line) for line, values in rows),
        file=material.file,
        kind=kind,
        left_out=(*titles, *ignored(names, fields, place)),
    )


def separator_of(text: str) -> str:
    """What separates the names of the header row: the sign that stands there most, a tab before others."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=header.count) if any(sign in header for sign in _SEPARATORS) else ","


def _without_titles(material: Material) -> tuple[list[str], list[LeftOut]]:
    """The lines, with empty ones for titles above the header, so that all keep their numbers; and what was left out."""
    lines = material.text.splitlines(keepends=True)
    first = [number for number, line in enumerate(lines) if line.strip()][: MAX_ROWS_ABOVE + 1]
    header = next((number for number in first if is_header(_cells(lines[number]))), 0)
    titles = [number for number in first if number < header]
    for number in titles:
        lines[number] = "\n"
    why = "it stands above the header"
    return lines, [LeftOut(what="line", why=why, origin=str(Place(material.file, number + 1))) for number in titles]


def _cells(line: str) -> list[str]:
    """The cells of a header, whatever separates them."""
    return [cell.strip().strip('"') for cell in re.split("|".join(map(re.escape, _SEPARATORS)), line)]


def _table(lines: Sequence[str], separator: str, file: str) -> tuple[list[str], Place, Iterator[_Line]]:
    """The header, where it stands, and the rows below it."""
    rows = _rows(lines, separator, file)
    line, names = next(((line, row) for line, row in rows if row), (1, []))
    if not names:
        raise RubricFileError("is empty", file=file, line=1)
    return [name.strip() for name in names], Place(file, line), rows


def _rows(lines: Sequence[str], separator: str, file: str) -> Iterator[_Line]:
    """Each row with the line it begins in; the csv module's own limit stays as it is for everybody else."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
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
