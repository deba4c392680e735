"""Claims on their way to key points, and what they are written with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from rubrics.extraction.casing import Casing
from rubrics.extraction.entries import Entry
from rubrics.extraction.labels import Label, Topic, label_for, read_label
from rubrics.extraction.references import Subject
from rubrics.model import KeyPointKind, Span, Symbol

DEFINITION_WEIGHT: Final = 3.0
"""The first statement, where it is no list item: what the thing is."""

CLAIM_WEIGHT: Final = 2.0
"""A list item, a formula, any other statement."""

DETAIL_WEIGHT: Final = 1.0
"""What an item adds behind its first sentence: examples, conditions, consequences."""


_SEVERAL: Final = re.compile(r",|/|:|\b(?:and|or|vs|versus)\b", re.IGNORECASE)


class Place(NamedTuple):
    """Where a draft stands; the more two places share from the left, the closer their drafts belong together."""

    entry: int
    part: int
    sentence: int = 0


@dataclass(frozen=True)
class Draft:
    """A claim on its way to a key point.

    `said` is the claim, nearly in the words of the text; `label` and `aspect` tell what it is about where it does not
    say so itself. One that is about the draft before it has in `continued` how it goes on from there (", which keeps it
    green"); its label is for the case that it has to stand alone. One that is `marked` has a number of its own in
    running text: "(2) ..."; one that is `inside` began with a small letter in the middle of a sentence.
    """

    said: str
    span: Span
    place: Place
    label: str = ""
    aspect: str = ""
    kind: KeyPointKind = KeyPointKind.STATEMENT
    weight: float = CLAIM_WEIGHT
    topic: str | None = None
    symbols: tuple[Symbol, ...] = ()
    continued: str = ""
    marked: bool = False
    inside: bool = False

    @property
    def listed(self) -> bool:
        """Whether it comes from a list: numbered, bulleted or "Head: text"."""
        return self.topic is not None or self.kind is KeyPointKind.LIST_ITEM


@dataclass(frozen=True)
class Context:
    """What drafts are written with: the text, what the question is about, and the names in it."""

    text: str
    topic: Topic
    casing: Casing

    def of(self, span: Span | None) -> str:
        """The words a span names, emphasis and line breaks undone; empty for none."""
        return " ".join(re.sub(r"\*\*|__|`", "", span.of(self.text)).split()) if span else ""

    def section(self, entry: Entry) -> Label | None:
        """The label of the heading over an entry."""
        return read_label(self.of(entry.section), self.topic, self.casing) if entry.section else None

    def around(self, entry: Entry, said: str) -> str:
        """What must stand before `said` in this entry for a reader to know what it is about."""
        return label_for(self.section(entry), self.topic, said, self.casing)

    def topic_subject(self) -> Subject | None:
        """The topic as what a pronoun may mean; None where the title names none, or several things."""
        name = self.topic.name
        if not name or _SEVERAL.search(name):
            return None
        return Subject(name, plural=name.endswith("s") and not name.endswith(("ss", "us", "is", "ics")))
