"""Sheets in a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.box import HEAVY_HEAD, SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from grader.benchmark.sheets import Cell, Sheet, number, with_interval

WIDE: Final = 6
"""Columns from which intervals are left out in a terminal: with them a line would not fit."""

LEAST_NAME: Final = 18
"""Characters that the first column keeps however narrow the terminal is."""

LEFT_OUT: Final = "Intervals are in the report (-o)."


def render(sheet: Sheet) -> Table:
    """The sheet for a terminal, without the intervals where it is wide."""
    wide = len(sheet.header) >= WIDE
    note = "\n".join(filter(None, (sheet.note, LEFT_OUT if wide else "")))
    table = Table(
        title=escape(sheet.title),
        caption=escape(note),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD if wide else HEAVY_HEAD,
        padding=(0, 1, 0, 0) if wide else (0, 1),
    )
    longest = max((len(str(row[0])) for row in sheet.rows), default=0)
    table.add_column(escape(sheet.header[0]), min_width=min(longest, LEAST_NAME))
    for name in sheet.header[1:]:
        table.add_column(escape(name), justify="right", overflow="fold")
    for row in sheet.rows:
        table.add_row(*(escape(_text(cell, with_intervals=not wide)) for cell in row))
    return table


def markdown(sheets: Iterable[Sheet]) -> str:
    """The sheets as GitHub tables below each other, the first title as the heading of them all."""
    return "\n".join(_section(sheet, "##" if index else "#") for index, sheet in enumerate(sheets))


def _section(sheet: Sheet, level: str) -> str:
    rule = ("---", *("---:" for _ in sheet.header[1:]))
    lines = [_line(row) for row in (sheet.header, rule, *sheet.rows)]
    note = f"\n{sheet.note}\n" if sheet.note else ""
    return f"{level} {sheet.title}\n\n" + "\n".join(lines) + f"\n{note}"


def _line(cells: Iterable[Cell]) -> str:
    texts = (_text(cell, with_intervals=True) for cell in cells)
    return "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in texts) + " |"


def _text(cell: Cell, *, with_intervals: bool) -> str:
    if isinstance(cell, str):
        return cell
    return with_interval(cell) if with_intervals else number(cell.value)
