"""Files of answers for tests: the same rows in every format."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from grader.intake import AnswerRow, BadRow, Source, read_answers

Values = Mapping[str, Any]


def csv_of(rows: Sequence[Values], separator: str = ",", end: str = "\n") -> bytes:
    table = [list(rows[0]), *([str(row[name]) for name in rows[0]] for row in rows)]
    quoted = ([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in table)
    return end.join([separator.join(row) for row in quoted] + [""]).encode()


def json_lines_of(rows: Iterable[Values]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def json_list_of(rows: Iterable[Values]) -> bytes:
    return json.dumps(list(rows), indent=1).encode()


def workbook_of(rows: Sequence[Values], *, before: Sequence[Sequence[Any]] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (*before, list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def tsv_of(rows: Sequence[Values]) -> bytes:
    return csv_of(rows, "\t")


FORMATS = {"csv": csv_of, "tsv": tsv_of, "jsonl": json_lines_of, "json": json_list_of, "xlsx": workbook_of}


def source(raw: bytes) -> Source:
    return Source("answers", io.BytesIO(raw))


def read(raw: bytes, *, default: bool = False) -> list[AnswerRow | BadRow]:
    return list(read_answers(source(raw), default=default))


def run(work: Any) -> Any:
    return asyncio.run(work)
