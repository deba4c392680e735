"""What the local judge learns from: answers whose words are marked with the key points they carry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grader.domain import Label
from grader.text.sentences import sentences
from rubrics.model import Span

_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True)
class MarkedWord:
    """A word of an answer, the number of its sentence, and bit i set where it is evidence for target i."""

    text: str
    sentence: int
    marks: int = 0

    def carries(self, target: int) -> bool:
        """Whether the word is evidence for this target."""
        return bool(self.marks >> target & 1)


@dataclass(frozen=True)
class Target:
    """A statement, and what can truly be said of it: one label, or several where the source tells them not apart.

    With no label it is shown but not learned from. `marked` says whether the words that carry it are known.
    """

    statement: str
    labels: frozenset[Label]
    marked: bool = False

    @property
    def label(self) -> Label | None:
        """The label, where there is exactly one."""
        return next(iter(self.labels)) if len(self.labels) == 1 else None


@dataclass(frozen=True)
class Example:
    """An answer to a question, and the statements it is read against."""

    question: str
    words: tuple[MarkedWord, ...]
    targets: tuple[Target, ...]

    def evidence(self, target: int) -> frozenset[int]:
        """Numbers of the sentences that carry this target."""
        return frozenset(word.sentence for word in self.words if word.carries(target))


def mark(text: str, evidence: Sequence[Span | None] = ()) -> tuple[MarkedWord, ...]:
    """The words of `text`, each marked with the targets whose evidence it stands in."""
    return tuple(
        MarkedWord(found.group(), number, _marks(span.start + found.start(), span.start + found.end(), evidence))
        for number, span in enumerate(sentences(text))
        for found in _WORD.finditer(text[span.start : span.end])
    )


def _marks(start: int, end: int, evidence: Sequence[Span | None]) -> int:
    return sum(1 << index for index, span in enumerate(evidence) if span and start < span.end and end > span.start)
