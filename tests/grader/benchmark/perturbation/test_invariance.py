from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.benchmark import Case
from grader.benchmark.perturbation import REWORDINGS, rewordings
from grader.text.canonical import MAX_CHARACTERS

MakeCase = Callable[..., Case]
ANSWER = "The moon pulls the water, about 2.5 m. The earth turns below! Weights are O(n^2)."


def reworded(rule: str, text: str = ANSWER) -> str:
    return REWORDINGS[rule](text, random.Random(0))


def test_every_kind_of_change_changes_an_answer_in_the_same_way_each_time(case_of: MakeCase) -> None:
    case = case_of(ANSWER, ("Moon.", "moon"), ("Earth.", "earth"))
    variants = rewordings(case)
    assert [variant.rule for variant in variants] == list(REWORDINGS)
    assert {variant.key_point_ids for variant in variants} == {("k1", "k2")}
    assert variants == rewordings(case)


def test_a_change_that_changes_nothing_is_no_case(case_of: MakeCase) -> None:
    rules = {variant.rule for variant in rewordings(case_of("moon and sun", ("Moon.", "moon")))}
    assert rules == {"fillers", "padding", "duplicated"}


def test_fillers_add_words_and_take_none_away() -> None:
    added = Counter(reworded("fillers").split()) - Counter(ANSWER.split())
    assert added
    assert not Counter(ANSWER.split()) - Counter(reworded("fillers").split())


def test_punctuation_inside_numbers_and_formulas_stays() -> None:
    assert reworded("no punctuation") == "The moon pulls the water about 2.5 m The earth turns below Weights are O(n^2)"


def test_a_typo_swaps_two_inner_letters_of_a_long_word() -> None:
    pairs = zip(ANSWER.split(), reworded("typos").split(), strict=True)
    wrong = [(right, typo) for right, typo in pairs if right != typo]
    assert wrong
    for right, typo in wrong:
        assert sorted(right) == sorted(typo)
        assert (right[0], len(re.sub(r"\W", "", right)) >= 5) == (typo[0], True)


def test_sentences_stand_in_another_order() -> None:
    sentences = reworded("sentence order")
    assert sentences != ANSWER
    assert Counter(sentences.split()) == Counter(ANSWER.split())


def test_an_answer_that_would_grow_too_long_is_no_case(case_of: MakeCase) -> None:
    long = "moon " * (MAX_CHARACTERS // 5 - 1)
    assert "duplicated" not in {variant.rule for variant in rewordings(case_of(long, ("Moon.", "moon")))}


@pytest.mark.parametrize("rule", list(REWORDINGS))
@given(text=st.text(max_size=80))
def test_any_text_can_be_reworded(rule: str, text: str) -> None:
    assert isinstance(REWORDINGS[rule](text, random.Random(0)), str)
