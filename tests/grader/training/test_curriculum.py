"""Batches hold every example once, near BATCH_TOKENS, in an order that the seed decides."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from grader.training.curriculum import BATCH_TOKENS, Stage, batches
from grader.training.examples import Example, mark


def example(words: int) -> Example:
    return Example("", mark("word " * words), ())


def words(example: Example) -> int:
    return len(example.words)


@given(st.lists(st.integers(min_value=1, max_value=2 * BATCH_TOKENS), max_size=40))
def test_every_example_is_in_exactly_one_batch_and_only_a_single_long_one_is_over_the_limit(sizes: list[int]) -> None:
    made = batches([example(size) for size in sizes], words, random.Random(0))
    assert sorted(words(one) for batch in made for one in batch) == sorted(sizes)
    assert all(len(batch) * max(map(words, batch)) <= BATCH_TOKENS or len(batch) == 1 for batch in made)


def test_a_stage_gives_fresh_examples_every_epoch_and_the_same_ones_for_the_same_seed() -> None:
    stage = Stage("answers", 2, 1e-4, lambda choice: [example(choice.randint(1, 50)) for _ in range(20)])

    def sizes(seed: int) -> list[list[int]]:
        steps: list[Sequence[Example]] = list(stage.steps(words, seed))
        return [[words(one) for one in batch] for batch in steps]

    assert sizes(1) == sizes(1)
    assert sizes(1) != sizes(2)
    first, second = sizes(1)
    assert sorted(first) != sorted(second)
