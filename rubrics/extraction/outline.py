"""What belongs to what: blocks gathered into entries, each with its section, its parts and their formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rubrics.extraction.blocks import Block, BlockKind
from rubrics.extraction.captions import is_caption, is_lead_in
from rubrics.extraction.entries import Drop, DropReason, Entry, EntryKind, Part, is_example
from rubrics.extraction.heads import is_bare_heading
from rubrics.extraction.labels import only_announces, states
from rubrics.extraction.references import leans_back
from rubrics.extraction.sentences import sentences, trimmed
from rubrics.extraction.tables import read_table
from rubrics.extraction.verbs import is_clause
from rubrics.model import Span


@dataclass(frozen=True)
class Outline:
    """The entries of a text in its order, and the passages left out."""

    entries: tuple[Entry, ...]
    dropped: tuple[Drop, ...]


def read_outline(text: str, blocks: Sequence[Block]) -> Outline:
    """The entries of `text`, whose blocks are given."""
    builder = _Builder(text)
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        builder.add(block, following)
    return Outline(tuple(entry for entry in builder.entries if entry.parts), tuple(builder.dropped))


_LEFT_OUT: Final = {
    BlockKind.CAPTION: DropReason.CAPTION,
    BlockKind.CODE: DropReason.CODE,
    BlockKind.NOISE: DropReason.NOISE,
}
_CONTENT: Final = frozenset({BlockKind.PARAGRAPH, BlockKind.FORMULA, BlockKind.HEADED, BlockKind.HEADING})
_LISTED: Final = frozenset({BlockKind.ITEM, BlockKind.HEADED})
_GENERIC_HEAD: Final = re.compile(
    r"(?:answer|definition|note|summary|conclusion|in short|in summary|remember|overview|explanation|introduction)$",
    re.IGNORECASE,
)
_ALTERNATIVE: Final = re.compile(r"or\b", re.IGNORECASE)

_MAX_HEADED_SENTENCES: Final = 3
"""Sentences of a "Head: text" line; more of them are a paragraph that happens to begin with a colon.

Behind a dash it is one: "Photosynthesis — the process ..." opens many a paragraph.
"""


@dataclass
class _Builder:
    """Walks the blocks and remembers what the next one may hang on: section, open item, lead, run of formulas.

    `filed` is the kind of the last block under the section, `run` the formulas in a row as (entry, part number).
    """

    text: str
    entries: list[Entry] = field(default_factory=list)
    dropped: list[Drop] = field(default_factory=list)
    section: Span | None = None
    ranked: bool = False
    filed: BlockKind | None = None
    item: Entry | None = None
    lead: Span | None = None
    run: list[tuple[Entry, int]] = field(default_factory=list)

    def add(self, block: Block, following: Block | None) -> None:
        """Take in the next block; `following` is the one behind it."""
        if reason := _LEFT_OUT.get(block.kind):
            self.dropped.append((block.span, reason))
        elif block.kind is BlockKind.SYMBOLS:
            self._symbols(block)
        elif block.kind is BlockKind.FORMULA:
            self._formula(block)
        elif block.kind is BlockKind.TABLE:
            self._table(block)
        elif self.run and block.kind is BlockKind.HEADING and _ALTERNATIVE.match(block.span.of(self.text)):
            self.lead = block.body
        else:
            self._text(block, following)

    def _text(self, block: Block, following: Block | None) -> None:
        self.run = []
        self._leave_section(block)
        if block.kind is BlockKind.HEADING:
            self._heading(block, following)
            return
        self.filed = block.kind
        if block.kind is BlockKind.PARAGRAPH:
            self._paragraph(block, following)
        else:
            self._listed(block, following)

    # Sections

    def _enter(self, section: Span, *, ranked: bool = False) -> None:
        self.section, self.ranked, self.filed = section, ranked, None

    def _leave_section(self, block: Block) -> None:
        """A heading of plain text holds until a blank line and something of another kind."""
        changed = block.kind is not self.filed and block.kind is not BlockKind.ITEM
        if block.after_blank and self.filed and not self.ranked and (changed or block.kind is BlockKind.PARAGRAPH):
            self.section = None

    def _heading(self, block: Block, following: Block | None) -> None:
        body = block.body or block.span
        if block.after_blank or not self._belongs(block):
            self.item = None
        if following and following.kind is BlockKind.FORMULA and not block.ranked:
            self.lead = body
            return
        self.item = None
        said = body.of(self.text)
        if states(said) and not block.ranked:
            self._add(self._open(EntryKind.PROSE, block), body)
        else:
            self.dropped.append((block.span, DropReason.HEADING))
        self._enter(body, ranked=block.ranked)

    def _open(self, kind: EntryKind, block: Block, head: Span | None = None) -> Entry:
        entry = Entry(kind, block.span.start, self.section, head, indent=block.indent)
        self.entries.append(entry)
        return entry

    # Formulas

    def _formula(self, block: Block) -> None:
        body = block.body or block.span
        head, self.lead = self.lead or block.head, None
        if self.run and head and _ALTERNATIVE.match(head.of(self.text)):
            self._join_alternative(body.end)
            return
        if head or (block.after_blank and not self.run):
            self.run = []
        entry = self._formula_entry(block)
        entry.parts.append(Part(body, head, run=len(self.run)))
        self.run.append((entry, len(entry.parts) - 1))

    def _formula_entry(self, block: Block) -> Entry:
        if self.run:
            return self.run[-1][0]
        if self.item and (self._belongs(block) or not block.after_blank):
            return self.item
        self.item = None
        return self._open(EntryKind.PROSE, block)

    def _join_alternative(self, end: int) -> None:
        """Make "A, or (uniform version): B" one formula."""
        entry, index = self.run[-1]
        part = entry.parts[index]
        entry.parts[index] = replace(part, body=Span(start=part.body.start, end=end))

    def _symbols(self, block: Block) -> None:
        self.dropped.append((block.span, DropReason.SYMBOLS))
        for entry, index in self.run:
            entry.parts[index] = replace(entry.parts[index], symbols=block.symbols)
        self.run = []

    # Tables

    def _table(self, block: Block) -> None:
        """Each row is an entry."""
        self.run, self.item, self.filed = [], None, block.kind
        table = read_table(self.text, block.span, self.section)
        self.entries += table.rows
        self.dropped.append((table.left, DropReason.TABLE))

    # Lists

    def _listed(self, block: Block, following: Block | None) -> None:
        head, body = block.head, block.body
        if self.item and self._hangs_on_item(block):
            self._add(self.item, body or block.span, head if body else None)
        elif head and block.kind is BlockKind.HEADED and self._is_prose(block, head):
            generic = _GENERIC_HEAD.match(head.of(self.text))
            self._paragraph(replace(block, body=body if generic else block.span), following)
        elif head is None and body and _is_filled_below(block, following) and is_bare_heading(body.of(self.text)):
            self._new_item(block, body, None, following)
        else:
            self._new_item(block, head, body, following)

    def _belongs(self, block: Block) -> bool:
        """Whether a block is part of the open item."""
        item = self.item
        if item is None:
            return False
        return not item.parts or block.indent > item.indent or (item.open_ended and not block.after_blank)

    def _hangs_on_item(self, block: Block) -> bool:
        """Whether a list block is part of the open item: nested, a "Cost:" line in it, or an example of it."""
        if self.item is None:
            return False
        if block.kind is BlockKind.ITEM:
            return block.indent > self.item.indent
        inside = self.item.kind is EntryKind.ITEM and self._belongs(block)
        return inside or (block.head is not None and is_example(block.head.of(self.text)))

    def _is_prose(self, block: Block, head: Span) -> bool:
        """Whether "Answer: ..." or a long paragraph only looks like "Head: text"."""
        body = block.body or block.span
        dashed = ":" not in self.text[head.end : body.start]
        long = len(sentences(self.text, body)) > (1 if dashed else _MAX_HEADED_SENTENCES)
        return long or bool(_GENERIC_HEAD.match(head.of(self.text)))

    def _new_item(self, block: Block, head: Span | None, body: Span | None, following: Block | None) -> None:
        item = self._open(EntryKind.ITEM if block.kind is BlockKind.ITEM else EntryKind.HEADED, block, head)
        self.item = item
        item.open_ended = body is None
        if body:
            self._add(item, body)
        elif not _is_filled_below(block, following) and not _holds_items(block, following):
            self._add(item, head or block.span)
            item.head = None
        heads_list = head and block.kind is BlockKind.HEADED and following and following.kind is BlockKind.ITEM
        if head and heads_list and only_announces(head.of(self.text)):
            self._enter(head)

    # Prose

    def _paragraph(self, block: Block, following: Block | None) -> None:
        if self.item and self._belongs(block):
            self._fill(self.item, block, following)
            return
        entry = self._open(EntryKind.PROSE, block)
        entry.after_list, self.item = self.item is not None, None
        self._fill(entry, block, following)

    def _fill(self, entry: Entry, block: Block, following: Block | None) -> None:
        """Add a paragraph without its lead to what follows; what an item holds in lines of their own are parts."""
        body = block.body or block.span
        said = sentences(self.text, body)
        rest: Span | None = body
        if said and following and self._leads(said[-1].of(self.text), following):
            self._lead(said[-1], following)
            rest = trimmed(self.text, body.start, said[-1].start)
        if rest is None:
            return
        for part in [rest] if entry.kind is EntryKind.PROSE else self._lines(rest):
            self._add(entry, part)

    def _add(self, entry: Entry, body: Span, head: Span | None = None) -> None:
        """Add prose to an entry, without the captions in it and what hangs on them."""
        kept: list[Span] = []
        caption = False
        for sentence in sentences(self.text, body):
            said = sentence.of(self.text)
            caption = is_caption(said) or (caption and leans_back(said))
            if caption:
                self.dropped.append((sentence, DropReason.CAPTION))
            else:
                kept.append(sentence)
        if kept:
            entry.parts.append(Part(body, head, tuple(kept)))

    def _leads(self, said: str, following: Block) -> bool:
        """Whether a sentence only leads to the formula or list behind it."""
        if is_caption(said):
            return False
        if following.kind is BlockKind.FORMULA:
            return said.endswith(":") or said[-1].isalnum()
        announced = (said.endswith(":") or is_lead_in(said)) and (only_announces(said) or not is_clause(said))
        return following.kind in _LISTED and announced

    def _lead(self, sentence: Span, following: Block) -> None:
        if following.kind is BlockKind.FORMULA:
            self.lead = sentence
            return
        self._enter(sentence)
        self.dropped.append((sentence, DropReason.HEADING))

    def _lines(self, body: Span) -> Iterator[Span]:
        """The sentences of `body`, those in one line together."""
        starts = [one.start for one in sentences(self.text, body)]
        begins = [start for start in starts if start == starts[0] or self._opens_line(start)]
        for start, end in zip(begins, [*begins[1:], body.end], strict=True):
            if span := trimmed(self.text, start, end):
                yield span

    def _opens_line(self, position: int) -> bool:
        return not self.text[self.text.rfind("\n", 0, position) + 1 : position].strip()


def _is_filled_below(block: Block, following: Block | None) -> bool:
    """Whether what stands right below an item that is only a head belongs to it."""
    if following is None or following.kind not in _CONTENT:
        return False
    return not following.after_blank or (block.body is None and following.kind is not BlockKind.HEADING)


def _holds_items(block: Block, following: Block | None) -> bool:
    return following is not None and following.kind is BlockKind.ITEM and following.indent > block.indent
