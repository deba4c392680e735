"""The words of a text that carry its content."""

from __future__ import annotations

import re
from typing import Final

STEM_CHARACTERS: Final = 5
"""Characters that identify a word form; cutting words there serves English retrieval about as well as a stemmer."""

_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = re.compile(r"[\u3040-\u9fff]")
_FUNCTION_WORDS: Final = frozenset(
    """
    a about all also an and any are as at be because been being but by can could did do does each for from had has have
    how i if in into is it its just like may me might more most must my no nor not of on one only or our out over own
    per should so some such than that the their them then there these they this those to too under up us use used uses
    using very was we well were what when where which while who why will with would you your
    """.split()
)


def words(text: str) -> list[str]:
    """Lower-case words in order; scripts written without spaces (kana, Han) give one word a character."""
    found: list[str] = _WORD.findall(text.casefold())
    if not _UNSPACED.search(text):  # nearly always: one look at the text instead of one at every word
        return found
    return [part for word in found for part in (word if _UNSPACED.search(word) else [word])]


def content_words(text: str) -> set[str]:
    """The different words of `text` that are not mere grammar."""
    return set(words(text)) - _FUNCTION_WORDS


def stems(text: str) -> set[str]:
    """The content words of `text`, cut so that forms of one word are equal."""
    return {word[:STEM_CHARACTERS] for word in content_words(text)}
