"""Worthless answers: they sound like the points and make none."""

from __future__ import annotations

import random

import pytest

from grader.domain import Label
from grader.training.examples import Example, Target, mark
from grader.training.worthless import worthless
from rubrics.model import Span

TEXT = "Dropout drops random units. It is used in training only."
POINTS = (
    Target("Dropout drops units at random.", frozenset({Label.COVERED}), marked=True),
    Target("Dropout keeps all units at test time.", frozenset({Label.PARTIAL}), marked=True),
    Target("Dropout makes units independent.", frozenset({Label.MISSING}), marked=True),
)
EXAMPLE = Example("What is dropout?", mark(TEXT, [Span(start=0, end=27), Span(start=28, end=56), None]), POINTS)
OTHERS = [Example("What is a tide?", mark("The moon pulls the sea."), POINTS[:1])]


def made(seed: int) -> Example:
    return worthless(EXAMPLE, OTHERS, random.Random(seed))


@pytest.mark.parametrize("seed", range(40))
def test_no_point_is_covered_and_what_is_missing_carries_no_words(seed: int) -> None:
    answer = made(seed)
    assert answer.words
    assert [target.statement for target in answer.targets] == [target.statement for target in POINTS]
    for number, target in enumerate(answer.targets):
        assert Label.COVERED not in target.labels
        if target.label is Label.MISSING:
            assert not any(word.carries(number) for word in answer.words)


def test_a_denial_contradicts_what_was_right_and_leaves_open_what_was_half_right() -> None:
    denied = [answer for answer in map(made, range(40)) if answer.targets[0].label is Label.CONTRADICTED]
    assert denied
    for answer in denied:
        assert answer.targets[1].labels == frozenset()
        assert [word.text for word in answer.words if word.carries(0)] != TEXT.split()[:4]


def test_all_kinds_are_made() -> None:
    texts = {" ".join(word.text for word in made(seed).words) for seed in range(40)}
    assert "The moon pulls the sea." in texts
    assert any(sorted(text.split()) == sorted(TEXT.split()) and text != TEXT for text in texts)
    assert any("random" in text and "Dropout" not in text and "It" not in text for text in texts)


def test_the_same_choice_gives_the_same_answer() -> None:
    assert made(3) == made(3)
