"""What speech recognition, haste and other people's habits do to words without changing what is said."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from grader.training.examples import MarkedWord

_FILLERS: Final = "um|uh|so|like|you know|I mean|well|basically|right|okay|er|kind of|let me think|yeah".split("|")
FILLER_SHARE: Final = 0.08
TYPO_SHARE: Final = 0.1
"""Share of the words that get a filler before them, or a typing error, where an answer gets any."""

SHORTEST_TYPO: Final = 4
"""Letters from which a word may have an error and still be read."""

_SWAP, _DROP = 0.4, 0.7
_PUNCTUATION: Final = re.compile(r"[^\w\s'=+*/^()-]")

Noise = Callable[[Sequence[MarkedWord], random.Random], tuple[MarkedWord, ...]]


def unpunctuated(words: Sequence[MarkedWord], _choice: random.Random) -> tuple[MarkedWord, ...]:
    """Lower case and no punctuation, as speech recognition writes; formulas stay readable."""
    return tuple(replace(word, text=_PUNCTUATION.sub("", word.text.lower()) or word.text) for word in words)


def hesitant(words: Sequence[MarkedWord], choice: random.Random) -> tuple[MarkedWord, ...]:
    """Fillers between the words."""
    found: list[MarkedWord] = []
    for word in words:
        if choice.random() < FILLER_SHARE:
            found += [replace(word, text=filler) for filler in choice.choice(_FILLERS).split()]
        found.append(word)
    return tuple(found)


def mistyped(words: Sequence[MarkedWord], choice: random.Random) -> tuple[MarkedWord, ...]:
    """Letters swapped, lost or doubled in some words."""
    return tuple(
        replace(word, text=_typo(word.text, choice)) if choice.random() < TYPO_SHARE else word for word in words
    )


def _typo(word: str, choice: random.Random) -> str:
    if len(word) < SHORTEST_TYPO:
        return word
    place = choice.randrange(1, len(word) - 2)
    draw = choice.random()
    if draw < _SWAP:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + word[place + 1 :] if draw < _DROP else word[:place] + word[place] + word[place:]
