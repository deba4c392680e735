"""Turning a true sentence into its opposite, so that the judge learns what cosine similarity cannot see.

Rules, not grammar: a word for its opposite, a `not` more or less, another number, or a denial in front. Some
flips read badly and a few change too little; as training noise that is cheap. The benchmark's negation test has
rules of its own, on purpose: a test that shares its generator with the training measures the generator.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

DENIAL_SHARE: Final = 0.15
NUMBER_SHARE: Final = 0.15
"""Share of flips that deny the whole sentence, and that change a number where there is one; the rest swap words."""

_DENIALS: Final = ("It is not true that", "It's wrong that", "No, it is not the case that")
_FACTORS: Final = (2.0, 3.0, 10.0, 0.5, 0.1)
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)(%?)")
_MARKS: Final = ".,;:!?"

_OPPOSITES: Final = """
increases decreases|increase decrease|higher lower|high low|more less|larger smaller|large small|bigger smaller
before after|always never|with without|can cannot|faster slower|fast slow|maximum minimum|maximizes minimizes
above below|first last|true false|positive negative|many few|same different|strong weak|reduces raises|reduce raise
improves worsens|allows prevents|allow prevent|long short|early late|all none of the|cheap expensive
cheaper more expensive|up down|inside outside|start end|read write|global local|linear quadratic|input output
better worse|best worst|easier harder|deep shallow|stable unstable|possible impossible|most least
needs does not need|requires does not require|must need not|every no|only not only|grows shrinks|rises falls
keeps drops|stops starts|both neither
"""
_AUXILIARIES: Final = "is are was were can will does do has have should would may must"
_CONTRACTIONS: Final = {
    "isn't": "is", "aren't": "are", "doesn't": "does", "don't": "do", "can't": "can", "won't": "will", "cannot": "can",
}  # fmt: skip


def _pairs() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _OPPOSITES.strip().replace("\n", "|").split("|"):
        word, opposite = entry.split(" ", 1)
        found.setdefault(word, opposite)
        found.setdefault(opposite, word)
    return found


_SWAPS: Final = _pairs()
_NEGATED: Final = {**{word: f"{word} not" for word in _AUXILIARIES.split()}, **_CONTRACTIONS}


def flip(words: Sequence[str], choice: random.Random) -> list[str] | None:
    """The words of a sentence that says the opposite; None where no rule applies."""
    draw = choice.random()
    if draw < DENIAL_SHARE:
        return [*choice.choice(_DENIALS).split(), *words]
    numbers = [place for place, word in enumerate(words) if _NUMBER.fullmatch(word.strip(_MARKS))]
    if draw < DENIAL_SHARE + NUMBER_SHARE and numbers:
        place = choice.choice(numbers)
        return [*words[:place], _other_number(words[place].strip(_MARKS), choice), *words[place + 1 :]]
    swaps = list(_swaps([word.lower().strip(_MARKS) for word in words]))
    if not swaps:
        return None
    place, new = choice.choice(swaps)
    return [*words[:place], *new.split(), *words[place + 1 :]]


def _swaps(words: list[str]) -> list[tuple[int, str]]:
    """Every place where one rule applies, with what stands there then; opposites twice, they are the better flips."""
    found = []
    for place, word in enumerate(words):
        follows = words[place + 1] if place + 1 < len(words) else ""
        if word == "not":
            found.append((place, ""))
        elif word in _NEGATED and follows != "not":
            found.append((place, _NEGATED[word]))
        if word in _SWAPS:
            found += [(place, _SWAPS[word])] * 2
    return found


def _other_number(word: str, choice: random.Random) -> str:
    found = _NUMBER.fullmatch(word)
    value = float(found[1]) if found else 0.0
    return f"{value * choice.choice(_FACTORS) or 1:g}{found[2] if found else ''}"
