"""Answers in pairs: as the rubric's author would write it, and the same in another way.

Two answers a rubric: one makes every point, one every other point, so that a score can rise as well as fall.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from grader.benchmark.fairness.english import ENGLISHES
from grader.benchmark.perturbation.invariance import REWORDINGS, dice_for
from grader.text.sentences import split
from rubrics.model import KeyPoint, Rubric

PARAPHRASE: Final = "paraphrase"

_PLAIN: Final = "What can be said here is that "


@dataclass(frozen=True)
class AnswerPair:
    """An answer to a rubric's question, and the same written in another way."""

    rubric: Rubric
    way: str
    plain: str
    other: str


def answer_pairs(rubric: Rubric) -> tuple[AnswerPair, ...]:
    """Every pair of a rubric whose two answers differ."""
    found: dict[tuple[str, str, str], AnswerPair] = {}
    for plain, points in _answers(rubric):
        for way, other in _others(plain, points):
            if other.strip() != plain:
                found[way, plain, other] = AnswerPair(rubric, way, plain, other)
    return tuple(found.values())


def _answers(rubric: Rubric) -> Iterator[tuple[str, tuple[KeyPoint, ...]]]:
    wanted = tuple(point for point in rubric.key_points if not point.penalty)
    for points in (wanted, wanted[::2]):
        yield _joined([point.text for point in points]), points


def _others(plain: str, points: tuple[KeyPoint, ...]) -> Iterator[tuple[str, str]]:
    if any(point.paraphrases for point in points):
        yield PARAPHRASE, _joined([point.paraphrases[0] if point.paraphrases else point.text for point in points])
    for way, rewrite in ENGLISHES.items():
        yield way, rewrite(plain)
    for way, reword in LENGTHS.items():
        yield way, reword(plain, dice_for(way, plain))


def long_winded(text: str, _dice: random.Random) -> str:
    """Every sentence with an opening that says nothing."""
    sentences = [span.of(text).strip() for span in split(text)]
    return " ".join(_PLAIN + _inside(each) for each in sentences)


def bullets(text: str, _dice: random.Random) -> str:
    """Notes: a line a sentence, without the full stops."""
    return "\n".join(f"- {span.of(text).strip().rstrip('.')}" for span in split(text) if span.of(text).strip())


LENGTHS: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "length: long-winded": long_winded,
    "length: polite padding": REWORDINGS["padding"],
    "length: said twice": REWORDINGS["duplicated"],
    "length: notes": bullets,
    "speech: fillers": REWORDINGS["fillers"],
    "spelling: typos": REWORDINGS["typos"],
}


def _inside(sentence: str) -> str:
    """As it stands inside another: a small first letter, but not of a name like O or SVM."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _joined(sentences: list[str]) -> str:
    return " ".join(each if each.endswith((".", "!", "?")) else f"{each}." for each in sentences)
