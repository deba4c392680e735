"""Answers that repeat what was asked, or recite the key points word for word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grader.domain import Flag
from grader.text.quotes import says
from grader.text.screening.finding import Finding
from grader.text.words import content_words, words
from rubrics.model import Rubric

MAX_NEW: Final = 6
"""Different content words beside a whole copied question that make no answer yet."""

MIN_RECITED_WORDS: Final = 8
"""Words of a key point that nobody puts in the same order by chance."""

MIN_RECITED: Final = 2
"""Key points recited word for word, from which the answer was copied."""


def find(text: str, rubric: Rubric) -> Iterator[Finding]:
    """One finding for the whole answer where it repeats the question or recites the rubric."""
    if _repeats(text, rubric.question.text) or _recites(text, rubric):
        yield Finding(Flag.PARROT)


def _repeats(text: str, question: str) -> bool:
    return says(text, question) and len(content_words(text) - set(words(question))) < MAX_NEW


def _recites(text: str, rubric: Rubric) -> bool:
    long = (point.text for point in rubric.key_points if len(words(point.text)) >= MIN_RECITED_WORDS)
    return sum(says(text, point) for point in long) >= MIN_RECITED
