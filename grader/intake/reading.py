"""What a file of answers is, and who reads it: the content decides, not its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from grader.errors import AnswerFileError
from grader.intake.json_rows import read_json_lines, read_json_list
from grader.intake.row import AnswerRow, BadRow
from grader.intake.sheet_rows import read_workbook
from grader.intake.source import Source
from grader.intake.table_rows import read_table

FORMATS: Final = "JSON lines, a JSON list, CSV, TSV, XLSX"

_BLANK: Final = " \t\r\n"


def read_answers(source: Source, *, default: bool = False) -> Iterator[AnswerRow | BadRow]:
    """The rows of a file, read as they are asked for; AnswerFileError where it cannot be read, or not any further.

    `default` says that rows which name no question and no rubric have one all the same.
    """
    yield from _reader(source)(source, default=default)


def _reader(source: Source) -> Callable[..., Iterator[AnswerRow | BadRow]]:
    if source.is_zip:
        return read_workbook
    if source.is_old_excel:
        raise AnswerFileError("is an old or encrypted Excel file; save it as XLSX without a password", file=source.name)
    start = next((line.lstrip(_BLANK) for line in source.lines() if line.strip(_BLANK)), "")
    if not start:
        raise AnswerFileError("is empty", file=source.name)
    return {"{": read_json_lines, "[": read_json_list}.get(start[0], read_table)
