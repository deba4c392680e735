"""Answers that look like answers and earn nothing: word salad, lists of key words, other questions' answers, denials.

A judge that never met them takes the words of a key point for the point.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Final

from grader.domain import Label
from grader.text.words import content_words
from grader.training.examples import Example, MarkedWord, Target, mark
from grader.training.flipping import flip

_DENIALS: Final = (
    "It is not true that",
    "It is wrong that",
    "It is a mistake to think that",
    "Nobody should believe that",
    "I do not think that",
    "It is simply not the case that",
    "Contrary to what people say, it is false that",
    "One thing is certainly not so:",
)

_SEPARATORS: Final = (", ", " ", "; ", "\n")
_SHARES: Final = (0.30, 0.15, 0.25, 0.30)
"""How often each kind is made, in the order of `worthless`."""

KEPT_WORDS: Final = 0.8
"""Share of the points' words that a list of key words holds."""

FLIPPED_SHARE: Final = 0.5
"""Share of the denied sentences that are turned into their opposite, where a rule turns them; others are put off."""


def worthless(example: Example, others: Sequence[Example], choice: random.Random) -> Example:
    """An answer to the example's question that makes none of its points."""
    (kind,) = choice.choices((_salad, _key_words, _denied, _elsewhere), _SHARES)
    return kind(example, others, choice)


def _salad(example: Example, _others: Sequence[Example], choice: random.Random) -> Example:
    """The answer's words in random order."""
    words = [word.text for word in example.words]
    choice.shuffle(words)
    return _missing(example, " ".join(words))


def _key_words(example: Example, _others: Sequence[Example], choice: random.Random) -> Example:
    """The words that the key points are made of, without a sentence."""
    listed = [word for target in example.targets for word in sorted(content_words(target.statement))]
    kept = [word for word in listed if choice.random() < KEPT_WORDS] or listed
    if choice.random() < 0.5:  # noqa: PLR2004 - as often in the order of the points
        choice.shuffle(kept)
    return _missing(example, choice.choice(_SEPARATORS).join(kept))


def _elsewhere(example: Example, others: Sequence[Example], choice: random.Random) -> Example:
    """What somebody said to another question."""
    strangers = [other for other in choice.sample(others, min(4, len(others))) if other.question != example.question]
    return replace(_missing(example, ""), words=strangers[0].words) if strangers else example


def _denied(example: Example, _others: Sequence[Example], choice: random.Random) -> Example:
    """Every sentence denied: what was right is wrong, of what was wrong or half right nothing is known."""
    words: list[MarkedWord] = []
    for sentence, group in groupby(example.words, key=lambda word: word.sentence):
        said = list(group)
        marks = reduce(or_, (word.marks for word in said))
        words += [MarkedWord(text, sentence, marks) for text in _denial([word.text for word in said], choice)]
    return replace(example, words=tuple(words), targets=tuple(map(_opposite, example.targets)))


def _denial(said: list[str], choice: random.Random) -> Sequence[str]:
    flipped = flip(said, choice) if choice.random() < FLIPPED_SHARE else None
    return flipped or [*choice.choice(_DENIALS).split(), said[0][:1].lower() + said[0][1:], *said[1:]]


def _opposite(target: Target) -> Target:
    if target.label is Label.MISSING:
        return target
    if target.label is Label.COVERED:
        return replace(target, labels=frozenset({Label.CONTRADICTED}))
    return Target(target.statement, frozenset())


def _missing(example: Example, text: str) -> Example:
    """The text as an answer to the example's question that makes no point."""
    targets = tuple(Target(target.statement, frozenset({Label.MISSING}), marked=True) for target in example.targets)
    return replace(example, words=mark(text), targets=targets)
