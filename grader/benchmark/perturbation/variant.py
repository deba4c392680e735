"""A changed answer, and the passages that a change is made in."""

from __future__ import annotations

from dataclasses import dataclass

from grader.benchmark.dataset import Case
from grader.domain import Label
from grader.text.canonical import canonicalise
from grader.text.sentences import split
from rubrics.model import Span


@dataclass(frozen=True)
class Variant:
    """An answer changed by the rule `rule`, and the ids of the key points that the change is about."""

    rule: str
    answer: str
    key_point_ids: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """A covered key point and where the canonical answer proves it: a quote, and the sentences it touches.

    The sentences tile the text, each with the white space behind it.
    """

    key_point_id: str
    quote: Span
    sentences: tuple[Span, ...]


def proofs(case: Case) -> tuple[str, tuple[Proof, ...]]:
    """The canonical answer, and a proof for every covered key point whose evidence stands in it."""
    text = canonicalise(case.answer).text
    tiles = split(text)
    found = []
    for key_point_id, label in case.labels.items():
        quote = canonicalise(case.evidence.get(key_point_id, "")).text.strip()
        start = text.find(quote) if quote else -1
        if label is Label.COVERED and start >= 0:
            span = Span(start=start, end=start + len(quote))
            touched = tuple(tile for tile in tiles if tile.start < span.end and span.start < tile.end)
            found.append(Proof(key_point_id, span, touched))
    return text, tuple(found)
