"""A file of answers looked through before anything of it is accepted, and its rows with their rubrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Final

from grader.errors import AnswerFileError
from grader.intake.reading import read_answers
from grader.intake.row import AnswerRow, BadRow, RowFault
from grader.intake.source import Source
from grader.intake.yardsticks import Yardsticks
from rubrics.model import Rubric

BLOCK: Final = 500
"""Rows read at a time, off the event loop: about 20 ms."""

SHOWN: Final = 100
"""Bad rows that are described; the others are counted."""

MAX_COLUMNS: Final = 200
"""Different further columns of one file, whose rows need not have the same."""

SOURCE_ROW: Final = "source_row"
"""The column that tells the number a row had in its file, where rows before it may have been left out."""


@dataclass(frozen=True)
class Survey:
    """How many rows can be graded and how many are bad, the first of these, and the further columns, in their order."""

    rows: int
    bad: int
    described: tuple[BadRow, ...] = ()
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Every described bad row, a line each."""
        lines = [str(each) for each in self.described]
        more = self.bad - len(lines)
        return "\n".join(lines + ([f"and {more} more"] if more else []))


async def survey(source: Source, yardsticks: Yardsticks) -> Survey:
    """Look through a whole file; AnswerFileError where that is not possible."""
    rows, bad = 0, 0
    described: list[BadRow] = []
    columns: dict[str, None] = {}
    async for row, _ in _with_rubrics(source, yardsticks):
        if isinstance(row, BadRow):
            bad += 1
            described += [row][: SHOWN - len(described)]
            continue
        rows += 1
        columns.update(dict.fromkeys(row.extra))
        if len(columns) > MAX_COLUMNS:
            problem = f"has more than {MAX_COLUMNS} different further columns"
            raise AnswerFileError(problem, file=source.name, place=row.place)
    return Survey(rows, bad, tuple(described), tuple(columns))


async def admitted(source: Source, yardsticks: Yardsticks, found: Survey) -> AsyncIterator[tuple[AnswerRow, Rubric]]:
    """The rows that can be graded, with their rubrics, as they were `found`: every row has every further column.

    Where bad ones are left out, the others have the number they had in the file as a column of their own.
    """
    async for row, rubric in _with_rubrics(source, yardsticks):
        if isinstance(row, AnswerRow) and rubric is not None:
            number = {SOURCE_ROW: str(row.number)} if found.bad else {}
            extra = {**number, **dict.fromkeys(found.columns, ""), **row.extra}
            yield replace(row, extra=MappingProxyType(extra)), rubric


async def _with_rubrics(
    source: Source, yardsticks: Yardsticks
) -> AsyncIterator[tuple[AnswerRow, Rubric] | tuple[BadRow, None]]:
    reading = read_answers(source, default=yardsticks.default is not None)
    while block := await asyncio.to_thread(_block, reading):
        for row in block:
            if isinstance(row, BadRow):
                yield row, None
                continue
            try:
                yield row, await yardsticks.rubric(row)
            except RowFault as fault:
                yield fault.at(row.number, row.place), None


def _block(reading: Iterator[AnswerRow | BadRow]) -> list[AnswerRow | BadRow]:
    return list(islice(reading, BLOCK))
