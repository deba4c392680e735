"""The answers a rubric is tried with: one that must pass, and several that say nothing or the wrong thing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from grader.text.canonical import MAX_CHARACTERS
from grader.text.sentences import sentences
from grader.text.words import content_words, stems
from rubrics.model import KeyPoint, Rubric

MIN_REFERENCE_SCORE: Final = 0.95
"""Least score in [0, 1] of the reference answer itself."""

MAX_EMPTY_SCORE: Final = 0.05
"""Highest score in [0, 1] of an answer that says nothing, or the wrong thing."""

MAX_BYTES_PER_CHARACTER: Final = 4
"""Of UTF-8; keywords of any script then stay below both limits of an answer."""

_LONGEST: Final = MAX_CHARACTERS // MAX_BYTES_PER_CHARACTER
_AUXILIARY: Final = re.compile(r"\b(?:is|are|was|were|can|will|does|do|must|should|has|have)\b", re.IGNORECASE)
_NEGATED: Final = re.compile(
    r"\b(?P<verb>is|are|was|were|can|will|does|do|must|should|has|have|could|would) not\b|\bcannot\b", re.IGNORECASE
)
_DENIAL: Final = "It is not true that "


class Trial(StrEnum):
    """The kinds of answers, by the name a report has for them."""

    REFERENCE = "reference"
    BLANK = "blank"
    QUESTION = "question"
    KEYWORDS = "keywords"
    SHUFFLED = "shuffled"
    NEGATED = "negated"
    OTHER_QUESTION = "other question"


@dataclass(frozen=True)
class Expected:
    """One answer, and the scores in [0, 1] between which it has to come out."""

    trial: Trial
    text: str
    least: float = 0.0
    most: float = MAX_EMPTY_SCORE


def expectations(rubric: Rubric, others: Sequence[Rubric] = ()) -> Iterator[Expected]:
    """Every answer a rubric is tried with; those made from a reference answer only where there is one.

    `others` are rubrics of other questions: the reference answer that shares the fewest words is the wrong one to give.
    """
    reference = rubric.reference_answer
    if reference is not None:
        yield Expected(Trial.REFERENCE, reference, MIN_REFERENCE_SCORE, 1.0)
    yield Expected(Trial.BLANK, "")
    yield Expected(Trial.QUESTION, rubric.question.text)
    yield Expected(Trial.KEYWORDS, keywords(rubric))
    if reference is not None:
        yield Expected(Trial.SHUFFLED, shuffled(reference))
        yield Expected(Trial.NEGATED, negated(reference))
    if (other := least_related(rubric, others)) is not None:
        yield Expected(Trial.OTHER_QUESTION, other)


def answers_tried(rubric: Rubric, others: Sequence[Rubric] = (), *, each_point: bool) -> Iterator[str]:
    """The text of every answer that a check may grade: those of `expectations`, and every point.

    With `each_point` also the reference answer without it.
    """
    yield from (expected.text for expected in expectations(rubric, others))
    yield from (point.text for point in rubric.key_points)
    if each_point:
        yield from (rest for point in rubric.key_points if (rest := without(rubric, point)) is not None)


def keywords(rubric: Rubric) -> str:
    """The content words of all key points as a list."""
    points = (point for point in rubric.key_points if not point.penalty)
    return ", ".join(sorted(set[str]().union(*(content_words(point.text) for point in points))))[:_LONGEST]


def shuffled(text: str) -> str:
    """The words of a text in another order, the same one every time."""
    parts = re.findall(r"[^\s.,;:!?()]+", text)
    random.Random(text).shuffle(parts)  # noqa: S311 - an order, no secret
    return " ".join(parts)[:_LONGEST]


def negated(text: str) -> str:
    """Every sentence turned round: `not` behind its first auxiliary, away where it stands, or denied as a whole."""
    whole = (span.of(text).strip() for span in sentences(text))
    return " ".join(_turned(sentence) for sentence in whole if sentence)[:_LONGEST]


def _turned(sentence: str) -> str:
    if found := _NEGATED.search(sentence):
        return sentence[: found.start()] + (found["verb"] or "can") + sentence[found.end() :]
    if found := _AUXILIARY.search(sentence):
        return f"{sentence[: found.end()]} not{sentence[found.end() :]}"
    opening = sentence[:1] if sentence[1:2].isupper() else sentence[:1].lower()
    return f"{_DENIAL}{opening}{sentence[1:]}"


def least_related(rubric: Rubric, others: Sequence[Rubric]) -> str | None:
    """The reference answer of the rubric that shares the fewest words with this one's points."""
    own = set[str]().union(*(stems(point.text) for point in rubric.key_points))
    texts = (other.reference_answer for other in others if other.question.id != rubric.question.id)
    return min((text for text in texts if text), key=lambda text: (len(stems(text) & own), text), default=None)


def without(rubric: Rubric, point: KeyPoint) -> str | None:
    """The reference answer without every sentence that the point was drawn from; None where nothing would be left."""
    reference, source = rubric.reference_answer, point.source
    if reference is None or source is None:
        return None
    kept = [span for span in sentences(reference) if span.end <= source.start or span.start >= source.end]
    return " ".join(span.of(reference).strip() for span in kept) or None
