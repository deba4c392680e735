"""The lines of a text that are not blank, with their spans, indents and the blank lines between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rubrics.model import Span


@dataclass(frozen=True)
class Line:
    """A line without the white space around it; `indent` is the column it starts in."""

    plain: str
    span: Span
    indent: int
    after_blank: bool


_INLINE_ITEM: Final = re.compile(r"(?<=\s)(?=\d{1,2}\)\s)")
"""Where a line goes on with its next item: "1) Plan 2) Do"."""


def read_lines(text: str) -> Iterator[Line]:
    """The lines of `text`; one that holds several items ("1) Plan 2) Do") is several."""
    position = 0
    blank = True
    for raw in text.split("\n"):
        indent = len(raw) - len(raw.lstrip())
        for piece in _INLINE_ITEM.split(raw) if raw.lstrip().startswith("1) ") else [raw]:
            if plain := piece.strip():
                start = position + len(piece) - len(piece.lstrip())
                yield Line(plain, Span(start=start, end=start + len(plain)), indent, after_blank=blank)
                blank = False
            position += len(piece)
        blank = not raw.strip()
        position += 1


def counts_on(plain: str, marker: str) -> bool:
    """Whether a line counts on behind its list marker: "(1) First this. (2) Then that." is prose."""
    number = re.search(r"\d+", marker)
    if number is None:
        return False
    return f" {marker.strip().replace(number.group(), str(int(number.group()) + 1))} " in plain
