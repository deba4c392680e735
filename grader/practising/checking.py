"""What to say about an answer before it is graded: a person is asked once more, nothing is decided."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from grader.errors import InvalidAnswer
from grader.text.canonical import check_limits

FEW_WORDS: Final = 5
"""Words below which an answer is called short before it is sent; a warning only, so not measured."""

ENOUGH_TO_TELL: Final = 12
"""From as many words on the share of function words tells English from other languages in Latin letters."""

FUNCTION_SHARE: Final = 0.05
"""Least share of English function words in English; a list of bare terms falls below it, and is asked about too."""

_FUNCTION_WORDS: Final = frozenset(
    "a an and are as at be because but by can for from has have if in into is it its more not of on or so than that "
    "the their them then there these they this to was we when where which while will with you".split()
)
_WORD: Final = re.compile(r"[^\W\d_]+")


class Concern(StrEnum):
    """Why an answer may not be what its author wants graded; the first two keep it from being graded at all."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    SHORT = "short"
    OTHER_LANGUAGE = "other_language"

    @property
    def final(self) -> bool:
        """Whether sending it anyway would not help."""
        return self in {Concern.EMPTY, Concern.TOO_LONG}


def concern(text: str) -> Concern | None:
    """The gravest concern about an answer in English, or None."""
    try:
        check_limits(text)
    except InvalidAnswer:
        return Concern.TOO_LONG
    if not any(character.isalnum() for character in text):
        return Concern.EMPTY
    words = _WORD.findall(text.casefold())
    if _is_foreign(words):
        return Concern.OTHER_LANGUAGE
    return Concern.SHORT if len(text.split()) < FEW_WORDS else None


def _is_foreign(words: list[str]) -> bool:
    """Whether most letters are of another script, or the words that every English text has are not there."""
    letters = [character for word in words for character in word]
    latin = sum("LATIN" in unicodedata.name(character, "") for character in letters)
    if len(letters) > ENOUGH_TO_TELL and latin < len(letters) / 2:
        return True
    return len(words) >= ENOUGH_TO_TELL and sum(word in _FUNCTION_WORDS for word in words) < FUNCTION_SHARE * len(words)
