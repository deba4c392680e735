"""The labelled answers that stand in the repository are whole, and ask nothing that the benchmark asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.benchmark import Dataset, read_set
from grader.domain import Label
from grader.text.word_order import scrambled
from grader.training.plan import ANSWERS, OUR_SETS, UNSEEN_SETS


@pytest.fixture(scope="module", params=(*OUR_SETS, *UNSEEN_SETS))
def labelled(request: pytest.FixtureRequest) -> Dataset:
    return read_set(ANSWERS / request.param)


def test_every_point_of_every_answer_has_a_label(labelled: Dataset) -> None:
    assert all(set(case.labels) == {point.id for point in case.rubric.key_points} for case in labelled.cases)


def test_every_label_but_missing_has_its_words_in_the_answer(labelled: Dataset) -> None:
    for case in labelled.cases:
        assert set(case.evidence) == {point for point, label in case.labels.items() if label is not Label.MISSING}
        assert all(quote in case.answer for quote in case.evidence.values())


def test_no_answer_is_there_twice_or_scrambled(labelled: Dataset) -> None:
    answers = [case.answer for case in labelled.cases]
    assert len(set(answers)) == len(answers)
    assert not any(map(scrambled, answers))


def test_no_question_is_one_of_the_benchmarks(labelled: Dataset, shared: Path) -> None:
    asked = {case.rubric.question.text for case in read_set(shared / "gold").cases}
    assert not asked & {case.rubric.question.text for case in labelled.cases}
