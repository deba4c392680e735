"""Tables of Markdown: which lines belong to one, and where its cells stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rubrics.extraction.entries import Entry, EntryKind, Part
from rubrics.extraction.sentences import trimmed
from rubrics.model import Span

_RULE: Final = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_LINE: Final = re.compile(r"[^\n]*\S[^\n]*")
_CELL: Final = re.compile(r"(?:\\\||[^|])+")


def is_rule(line: str) -> bool:
    """Whether a line is the rule below the head of a table: "|---|:--|"."""
    plain = line.strip()
    return "|" in plain and bool(_RULE.fullmatch(plain))


def is_row(line: str) -> bool:
    """Whether a line has cells between bars on both sides."""
    plain = line.strip()
    return plain.startswith("|") and plain.count("|") > 1


@dataclass(frozen=True)
class Table:
    """The rows of a table as entries, and the stretch of it that became none: its head, or all of it."""

    rows: tuple[Entry, ...]
    left: Span


def read_table(text: str, span: Span, section: Span | None) -> Table:
    """The table that `span` names; without rows where no rule tells its head, or no row has two cells.

    An entry's head is the first cell of its row, its parts are the others, each with the head of its column.
    """
    found = _LINE.finditer(span.of(text))
    head, *lines = (Span(start=span.start + one.start(), end=span.start + one.end()) for one in found)
    if not lines or not is_rule(lines[0].of(text)):
        return Table((), span)
    heads = _cells(text, head)
    given = (_row(_cells(text, line), heads, section) for line in lines[1:] if not is_rule(line.of(text)))
    rows = tuple(row for row in given if row is not None)
    return Table(rows, Span(start=head.start, end=lines[0].end) if rows else span)


def _cells(text: str, line: Span) -> list[Span | None]:
    """The cells of a line from the left; None for an empty one."""
    said = line.of(text)
    inner = said.strip().strip("|")
    start = line.start + said.index(inner) if inner else line.start
    return [trimmed(text, start + match.start(), start + match.end()) for match in _CELL.finditer(inner)]


def _row(cells: Sequence[Span | None], heads: Sequence[Span | None], section: Span | None) -> Entry | None:
    first, *others = cells or [None]
    columns = [*heads[1:], *[None] * len(others)]
    parts = [Part(cell, head, (cell,)) for cell, head in zip(others, columns, strict=False) if cell]
    return Entry(EntryKind.ROW, first.start, section, first, parts) if first and parts else None
