"""The reference answer as typed blocks, each with its span: what is a point, a heading, a formula, a caption.

Reads the plain text of web pages and the usual Markdown. Every line that is not blank lies in exactly one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rubrics.extraction.captions import is_caption, is_lead_in, is_noise
from rubrics.extraction.formulas import is_formula, read_symbol, read_symbols
from rubrics.extraction.heads import has_head, head_and_body, is_bare_heading
from rubrics.extraction.lines import Line, counts_on, read_lines
from rubrics.extraction.sentences import continues, sentences, trimmed
from rubrics.extraction.tables import is_row, is_rule
from rubrics.model import Span, Symbol


class BlockKind(StrEnum):
    """What a block is to a reader."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    HEADED = "headed"
    HEADING = "heading"
    FORMULA = "formula"
    SYMBOLS = "symbols"
    CAPTION = "caption"
    CODE = "code"
    TABLE = "table"
    NOISE = "noise"


@dataclass(frozen=True)
class Block:
    """A typed piece of the text.

    `head` and `body` are the parts of "Head: text"; a paragraph, formula or heading has only a body, a list of symbols
    neither. `indent` is the column it starts in, `after_blank` whether a blank line stands before it, `ranked` whether
    it is a Markdown heading, which holds until the next one.
    """

    kind: BlockKind
    span: Span
    head: Span | None = None
    body: Span | None = None
    symbols: tuple[Symbol, ...] = ()
    indent: int = 0
    after_blank: bool = False
    ranked: bool = False


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of `text` in their order."""
    return tuple(_Reader(text).blocks())


_MARKER: Final = re.compile(r"(?:\(\d{1,2}\)|\d{1,2}[.)]|\(?[a-z]\)|\([ivx]{1,4}\)|[-*+•●▪◦–—])\s+(?=\S)")
_NUMBERED: Final = re.compile(r"\(?\d{1,2}[.)]\s")
_RANKED: Final = re.compile(r"#{1,6}\s+(?P<body>\S.*?)\s*#*$|\*\*(?P<bold>[^*]+?):?\*\*:?$")
_FENCE: Final = re.compile(r"```|~~~")
_MATH_OPENED: Final = re.compile(r"\$\$$|\\\[$")
_MATH_CLOSED: Final = re.compile(r"\$\$$|\\\]$")
_WHERE: Final = re.compile(r"(?:where|with|here|notation|symbols|legend)\s*:?$", re.IGNORECASE)
_WHERE_INLINE: Final = re.compile(r"(?:where|with|here),?:?\s+(?=\S)", re.IGNORECASE)
_WORDED: Final = re.compile(r"[A-Z][\w ()-]{2,}:\s")
_REMARK: Final = re.compile(r"\s+\((?=[^()]*[a-z]{3})[^()]*\)\.?$")

_MAX_CAPTION_SENTENCES: Final = 4
"""A paragraph that opens with a caption is one, unless it is longer than this."""


class _Reader:
    """Walks the lines; each `_take` method consumes the lines of one block."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = list(read_lines(text))
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        before: Block | None = None
        while self._at < len(self._lines):
            before = self._take_symbols(before) or self._take_marked() or self._take_text()
            yield before

    # What a mark at the start of the line tells

    def _take_marked(self) -> Block | None:
        plain = self._line.plain
        if _FENCE.match(plain):
            return self._take_until(_FENCE, BlockKind.CODE)
        if _MATH_OPENED.match(plain):
            return self._take_until(_MATH_CLOSED, BlockKind.FORMULA)
        if is_noise(plain):
            return self._take_line(BlockKind.NOISE)
        if is_row(plain) or self._heads_table():
            return self._take_table()
        if ranked := _RANKED.fullmatch(plain):
            return self._take_ranked(ranked)
        return None

    def _take_line(self, kind: BlockKind) -> Block:
        line = self._line
        self._at += 1
        return Block(kind, line.span, body=line.span, indent=line.indent, after_blank=line.after_blank)

    def _heads_table(self) -> bool:
        """Whether the current line is the head of a table without bars at its edges."""
        following = self._lines[self._at + 1 : self._at + 2]
        return "|" in self._line.plain and bool(following) and is_rule(following[0].plain)

    def _take_table(self) -> Block:
        first = self._line
        self._at += 1
        while self._at < len(self._lines) and "|" in self._line.plain and not self._line.after_blank:
            self._at += 1
        return self._block(BlockKind.TABLE, first)

    def _take_until(self, closing: re.Pattern[str], kind: BlockKind) -> Block:
        first = self._line
        self._at += 1
        while self._at < len(self._lines) and not closing.match(self._line.plain):
            self._at += 1
        self._at = min(self._at + 1, len(self._lines))
        return self._block(kind, first)

    def _take_ranked(self, match: re.Match[str]) -> Block:
        line = self._line
        self._at += 1
        start, end = match.span("body" if match["body"] else "bold")
        body = Span(start=line.span.start + start, end=line.span.start + end)
        return Block(
            BlockKind.HEADING, line.span, body=body, indent=line.indent, after_blank=line.after_blank, ranked=True
        )

    # The list of symbols behind a formula

    def _take_symbols(self, before: Block | None) -> Block | None:
        """The list behind `Where:`, or a single line "where x is the input"."""
        if before is None or before.kind not in {BlockKind.FORMULA, BlockKind.SYMBOLS}:
            return None
        line = self._line
        if inline := _WHERE_INLINE.match(line.plain):
            symbols = read_symbols(line.plain[inline.end() :])
            if not symbols:
                return None
            self._at += 1
        elif _WHERE.match(line.plain):
            self._at += 1
            symbols = tuple(self._symbol_lines())
        else:
            return None
        return self._block(BlockKind.SYMBOLS, line, symbols=symbols)

    def _symbol_lines(self) -> Iterator[Symbol]:
        begun = False
        while self._at < len(self._lines):
            line = self._line
            symbol = None if _NUMBERED.match(line.plain) else read_symbol(line.plain)
            if symbol is None or (line.after_blank and begun):
                return
            yield symbol
            begun = True
            self._at += 1

    # Text

    def _take_text(self) -> Block:
        line = self._line
        marker = _MARKER.match(line.plain)
        if marker and not counts_on(line.plain, marker.group()):
            return self._take_item(marker.end())
        if is_formula(line.plain) and not _WORDED.match(line.plain):
            return self._take_line(BlockKind.FORMULA)
        if self._is_heading():
            return self._take_line(BlockKind.HEADING)
        if has_head(self._text, line.span) and not is_caption(line.plain):
            return self._take_headed()
        return self._take_paragraph()

    def _take_item(self, marker: int) -> Block:
        line = self._line
        span = self._take_wrapped()
        inner = trimmed(self._text, line.span.start + marker, span.end) or span
        head, body = head_and_body(self._text, inner, in_item=True)
        return self._block(BlockKind.ITEM, line, head=head, body=body)

    def _take_headed(self) -> Block:
        line = self._line
        head, body = head_and_body(self._text, self._take_wrapped())
        math = body is not None and is_formula(_REMARK.sub("", body.of(self._text)))
        return self._block(BlockKind.FORMULA if math else BlockKind.HEADED, line, head=head, body=body)

    def _take_paragraph(self) -> Block:
        """Adjacent lines of prose; a caption takes what stands right below it, a caption further down is its own."""
        first = self._line
        self._at += 1
        while self._at < len(self._lines) and self._goes_on():
            self._at += 1
        block = self._block(BlockKind.PARAGRAPH, first)
        said = sentences(self._text, block.span)
        kind = BlockKind.PARAGRAPH
        if is_caption(first.plain) and len(said) <= _MAX_CAPTION_SENTENCES:
            kind = BlockKind.CAPTION
        elif len(said) == 1 and block.span.of(self._text).endswith(":"):
            kind = BlockKind.HEADING
        return self._block(kind, first, body=block.span)

    def _goes_on(self) -> bool:
        """Whether the current line belongs to the paragraph of the line before it."""
        line, before = self._line, self._line_before
        if line.after_blank or before.plain.endswith(":") or self._is_structure(line):
            return False
        if continues(before.plain, line.plain):
            return True
        return not (is_caption(line.plain) and not is_caption(before.plain)) and not (
            has_head(self._text, line.span) or self._is_heading()
        )

    def _take_wrapped(self) -> Span:
        """The current line with the lines an editor broke off it."""
        first = self._line
        self._at += 1
        while self._at < len(self._lines) and self._wraps(self._line_before, self._line):
            self._at += 1
        return Span(start=first.span.start, end=self._line_before.span.end)

    def _wraps(self, line: Line, following: Line) -> bool:
        return (
            not following.after_blank
            and continues(line.plain, following.plain)
            and not self._is_structure(following)
            and not has_head(self._text, following.span)
            and not is_formula(line.plain)
        )

    def _is_structure(self, line: Line) -> bool:
        plain = line.plain
        marks = (_MARKER.match(plain), _FENCE.match(plain), _RANKED.fullmatch(plain), _WHERE.match(plain))
        return any(marks) or is_formula(plain) or is_noise(plain) or is_row(plain) or plain.startswith(("$$", r"\["))

    def _is_heading(self) -> bool:
        """Whether the current line is one: a sentence before a colon, "Here are the ...", or a few bare words."""
        line = self._line
        if line.plain.endswith((":", "：")) or is_lead_in(line.plain):
            return len(sentences(self._text, line.span)) == 1
        following = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else None
        wraps = following is not None and self._wraps(line, following)
        return is_bare_heading(line.plain) and line.after_blank and not wraps

    # Bookkeeping

    @property
    def _line(self) -> Line:
        return self._lines[self._at]

    @property
    def _line_before(self) -> Line:
        return self._lines[self._at - 1]

    def _block(
        self,
        kind: BlockKind,
        first: Line,
        *,
        head: Span | None = None,
        body: Span | None = None,
        symbols: tuple[Symbol, ...] = (),
    ) -> Block:
        """The block from `first` to the last line taken."""
        span = Span(start=first.span.start, end=self._line_before.span.end)
        whole = None if symbols or kind in {BlockKind.SYMBOLS, BlockKind.ITEM} else span
        return Block(kind, span, head, body or whole, symbols, first.indent, first.after_blank)
