from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.benchmark import Case
from grader.benchmark.perturbation import deletions
from grader.domain import Label

MakeCase = Callable[..., Case]
MOON, SUN = "The moon pulls the water.", "The sun pulls it as well."


def test_the_whole_sentence_of_the_evidence_is_deleted(case_of: MakeCase) -> None:
    case = case_of(f"{MOON} {SUN} And the earth turns.", ("Sun.", "sun pulls"))
    (variant,) = deletions(case)
    assert variant.answer == f"{MOON} And the earth turns."
    assert variant.key_point_ids == ("k1",)


def test_evidence_across_sentences_takes_all_of_them(case_of: MakeCase) -> None:
    case = case_of(f"It is gravity. {MOON} {SUN}", ("Both.", "pulls the water. The sun pulls"))
    (variant,) = deletions(case)
    assert variant.answer == "It is gravity."


def test_points_with_the_same_sentence_share_a_variant(case_of: MakeCase) -> None:
    case = case_of(f"{MOON} {SUN}", ("Moon.", "moon pulls"), ("Water.", "pulls the water"), ("Sun.", SUN))
    assert [variant.key_point_ids for variant in deletions(case)] == [("k1", "k2"), ("k3",)]


def test_an_answer_of_which_nothing_is_left_is_no_case(case_of: MakeCase) -> None:
    assert deletions(case_of(MOON, ("Moon.", MOON))) == ()
    assert deletions(case_of(f"{MOON} Right.", ("Moon.", MOON))) == ()


def test_only_covered_points_with_evidence_are_deleted(case_of: MakeCase) -> None:
    case = case_of(f"{MOON} {SUN}", ("Moon.", MOON))
    assert deletions(replace(case, labels={"k1": Label.PARTIAL})) == ()
    assert deletions(replace(case, evidence={})) == ()


def test_evidence_is_found_in_the_canonical_answer(case_of: MakeCase) -> None:
    moon = "The\u200b moon pulls the cafe\u0301 water."
    (variant,) = deletions(case_of(f"{moon} {SUN}", ("Moon.", moon)))
    assert variant.answer == SUN
