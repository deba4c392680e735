from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.benchmark import HeldOut, fold_of
from grader.errors import DatasetError


def test_the_fold_of_a_question_never_changes() -> None:
    assert [fold_of(f"DL{number:04}", 5) for number in range(1, 7)] == [3, 0, 4, 0, 1, 4]


@given(st.text(), st.integers(1, 20))
def test_every_question_is_in_exactly_one_fold(question_id: str, folds: int) -> None:
    assert [question_id in HeldOut(folds, fold) for fold in range(folds)].count(True) == 1


def test_folds_are_about_equally_large() -> None:
    counts = Counter(fold_of(f"Q{number}", 5) for number in range(1_000))
    assert min(counts.values()) > 150


def test_a_fold_is_written_as_folds_and_number() -> None:
    assert HeldOut.parse("5/0") == HeldOut(folds=5, fold=0)
    assert str(HeldOut.parse("5/4")) == "fold 4 of 5"


@pytest.mark.parametrize("text", ["5", "5/5", "0/0", "-5/0", "5/1.0", "five/one", ""])
def test_what_names_no_fold_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="names no fold; write FOLDS/FOLD counted from 0, as in 5/0"):
        HeldOut.parse(text)


def test_there_is_at_least_one_fold() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        fold_of("Q1", 0)
