"""Which sentences of prose a rubric needs: those that say much of what the rest speaks of, no afterthoughts.

A reference answer says more than a full answer must. Authors who wrote answer and key points made a point of two
sentences in three, and the other third can largely be told from its form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import Final

from rubrics.extraction.words import Words, contained, stems

CHARACTERS_PER_POINT: Final = 168
"""Characters of prose for one point; the authors of 312 reference answers (1,120 characters) chose 6.3 points."""

MIN_SHARE: Final = 0.6
"""Least share of the statements that become points, for answers in short sentences."""

MIN_STATEMENTS: Final = 4
"""With no more statements than this nothing is left out: every one of them may be asked for."""

LENGTH_WEIGHT: Final = 1.4
SHARED_WEIGHT: Final = 1.0
CLOSING_WEIGHT: Final = -0.7
REASON_WEIGHT: Final = 0.4
TWO_PARTS_WEIGHT: Final = 0.5
ASKED_WEIGHT: Final = 0.35
SECOND_HALF_WEIGHT: Final = -0.8
EXAMPLE_WEIGHT: Final = -5.0
"""Log-odds that a statement is a point, rounded: a logistic regression on the 3,081 statements of those answers,
matched with their authors' points by embedding (cosine 0.6). Fitted without the set it is tried on, its order within an
answer has AUC 0.75. Opening, numbers, negation, hedges, definitions, contrast and place in the answer added nothing."""

_LEAD_WORDS: Final = 5
"""Words from the start in which a statement says what it is about."""

_MAX_ASKED: Final = 2
_REASON: Final = re.compile(r"\b(?:because|since|so that|therefore|so)\b")
_TWO_PARTS: Final = re.compile(r"[:;]\s")
_EXAMPLE: Final = re.compile(r"(?:for example|for instance|example)\b", re.IGNORECASE)


def salience(statements: Sequence[str], asked: Words, halves: Collection[int] = ()) -> list[float]:
    """How likely each statement of a text is to be one of its points, as log-odds without a constant.

    `asked` are the stems of the question, `halves` the places of statements that are the second half of a sentence.
    """
    words = [stems(said) for said in statements]
    return [
        _salience(said, own, _rest(words, place), asked)
        + CLOSING_WEIGHT * (place == len(words) - 1)
        + SECOND_HALF_WEIGHT * (place in halves)
        for place, (said, own) in enumerate(zip(statements, words, strict=True))
    ]


def room_for(statements: Sequence[str]) -> int:
    """How many points a text of these statements has room for."""
    characters = sum(len(said) + 1 for said in statements)
    share = round(MIN_SHARE * len(statements))
    return max(min(MIN_STATEMENTS, len(statements)), share, round(characters / CHARACTERS_PER_POINT))


def _salience(said: str, own: Words, rest: Words, asked: Words) -> float:
    about = stems(" ".join(said.split()[:_LEAD_WORDS]))
    return (
        LENGTH_WEIGHT * math.log(len(said.split()))
        + SHARED_WEIGHT * contained(own, rest)
        + REASON_WEIGHT * bool(_REASON.search(said))
        + TWO_PARTS_WEIGHT * bool(_TWO_PARTS.search(said))
        + ASKED_WEIGHT * min(_MAX_ASKED, len(about & asked))
        + EXAMPLE_WEIGHT * bool(_EXAMPLE.match(said))
    )


def _rest(words: Sequence[Words], place: int) -> Words:
    return frozenset[str]().union(*words[:place], *words[place + 1 :])
