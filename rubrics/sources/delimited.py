"""CSV and TSV: a header row, then one question a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Final

from rubrics.errors import RubricFileError
from rubrics.sources import Contents
from rubrics.sources.building import Place
from rubrics.sources.material import Material
from rubrics.sources.rows import Row, columns, ignored, read_rows

MAX_CELL: Final = 64 * 1024
"""Characters of one cell: a reference answer may have 20,000; an open quotation mark swallows the rest of a file."""

_SEPARATORS: Final = ("\t", ";", ",", "|")


def read_delimited(material: Material) -> Contents:
    """The questions of a table; RubricFileError with line and column name for what is wrong."""
    separator = separator_of(material.text)
    names, rows = _table(material, separator)
    place = Place(material.file, 1)
    fields = columns(names, place)
    kind = "TSV" if separator == "\t" else "CSV"
    return read_rows(
        (_row(values, names, fields, material.file, line) for line, values in rows),
        file=material.file,
        kind=kind,
        left_out=ignored(names, fields, place),
    )


def separator_of(text: str) -> str:
    """What separates the names of the header row: the sign that stands there most, a tab before others."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=header.count) if any(sign in header for sign in _SEPARATORS) else ","


def _table(material: Material, separator: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    rows = _rows(material, separator)
    _, names = next(rows, (0, []))
    if not names:
        raise RubricFileError("is empty", file=material.file, line=1)
    return [name.strip() for name in names], rows


def _rows(material: Material, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in; the csv module's own limit stays as it is for everybody else."""
    reader = csv.reader(material.text.splitlines(keepends=True), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "; is a quotation mark left open?" if "end of data" in str(error) or "limit" in str(error) else ""
            raise RubricFileError(f"cannot be read as a table: {error}{hint}", file=material.file, line=line) from error
        if max(map(len, row), default=0) > MAX_CELL:
            raise RubricFileError(f"a cell has more than {MAX_CELL} characters", file=material.file, line=line)
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
