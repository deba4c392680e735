"""Answers made of key points: what is said is known for certain, because it was put there."""

from __future__ import annotations

import random
from typing import Final

from grader.domain import Label
from grader.training.examples import Example, MarkedWord, Target, mark
from grader.training.flipping import flip
from rubrics.model import Rubric

REFERENCE_SHARE: Final = 0.15
ECHO_SHARE: Final = 0.07
"""Share of the made answers that are the reference answer, and that only repeat the question."""

MOST_POINTS: Final = 4
OPPOSITE_SHARE: Final = 0.4
"""Most key points in one made answer, and the share of them that say the opposite."""


def synthesise(rubric: Rubric, reference: str | None, choice: random.Random) -> Example:
    """An answer to the rubric's question: the reference, the question itself, or some of the key points."""
    draw = choice.random()
    statements = [point.text for point in rubric.key_points]
    if reference and draw < REFERENCE_SHARE:
        return whole(rubric, reference)
    if draw < REFERENCE_SHARE + ECHO_SHARE:
        return Example(rubric.question.text, mark(rubric.question.text), tuple(map(_missing, statements)))
    return _of_points(rubric.question.text, statements, choice)


def whole(rubric: Rubric, reference: str) -> Example:
    """The reference answer, which makes every point."""
    targets = tuple(Target(point.text, frozenset({Label.COVERED})) for point in rubric.key_points)
    return Example(rubric.question.text, mark(reference), targets)


def _of_points(question: str, statements: list[str], choice: random.Random) -> Example:
    targets = [_missing(statement) for statement in statements]
    words: list[MarkedWord] = []
    chosen = choice.sample(range(len(statements)), choice.randint(1, min(MOST_POINTS, len(statements))))
    for sentence, number in enumerate(chosen):
        said = statements[number].split()
        opposite = flip(said, choice) if choice.random() < OPPOSITE_SHARE else None
        label = Label.CONTRADICTED if opposite else Label.COVERED
        words += [MarkedWord(text, sentence, 1 << number) for text in opposite or said]
        targets[number] = Target(statements[number], frozenset({label}), marked=True)
    return Example(question, tuple(words), tuple(targets))


def _missing(statement: str) -> Target:
    return Target(statement, frozenset({Label.MISSING}), marked=True)
