"""A flipped sentence says something else."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.training.flipping import flip


def flips(sentence: str) -> set[str]:
    """Everything that the rules make of a sentence."""
    found = (flip(sentence.split(), random.Random(seed)) for seed in range(200))
    return {" ".join(words) for words in found if words is not None}


@pytest.mark.parametrize(
    ("sentence", "opposite"),
    [
        ("Dropout is used.", "Dropout is not used."),
        ("It is not used.", "It is used."),
        ("The loss increases slowly.", "The loss decreases slowly."),
        ("It takes 10 steps.", "It takes 100 steps."),
        ("It doesn't help.", "It does help."),
    ],
)
def test_knows_the_opposite(sentence: str, opposite: str) -> None:
    assert opposite in flips(sentence)


def test_leaves_alone_what_no_rule_can_turn_unless_it_denies_it_whole() -> None:
    assert all(flipped.endswith("Gradients vanish.") for flipped in flips("Gradients vanish."))


@given(st.lists(st.sampled_from("is not 3 higher the model 0 , 50%.".split()), min_size=1), st.integers(0, 1_000))
def test_never_gives_the_sentence_back(words: list[str], seed: int) -> None:
    assert flip(words, random.Random(seed)) != words
