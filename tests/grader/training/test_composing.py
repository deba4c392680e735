"""Composed answers: every label is true of what was put in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Label
from grader.errors import DatasetError
from grader.training.composing import STATEMENTS, StatedPoint, StatedQuestion, compose, read_statements, reference
from grader.training.examples import MarkedWord

BLOOM = StatedPoint(
    text="A Bloom filter never misses a member.",
    covered=["What went in is always found.", "No member is ever denied."],
    partial=["Members are mostly found."],
    contradicted=["Now and then a member is denied."],
    beside=["People ask about lost members."],
)
SIZE = StatedPoint(
    text="A Bloom filter keeps no keys.",
    covered=["Only bits are stored."],
    partial=["Little is stored."],
    contradicted=["Each key is kept."],
    beside=["A hash table keeps each key."],
)
STATED = StatedQuestion(
    question="What is a Bloom filter?",
    reference="A Bloom filter never misses a member and keeps no keys.",
    points=[BLOOM, SIZE],
    aside=["I used one once."],
)


@given(st.integers(0, 10_000))
def test_a_label_is_that_of_the_sentence_that_carries_the_point_and_missing_where_none_does(seed: int) -> None:
    answer = compose(STATED, random.Random(seed))
    for number, (point, target) in enumerate(zip(STATED.points, answer.targets, strict=True)):
        said = {_sentence(answer.words, place) for place in answer.evidence(number)}
        known = {Label.COVERED: point.covered, Label.PARTIAL: point.partial, Label.CONTRADICTED: point.contradicted}
        assert target.marked
        assert bool(said) == (target.label is not Label.MISSING)
        assert said <= set(known.get(target.label or Label.MISSING, []))


def test_sentences_beside_a_point_and_asides_come_in_and_carry_nothing() -> None:
    answers = [compose(STATED, random.Random(seed)) for seed in range(60)]
    unmarked = {_sentence(answer.words, word.sentence) for answer in answers for word in answer.words if not word.marks}
    assert unmarked == {*BLOOM.beside, *SIZE.beside, *STATED.aside}


def test_the_reference_covers_every_point() -> None:
    assert {target.label for target in reference(STATED).targets} == {Label.COVERED}


def test_statements_that_lack_a_list_are_refused_with_file_line_and_field(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(STATED.model_dump_json() + '\n{"question": "Why?", "reference": "So."}\n')
    with pytest.raises(DatasetError, match=r"a\.jsonl:2: points: is not there"):
        read_statements(tmp_path)


def test_the_statements_here_can_be_read() -> None:
    assert all(point.beside for question in read_statements(STATEMENTS) for point in question.points)


def _sentence(words: Sequence[MarkedWord], number: int) -> str:
    return " ".join(word.text for word in words if word.sentence == number)
