"""Variations of an answer keep their labels true."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Label
from grader.training.augmentation import Strangers, augment, with_fewer_points, with_opposite, without_point
from grader.training.examples import Example, Target, mark
from grader.training.grafting import Sayings
from rubrics.model import Span

STRANGERS = Strangers(
    sentences=[("The", "moon", "is", "far.")], statements=["Yeast makes bread rise."], sayings=Sayings({})
)


def example(text: str, **evidence: str) -> Example:
    """An answer with one covered target per keyword, and one target that is missing."""
    spans = []
    for quote in evidence.values():
        start = text.index(quote)
        spans.append(Span(start=start, end=start + len(quote)))
    covered = [Target(f"statement {name}", frozenset({Label.COVERED}), marked=True) for name in evidence]
    missing = Target("statement nobody made", frozenset({Label.MISSING}), marked=True)
    return Example("Why?", mark(text, spans), (*covered, missing))


def labels(example: Example) -> list[Label | None]:
    return [target.label for target in example.targets]


def text(example: Example) -> str:
    return " ".join(word.text for word in example.words)


TWO = example(
    "Dropout is used in training. It drops units at random.", use="used in training", drop="It drops units at random."
)


def test_marks_the_words_of_the_evidence() -> None:
    assert [word.text for word in TWO.words if word.carries(0)] == ["used", "in", "training."]
    assert TWO.evidence(1) == {1}


def test_a_point_whose_sentence_is_gone_is_missing_and_the_other_stays() -> None:
    for seed in range(10):
        left = without_point(TWO, random.Random(seed))
        assert sorted(str(label) for label in labels(left)[:2]) == ["covered", "missing"]
        assert labels(left)[2] is Label.MISSING


def test_an_answer_that_is_all_one_sentence_is_not_emptied() -> None:
    one = example("It drops units at random.", drop="It drops units")
    assert without_point(one, random.Random(0)) == one


def test_a_point_said_the_other_way_round_is_contradicted_where_it_stood() -> None:
    for seed in range(20):
        flipped = with_opposite(TWO, random.Random(seed))
        if flipped is not TWO:
            changed = labels(flipped).index(Label.CONTRADICTED)
            assert flipped.evidence(changed) == {changed}
            assert text(flipped) != text(TWO)
            return
    pytest.fail("no seed flipped anything")


def test_what_shares_the_words_of_a_flipped_point_is_no_longer_known() -> None:
    shared = example("It is fast because it is small.", fast="It is fast", small="is fast because it is small.")
    flipped = with_opposite(shared, random.Random(3))
    assert sorted(len(target.labels) for target in flipped.targets) == [0, 1, 1]


@given(st.integers(min_value=0, max_value=100))
def test_fewer_points_keep_their_labels_and_their_words(seed: int) -> None:
    fewer = with_fewer_points(TWO, random.Random(seed))
    assert 0 < len(fewer.targets) < len(TWO.targets)
    for number, target in enumerate(fewer.targets):
        before = TWO.targets.index(target)
        assert [word.carries(number) for word in fewer.words] == [word.carries(before) for word in TWO.words]


@given(st.integers(min_value=0, max_value=10_000))
def test_no_variation_empties_an_answer_or_marks_words_for_what_is_missing(seed: int) -> None:
    varied = augment(TWO, STRANGERS, random.Random(seed))
    own = [target.statement for target in TWO.targets]
    kept = [target.statement for target in varied.targets if target.statement in own]
    assert kept
    assert kept == sorted(kept, key=own.index)
    for number, target in enumerate(varied.targets):
        if target.label is Label.MISSING:
            assert not varied.evidence(number)
    assert all(word.text for word in varied.words)


@given(st.integers(min_value=0, max_value=1_000))
def test_the_same_seed_gives_the_same_variation(seed: int) -> None:
    assert augment(TWO, STRANGERS, random.Random(seed)) == augment(TWO, STRANGERS, random.Random(seed))
