"""Answers composed of single sentences that people wrote for a point: right, in part, wrong, or merely beside it.

A sentence beside a point has its words and does not make it: an announcement, a truth about the alternative, a
neighbouring fact. Whole answers seldom have one without the point, so who learns from them alone credits words.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic import Field

from grader.benchmark.rows import Row, read_rows
from grader.domain import Label
from grader.training.examples import Example, MarkedWord, Target, mark

STATEMENTS: Final = Path(__file__).parent / "statements"
"""Files of `StatedQuestion`, in a checkout only."""

_SHARES: Final = {Label.COVERED: 0.34, Label.PARTIAL: 0.12, Label.CONTRADICTED: 0.20, Label.MISSING: 0.34}
"""How often a point of a composed answer gets each label, about as often as in the labelled answers."""

BESIDE_SHARE: Final = {True: 0.25, False: 0.5}
"""Share of the points beside which a sentence stands: of those that the answer speaks of, and of those it misses."""

AGAIN_SHARE: Final = 0.1
"""Share of the covered points that are made twice, in other words."""

SHUFFLE_SHARE: Final = 0.5
ASIDES: Final = (0, 0, 1, 1, 2)
"""Share of the answers whose points come in any order, and how many sentences bear on no point."""


_Sentence = tuple[str, int]
"""A sentence and the marks of its words."""


class StatedPoint(Row):
    """A key point, and sentences that make it, a half of it, its contrary, or nothing of it."""

    text: str
    covered: list[str] = Field(min_length=1)
    partial: list[str] = Field(min_length=1)
    contradicted: list[str] = Field(min_length=1)
    beside: list[str] = Field(min_length=1)


class StatedQuestion(Row):
    """A question with its points; no sentence says anything of another point than its own, an aside of none."""

    question: str
    reference: str
    points: list[StatedPoint] = Field(min_length=1)
    aside: list[str] = Field(min_length=1)


def read_statements(folder: Path = STATEMENTS) -> list[StatedQuestion]:
    """The questions of every file in `folder`, in the order of the names; DatasetError as for every labelled file."""
    return [row for file in sorted(folder.glob("*.jsonl")) for _, row in read_rows(file, StatedQuestion)]


def compose(stated: StatedQuestion, choice: random.Random) -> Example:
    """An answer to the question that makes some points, halves or turns some, and passes by others."""
    labels = choice.choices(list(_SHARES), weights=list(_SHARES.values()), k=len(stated.points))
    blocks = [_said(1 << number, *made, choice) for number, made in enumerate(zip(stated.points, labels, strict=True))]
    if choice.random() < SHUFFLE_SHARE:
        choice.shuffle(blocks)
    sentences = [sentence for block in blocks for sentence in block]
    for aside in choice.sample(stated.aside, min(len(stated.aside), choice.choice(ASIDES))):
        sentences.insert(choice.randint(0, len(sentences)), (aside, 0))
    targets = (
        Target(point.text, frozenset({label}), marked=True) for point, label in zip(stated.points, labels, strict=True)
    )
    return Example(stated.question, tuple(_words(sentences)), tuple(targets))


def reference(stated: StatedQuestion) -> Example:
    """The reference answer, which makes every point."""
    targets = (Target(point.text, frozenset({Label.COVERED})) for point in stated.points)
    return Example(stated.question, mark(stated.reference), tuple(targets))


def _said(bit: int, point: StatedPoint, label: Label, choice: random.Random) -> list[_Sentence]:
    """What the answer says about one point, in order."""
    making = {Label.COVERED: point.covered, Label.PARTIAL: point.partial, Label.CONTRADICTED: point.contradicted}
    again = label is Label.COVERED and choice.random() < AGAIN_SHARE
    made = making.get(label, [])
    said = [(sentence, bit) for sentence in choice.sample(made, min(len(made), 1 + again))]
    if choice.random() < BESIDE_SHARE[bool(said)]:
        said.insert(choice.randint(0, len(said)), (choice.choice(point.beside), 0))
    return said


def _words(sentences: Sequence[_Sentence]) -> Iterator[MarkedWord]:
    for number, (sentence, marks) in enumerate(sentences):
        yield from (MarkedWord(word, number, marks) for word in sentence.split())
