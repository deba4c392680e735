from __future__ import annotations

import time

import numpy as np
import pytest

from grader.benchmark import metrics
from grader.benchmark.bootstrap import Bootstrap, Estimate


def each_its_own(answers: int) -> Bootstrap:
    """As many questions as answers."""
    return Bootstrap([f"Q{number}" for number in range(answers)])


RATIO_OF_HALVES = np.array([[1.0, 1.0], [0.0, 1.0]] * 50)


def test_the_interval_holds_the_value() -> None:
    estimate = each_its_own(100).estimate(RATIO_OF_HALVES, metrics.ratio, 100)
    assert estimate.value == 0.5
    assert estimate.low < estimate.value < estimate.high


def test_the_interval_of_a_share_is_as_wide_as_the_binomial_says() -> None:
    estimate = each_its_own(100).estimate(RATIO_OF_HALVES, metrics.ratio, 100)
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 100), abs=0.02)


def test_the_same_sums_always_give_the_same_interval() -> None:
    assert each_its_own(100).estimate(RATIO_OF_HALVES, metrics.ratio, 1) == each_its_own(100).estimate(
        RATIO_OF_HALVES, metrics.ratio, 1
    )


def test_whole_answers_are_drawn_so_points_that_hang_together_widen_the_interval() -> None:
    together = np.array([[10.0, 10.0], [0.0, 10.0]] * 5)
    wide = each_its_own(10).estimate(together, metrics.ratio, 100)
    narrow = each_its_own(100).estimate(RATIO_OF_HALVES, metrics.ratio, 100)
    assert wide.value == narrow.value
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_whole_questions_are_drawn_so_answers_to_one_question_widen_the_interval() -> None:
    by_answer = each_its_own(100).estimate(RATIO_OF_HALVES, metrics.ratio, 100)
    same_within = np.repeat(RATIO_OF_HALVES[:10], 10, axis=0)
    by_question = Bootstrap([f"Q{number // 10}" for number in range(100)]).estimate(same_within, metrics.ratio, 100)
    assert by_question.value == by_answer.value
    assert by_question.high - by_question.low > 2 * (by_answer.high - by_answer.low)


def test_with_a_single_question_its_answers_are_drawn() -> None:
    estimate = Bootstrap(["Q1"] * 100).estimate(RATIO_OF_HALVES, metrics.ratio, 100)
    assert estimate.low < 0.5 < estimate.high


def test_a_paired_difference_is_narrower_than_either_interval() -> None:
    better = RATIO_OF_HALVES.copy()
    better[1, 0] = 1.0
    bootstrap = each_its_own(100)
    difference = bootstrap.difference(better, RATIO_OF_HALVES, metrics.ratio, 100)
    alone = bootstrap.estimate(better, metrics.ratio, 100)
    assert difference.value == pytest.approx(0.01)
    assert difference.high - difference.low < (alone.high - alone.low) / 2


def test_the_interval_holds_a_value_that_resampling_only_makes_larger() -> None:
    confidence = np.full(100, 0.5)
    correct = np.arange(100) % 2 == 0
    sums = metrics.confidence_sums(np.arange(100), confidence, correct, 100)
    estimate = each_its_own(100).estimate(sums, metrics.calibration_error, 100)
    assert estimate.value == estimate.low == 0
    assert estimate.high > 0


def test_an_undefined_value_has_no_interval() -> None:
    assert each_its_own(3).estimate(np.zeros((3, 2)), metrics.ratio, 0) == Estimate(
        value=None, low=None, high=None, n=0
    )


def test_resamples_in_which_a_metric_is_undefined_are_left_out() -> None:
    sums = np.array([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]])
    assert each_its_own(3).estimate(sums, metrics.ratio, 2) == Estimate(value=0.5, low=0.5, high=0.5, n=2)


def test_a_single_answer_gives_an_interval_of_one_value() -> None:
    assert each_its_own(1).estimate(np.array([[1.0, 4.0]]), metrics.ratio, 4) == Estimate(
        value=0.25, low=0.25, high=0.25, n=4
    )


def test_two_thousand_answers_take_less_than_three_seconds() -> None:
    sums = np.random.default_rng(0).integers(0, 4, size=(2_000, 4, 4)).astype(float)
    started = time.perf_counter()
    each_its_own(2_000).estimate(sums, metrics.kappa, 1)
    assert time.perf_counter() - started < 3
