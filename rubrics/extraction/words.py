"""Content words: what two texts must share to say the same thing, as far as words can tell."""

from __future__ import annotations

import re
from typing import Final

Words = frozenset[str]
"""Stems of the content words of a text."""

STOPWORDS: Final = frozenset(
    """
    a about above after all also although an and any are as at be because been before being below between both but by
    can could did do does doing down during each either etc even every few for from further had has have having he her
    here hers him his how however i if in into is it its itself just like many may me might more most much must my no
    nor not of off often on once one only onto or other others our out over own per same several shall she should
    since so some such than that the their theirs them then there thereby therefore these they this those though
    through thus to too typically under until up upon us use used uses using usually very via was we were what when
    where whereas whether which while who whom whose why will with within without would yet you your
    """.split()
)

_COMMAND: Final = re.compile(
    r"\\(?:frac|left|right|cdot|times|sqrt|sum|text|mbox|math[a-z]+|displaystyle|large|quad)\b"
)
_WORD: Final = re.compile(r"[^\W_]+")
_MIN_STEM: Final = 4
"""Letters a stem keeps: shorter ones ("us", "on") would make different words equal."""

_SUFFIXES: Final = (
    "izations ization isations isation ations ation izing ising ized ised izes ises ize ise ities ity ments ment "
    "ings ing ions ion ness ally ies ied ers ed es er ly al or s e y"
).split()


def stems(text: str) -> Words:
    """The stems of the words that carry meaning; single letters and LaTeX layout commands do not."""
    found = (word.lower() for word in _WORD.findall(_COMMAND.sub(" ", text)))
    return frozenset(stem(word) for word in found if word not in STOPWORDS and (len(word) > 1 or not word.isascii()))


def stem(word: str) -> str:
    """A lower-case word without its most common English ending."""
    if word.endswith("s") and len(word) == _MIN_STEM:
        return word[:-1]  # "CNNs"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
            return word[: -len(suffix)]
    return word


def jaccard(first: Words, second: Words) -> float:
    """Shared words over all words of both, 0 to 1; 0 where both are empty."""
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def contained(part: Words, whole: Words) -> float:
    """Share of the words of `part` that `whole` has too, 0 to 1; 0 where `part` is empty."""
    return len(part & whole) / len(part) if part else 0.0
