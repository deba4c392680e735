"""How much of a reference answer its key points cover, and what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from rubrics.extraction.entries import Drop, DropReason
from rubrics.extraction.sentences import sentences
from rubrics.extraction.words import jaccard, stems
from rubrics.model import Immutable, KeyPoint, Span

OVERLAP: Final = 0.5
"""Jaccard of content words from which two points are named as saying much the same."""

_COVERED_SHARE: Final = 0.5
"""Share of a sentence's characters that must lie in the source of some point."""


class Passage(Immutable):
    """A sentence of the reference answer that no key point was drawn from."""

    span: Span
    text: str


class Dropped(Immutable):
    """A passage left out on purpose, and why."""

    span: Span
    text: str
    reason: DropReason


class Overlap(Immutable):
    """Two key points that share much of their wording; `similarity` is the Jaccard of content words, 0 to 1."""

    first: str
    second: str
    similarity: float


class Coverage(Immutable):
    """How much of a reference answer became key points.

    `share` is the part of its sentences that some point's source covers, 0 to 1; what was left out on purpose does not
    count and stands in `dropped`, what was simply left over in `uncovered`. `overlaps` are points that repeat others.
    """

    share: float
    uncovered: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]
    overlaps: tuple[Overlap, ...]


def measure(reference: str, points: Sequence[KeyPoint], dropped: Sequence[Drop] = ()) -> Coverage:
    """The coverage of `reference` by `points`, whose sources are spans of it."""
    left_out = tuple(Dropped(span=span, text=span.of(reference), reason=reason) for span, reason in dropped)
    sources = [point.source for point in points if point.source]
    asides = [one.span for one in left_out]
    counted = [span for span in _sentences(reference) if not _lies_in(span, asides) or _lies_in(span, sources)]
    uncovered = [span for span in counted if not _lies_in(span, sources)]
    return Coverage(
        share=1 - len(uncovered) / len(counted) if counted else 0.0,
        uncovered=tuple(Passage(span=span, text=span.of(reference)) for span in uncovered),
        dropped=tuple(sorted(left_out, key=lambda one: one.span.start)),
        overlaps=tuple(_overlaps(points)),
    )


def _sentences(reference: str) -> list[Span]:
    """Sentences that hold a letter; a stray bracket or number is nothing to cover."""
    whole = Span(start=0, end=max(len(reference), 1))
    return [
        span for span in sentences(reference, whole) if any(character.isalpha() for character in span.of(reference))
    ]


def _lies_in(span: Span, ranges: Sequence[Span]) -> bool:
    shared = sum(max(0, min(span.end, one.end) - max(span.start, one.start)) for one in ranges)
    return shared >= _COVERED_SHARE * (span.end - span.start)


def _overlaps(points: Sequence[KeyPoint]) -> list[Overlap]:
    words = {point.id: stems(point.text) for point in points}
    return [
        Overlap(first=first, second=second, similarity=round(similarity, 3))
        for first, second in combinations(words, 2)
        if (similarity := jaccard(words[first], words[second])) >= OVERLAP
    ]
