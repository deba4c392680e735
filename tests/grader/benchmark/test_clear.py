"""A threshold is as low as the stated risk allows, and no lower."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.benchmark.clear import clear_thresholds, measured_thresholds, upper_error_rate
from grader.benchmark.verdicts import ComparedVerdict
from grader.domain import Label

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label


def thresholds(points: list[tuple[float, bool]], risk: float, label: Label = COVERED) -> float | None:
    confidences = np.array([confidence for confidence, _ in points], dtype=np.float64)
    correct = np.array([right for _, right in points], dtype=np.bool_)
    found = clear_thresholds(confidences, correct, [label] * len(points), risk)
    return found.get(label)


@pytest.mark.parametrize(
    ("wrong", "points", "bound"),
    [(0, 59, 0.0495), (0, 58, 0.0503), (1, 100, 0.0466), (5, 100, 0.1023), (10, 10, 1.0), (0, 1, 0.95)],
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, points: int, bound: float) -> None:
    assert upper_error_rate(np.array([wrong]), np.array([points]))[0] == pytest.approx(bound, abs=5e-5)


def test_without_an_error_fifty_nine_points_prove_five_percent() -> None:
    assert thresholds([(0.9, True)] * 59, 0.05) == 0.9
    assert thresholds([(0.9, True)] * 58, 0.05) is None


def test_the_threshold_is_the_lowest_that_is_safe() -> None:
    points = [(0.99, True)] * 60 + [(0.8, True)] * 60 + [(0.6, False)] * 60
    assert thresholds(points, 0.05) == 0.8
    assert thresholds(points, 0.5) == 0.6


def test_points_with_equal_confidence_stand_or_fall_together() -> None:
    assert thresholds([(0.9, True)] * 60 + [(0.9, False)] * 60, 0.05) is None


def test_the_order_of_the_points_does_not_matter() -> None:
    points = [(0.9, True)] * 70 + [(0.7, False)] * 20 + [(0.8, True)] * 30
    assert thresholds(points, 0.05) == thresholds(points[::-1], 0.05) == 0.8


def test_every_label_has_its_own_threshold_and_a_contradiction_none() -> None:
    labels = [COVERED] * 60 + [MISSING] * 60 + [CONTRADICTED] * 60
    confidences = np.array([0.9] * 60 + [0.7] * 60 + [1.0] * 60)
    found = clear_thresholds(confidences, np.ones(180, dtype=np.bool_), labels, 0.05)
    assert found == {COVERED: 0.9, PARTIAL: None, MISSING: 0.7}


def test_without_points_nothing_is_clear() -> None:
    assert set(clear_thresholds(np.array([]), np.array([], dtype=np.bool_), [], 0.5).values()) == {None}


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60), st.floats(0, 1))
def test_what_is_clear_errs_less_than_the_risk(points: list[tuple[float, bool]], risk: float) -> None:
    threshold = thresholds(points, risk)
    if threshold is not None:
        clear = [right for confidence, right in points if confidence >= threshold]
        assert clear.count(False) / len(clear) <= risk


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_more_risk_never_means_a_higher_threshold(points: list[tuple[float, bool]], one: float, other: float) -> None:
    careful, bold = (thresholds(points, risk) for risk in sorted((one, other)))
    assert careful is None or (bold is not None and bold <= careful)


def test_what_no_judge_decided_or_has_no_confidence_is_not_counted() -> None:
    def said(judge: str, confidence: float | None, predicted: Label = MISSING) -> ComparedVerdict:
        return ComparedVerdict(
            answer_id="a", key_point_id="k", label=MISSING, predicted=predicted,
            confidence=confidence, similarity=None, judged_by=judge, reason="",
        )  # fmt: skip

    verdicts = [said("local", 0.9)] * 58 + [said("rules", 1.0), said("local", None), said("local", 0.9, UNGRADED)]
    assert measured_thresholds(verdicts, 0.05, "made up").missing is None
    measured = measured_thresholds([*verdicts, said("local", 0.9)], 0.05, "made up")
    assert (measured.missing, measured.covered, measured.risk, measured.measured_on) == (0.9, None, 0.05, "made up")
