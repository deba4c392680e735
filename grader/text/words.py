"""The words of a text that carry its content."""

from __future__ import annotations

import re
from typing import Final

STEM_CHARACTERS: Final = 5
"""Characters that identify a word form; cutting words there serves English retrieval about as well as a stemmer."""

_WORD: Final = re.compile(r"[^\W_]+")
_FUNCTION_WORDS: Final = frozenset(
    """
    a about all also an and any are as at be because been being but by can could did do does each for from had has have
    how i if in into is it its just like may me might more most must my no nor not of on one only or our out over own
    per should so some such than that the their them then there these they this those to too under up us use used uses
    using very was we well were what when where which while who why will with would you your
    """.split()
)


def words(text: str) -> list[str]:
    """Lower-case words in order; scripts written without spaces give one word a character."""
    return [part for word in _WORD.findall(text.casefold()) for part in (word if _is_unspaced(word) else [word])]


def content_words(text: str) -> set[str]:
    """The different words of `text` that are not mere grammar."""
    return set(words(text)) - _FUNCTION_WORDS


def stems(text: str) -> set[str]:
    """The content words of `text`, cut so that forms of one word are equal."""
    return {word[:STEM_CHARACTERS] for word in content_words(text)}


def _is_unspaced(word: str) -> bool:
    """Whether `word` has kana or Han characters."""
    return any("\u3040" <= char <= "\u9fff" for char in word)
