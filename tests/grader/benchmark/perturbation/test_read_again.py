from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.benchmark import Case
from grader.benchmark.perturbation import GONE, Variant, deletions, gone, read_again
from grader.benchmark.perturbation.read_again import fingerprint
from grader.benchmark.sets import read_set
from grader.domain import Label

MakeCase = Callable[..., Case]
MOON, SUN = "The moon pulls the water.", "The sun pulls it as well."


def test_a_point_of_which_nothing_is_left_is_gone(case_of: MakeCase) -> None:
    case = case_of(f"{MOON} {SUN}", ("Moon.", MOON), ("Pull.", MOON))
    (variant,) = deletions(case)
    labels = {fingerprint("Moon.", SUN): Label.MISSING, fingerprint("Pull.", SUN): Label.PARTIAL}
    assert gone(case, variant, labels) == Variant(GONE, SUN, ("k1",))


def test_a_rest_that_nobody_read_again_is_not_called_gone(case_of: MakeCase) -> None:
    case = case_of(f"{MOON} {SUN}", ("Moon.", MOON))
    (variant,) = deletions(case)
    assert gone(case, variant, {}) is None


def test_every_deletion_of_gold_was_read_again(shared: Path) -> None:
    asked = [
        fingerprint(point.text, variant.answer)
        for case in read_set(shared / "gold").cases
        for variant in deletions(case)
        for point in case.rubric.key_points
        if point.id in variant.key_point_ids
    ]
    assert len(asked) == len(read_again())
    assert set(asked) == set(read_again())
