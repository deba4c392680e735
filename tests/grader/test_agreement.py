"""How far people and the machine agree: the figures against scikit-learn's, and when none are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import pytest
import sklearn.metrics

from grader.agreement import LEAST, calibration
from grader.benchmark.metrics import LABELS
from grader.domain import Label
from grader.review import PointOpinion, SecondOpinion

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
C, P, M, W = LABELS
PAIRS = list(islice(cycle([(C, C), (C, P), (P, P), (M, M), (M, C), (W, M), (W, W), (M, M)]), 48))
"""What a person and the machine say of one point in answer after answer."""


def opinions(
    pairs: Sequence[tuple[Label, Label]], *, by: str = "ann", point: str = "k1", question: str = "q", month: int = 11
) -> list[SecondOpinion]:
    return [
        SecondOpinion(
            grade_id=f"{question}-{number}",
            question_id=question,
            rubric_hash="sha256:1",
            judge="local",
            points=(PointOpinion(key_point_id=point, verdict=mine, machine=its, judged_by="local"),),
            score=1.0 if mine is C else 0.0,
            machine_score=0.5,
            blind=True,
            drawn=True,
            made_by=by,
            made_at=NOON.replace(month=month) + timedelta(minutes=number, seconds=by != "ann"),
        )
        for number, (mine, its) in enumerate(pairs)
    ]


def test_agreement_and_both_kappas_are_those_of_scikit_learn() -> None:
    found = calibration(opinions(PAIRS)).whole
    mine, its = ([LABELS.index(label) for label in side] for side in zip(*PAIRS, strict=True))
    assert found.n == len(PAIRS)
    assert found.agreement.value == pytest.approx(sklearn.metrics.accuracy_score(mine, its), abs=1e-6)
    assert found.kappa.value == pytest.approx(sklearn.metrics.cohen_kappa_score(mine, its), abs=1e-6)
    weighted = sklearn.metrics.cohen_kappa_score(mine, its, weights="quadratic")
    assert found.weighted_kappa.value == pytest.approx(weighted, abs=1e-6)
    assert [list(row) for row in found.confusion] == sklearn.metrics.confusion_matrix(mine, its).tolist()


def test_every_figure_lies_in_its_interval() -> None:
    found = calibration(opinions(PAIRS))
    for each in (found.whole.agreement, found.whole.kappa, found.whole.error, found.score_error):
        assert None not in {each.low, each.value, each.high}
        assert (each.low or 0) <= (each.value or 0) <= (each.high or 0)
    assert found.score_error.value == 0.5
    assert found.whole.error.value == pytest.approx(sum(abs(CREDITS[a] - CREDITS[b]) for a, b in PAIRS) / 48, abs=1e-6)


CREDITS = {C: 1.0, P: 0.5, M: 0.0, W: 0.0}


def test_below_thirty_verdicts_nothing_is_claimed_but_the_counts() -> None:
    few = calibration(opinions(PAIRS[: LEAST - 1])).whole
    assert (few.too_few, few.kappa.value, few.n) == (True, None, LEAST - 1)
    assert sum(map(sum, few.confusion)) == LEAST - 1
    assert not calibration(opinions(PAIRS[:LEAST])).whole.too_few
    assert calibration([]).whole.n == 0


def test_points_judges_versions_and_months_are_told_apart() -> None:
    given = [*opinions(PAIRS), *opinions(PAIRS[:5], question="r", month=10)]
    found = calibration(given)
    assert [(each.name, each.n) for each in found.points] == [(("q", "k1"), 48), (("r", "k1"), 5)]
    assert [(each.name, each.n) for each in found.months] == [(("2026-10",), 5), (("2026-11",), 48)]
    assert [each.name for each in found.judges] == [("local",)]
    assert [each.name for each in found.rubrics] == [("q", "sha256:1"), ("r", "sha256:1")]


def test_what_could_not_be_judged_is_left_out() -> None:
    found = calibration(opinions([(Label.UNGRADED, C), (C, Label.UNGRADED), (C, C)]))
    assert found.whole.n == 1


def test_points_on_which_the_machine_is_surely_wrong_are_to_be_rewritten() -> None:
    wrong, right = [(C, M), (M, C)] * 30, [(C, C), (M, M)] * 30
    found = calibration([*opinions(wrong), *opinions(right, question="r")])
    assert [each.name for each in found.to_rewrite] == [("q", "k1")]


def test_a_machine_that_always_says_the_same_has_no_kappa_and_is_not_blamed_for_it() -> None:
    (found,) = calibration(opinions([(C, M), (M, M), (M, M)] * 20)).points
    assert (found.kappa.value, found.weighted_kappa.value, found.is_poor) == (None, None, False)
    assert found.agreement.value == pytest.approx(2 / 3, abs=1e-6)


def test_people_are_compared_with_each_other_where_two_judged_the_same() -> None:
    other = [(its, its) for _, its in PAIRS]
    found = calibration([*opinions(PAIRS), *opinions(other, by="bob")])
    assert found.people.n == len(PAIRS)
    assert found.people.kappa.value == calibration(opinions(PAIRS)).whole.kappa.value
