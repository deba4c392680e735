"""How easily key points are read, by a person or a judge who sees one of them and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from rubrics.extraction.references import leans_back
from rubrics.model import Immutable, KeyPoint, KeyPointKind

LONG: Final = 40
"""Words from which a point is long: 4 % of the points extracted from 335 answers, and none that their authors wrote."""

HARD: Final = 0.0
"""Flesch reading ease below which a point is hard; most of what graduates read lies between 0 and 30."""

_LEAST_SCORED: Final = 8
"""Words a point needs for its ease to mean anything."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_CLAIMS: Final = re.compile(r";\s|[.!?]\s+(?=[A-Z])")


class Hardness(StrEnum):
    """Why a point is hard to read."""

    LONG = "long"
    WORDS = "long words"
    POINTS_BACK = "points to something it does not name"
    SEVERAL = "several claims"


class HardPoint(Immutable):
    """A point that is hard to read, and why."""

    key_point: str
    why: tuple[Hardness, ...]


class Readability(Immutable):
    """How the points of a rubric read.

    `words` is their mean number, `longest` the most that one has. `ease` is Flesch's reading ease of all of them (about
    100 for easy, below 30 for hard texts), null where they are hardly English words. Formulas count for nothing.
    """

    words: float
    longest: int
    ease: float | None
    hard: tuple[HardPoint, ...]


def readability(points: Sequence[KeyPoint]) -> Readability:
    """How these points read; at least one."""
    prose = [point.text for point in points if point.kind is not KeyPointKind.FORMULA]
    lengths = [len(point.text.split()) for point in points]
    found = (HardPoint(key_point=point.id, why=tuple(_hardness(point))) for point in points)
    return Readability(
        words=round(sum(lengths) / len(lengths), 1),
        longest=max(lengths),
        ease=_ease(prose),
        hard=tuple(one for one in found if one.why),
    )


def _hardness(point: KeyPoint) -> Iterator[Hardness]:
    if point.kind is KeyPointKind.FORMULA:
        return
    if len(point.text.split()) >= LONG:
        yield Hardness.LONG
    ease = _ease([point.text])
    if ease is not None and ease < HARD:
        yield Hardness.WORDS
    if leans_back(point.text.rsplit(": ", maxsplit=1)[-1]):
        yield Hardness.POINTS_BACK
    if _CLAIMS.search(point.text):
        yield Hardness.SEVERAL


def _ease(texts: Sequence[str]) -> float | None:
    """206.835 - 1.015 words per sentence - 84.6 syllables per word (Flesch 1948), each text a sentence."""
    words = [word.lower() for text in texts for word in _WORD.findall(text)]
    if len(words) < _LEAST_SCORED or not all(word.isascii() for word in words[:_LEAST_SCORED]):
        return None
    syllables = sum(max(1, len(_VOWELS.findall(word.removesuffix("e")))) for word in words)
    return round(206.835 - 1.015 * len(words) / len(texts) - 84.6 * syllables / len(words), 1)
