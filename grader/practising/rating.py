"""How well a question was known, as spaced repetition counts it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grader.practice import Help, Rating

THRESHOLDS: Final = ((0.9, Rating.EASY), (0.7, Rating.GOOD), (0.4, Rating.HARD))
"""Least score of each rating; the bands that the pages name are the same."""


def rating(score: float, taken: Iterable[Help]) -> Rating:
    """The rating of a score in [0, 1] after help was taken: any hint rules out easy, the point itself also good."""
    taken = set(taken)
    found = next((rating for least, rating in THRESHOLDS if score >= least), Rating.AGAIN)
    if any(help_.gives_away for help_ in taken):
        return min(found, Rating.HARD)
    return min(found, Rating.GOOD) if taken else found
