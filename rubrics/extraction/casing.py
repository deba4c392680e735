"""Which capitalised words are names, so that headings in title case can go into the middle of a sentence."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"(?<![\w-])[^\W\d_]+")
_INSIDE_SENTENCE: Final = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?=[\s.,;')’-])")
_ABBREVIATED: Final = re.compile(r"(?:\b[A-Z][\w-]{0,30}\s+){1,8}\((?=[A-Z]{2})")
"""A term in title case because its abbreviation follows: "Global Average Pooling (GAP)"."""

_TITLE_CASED: Final = re.compile(r"(?<![\w\\{])[A-Z][a-z]+(?:['’]s)?(?![\w}])")
_EPONYM: Final = re.compile(r"[A-Z][a-z]{3,}[ie]an")
"""Bayesian, Boolean, Euclidean."""


class Casing:
    """The names of a text: what it writes with a capital inside sentences, and never without one."""

    def __init__(self, text: str) -> None:
        prose = _ABBREVIATED.sub(" ", text)
        plain = {word.capitalize() for word in _WORD.findall(prose) if word[:1].islower()}
        self._names = frozenset(_INSIDE_SENTENCE.findall(prose)) - plain

    def inside(self, phrase: str) -> str:
        """The phrase as it stands inside a sentence: title case undone, names and abbreviations kept."""
        return _TITLE_CASED.sub(lambda match: self._lowered(match.group()), phrase)

    def begun(self, phrase: str) -> str:
        """The phrase as it stands at the start of a label: title case undone but for the first letter."""
        inner = self.inside(phrase)
        return inner[:1].upper() + inner[1:]

    def after_label(self, sentence: str) -> str:
        """The sentence with its first word lowered, where that is no name."""
        first, space, rest = sentence.partition(" ")
        article = first == "A" and rest[:1].islower()
        return (first.lower() if article else self.inside(first)) + space + rest

    def is_name(self, phrase: str) -> bool:
        """Whether each word of the phrase is a name in this text."""
        return all(word in self._names for word in phrase.split())

    def _lowered(self, word: str) -> str:
        return word if word in self._names or _EPONYM.fullmatch(word) else word.lower()
