"""What an outline is made of: entries with their parts, and the passages left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rubrics.model import Span, Symbol


class DropReason(StrEnum):
    """Why a passage of the reference answer became no point."""

    CAPTION = "caption"
    HEADING = "heading"
    NOISE = "noise"
    SYMBOLS = "symbol list"
    CODE = "code"
    TABLE = "table"
    REPEATS = "repeats a point"
    DETAIL = "detail beyond the main points"


Drop = tuple[Span, DropReason]


@dataclass(frozen=True)
class Part:
    """A stretch of an entry: the sentences of some prose, captions left out, or a formula, which has none.

    `head` is a "Head:" of its own, or the sentence that leads to a formula; `run` counts the formulas directly before
    it in the same run.
    """

    body: Span
    head: Span | None = None
    sentences: tuple[Span, ...] = ()
    run: int = 0
    symbols: tuple[Symbol, ...] = ()

    @property
    def formula(self) -> bool:
        """Whether it is a formula."""
        return not self.sentences

    @property
    def span(self) -> Span:
        """Head and body."""
        return self.body if self.head is None else Span(start=self.head.start, end=self.body.end)


class EntryKind(StrEnum):
    """How an entry stands in the text: behind a list marker, behind its head, as a row of a table, or as prose."""

    ITEM = "item"
    HEADED = "headed"
    ROW = "row"
    PROSE = "prose"


@dataclass
class Entry:
    """A list item with everything under it, a paragraph, or formulas that stand alone.

    `start` is where it begins, `section` the heading it stands under. An `open_ended` item has only a head in its own
    line: the lines below it are its parts. `after_list` tells that prose stands right below a list.
    """

    kind: EntryKind
    start: int
    section: Span | None = None
    head: Span | None = None
    parts: list[Part] = field(default_factory=list)
    indent: int = 0
    open_ended: bool = False
    after_list: bool = False


_EXAMPLE: Final = re.compile(r"(?:for\s+)?(?:example|instance)s?\b", re.IGNORECASE)


def is_example(head: str) -> bool:
    """Whether a head says that an example follows."""
    return bool(_EXAMPLE.match(head))
