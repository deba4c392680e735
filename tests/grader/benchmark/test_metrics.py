from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.benchmark import metrics
from grader.benchmark.metrics import LABELS, PREDICTIONS
from grader.domain import Label

sklearn_metrics = pytest.importorskip("sklearn.metrics")

ANSWERS = 30
POINTS = 200
SEEDS = pytest.mark.parametrize("seed", range(5))


def labels(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted labels that agree about half of the time."""
    rng = np.random.default_rng(seed)
    true = rng.choice(len(LABELS), size=POINTS, p=[0.4, 0.1, 0.3, 0.2])
    return true, np.where(rng.random(POINTS) < 0.5, true, rng.integers(len(LABELS), size=POINTS))


def confusion(true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    answer = np.arange(len(true)) % ANSWERS
    return metrics.confusions(answer, true, predicted, ANSWERS).sum(axis=0)[:, : len(LABELS)]


@SEEDS
def test_the_confusion_matrix_is_that_of_scikit_learn(seed: int) -> None:
    true, predicted = labels(seed)
    assert (confusion(true, predicted) == sklearn_metrics.confusion_matrix(true, predicted)).all()


@SEEDS
def test_accuracy_and_kappa_are_those_of_scikit_learn(seed: int) -> None:
    true, predicted = labels(seed)
    counts = confusion(true, predicted)
    assert metrics.accuracy(counts) == pytest.approx(sklearn_metrics.accuracy_score(true, predicted))
    assert metrics.kappa(counts) == pytest.approx(sklearn_metrics.cohen_kappa_score(true, predicted))


@SEEDS
@pytest.mark.parametrize("label", LABELS)
def test_one_label_against_the_rest_is_measured_like_scikit_learn_does(seed: int, label: Label) -> None:
    true, predicted = labels(seed)
    chosen = LABELS.index(label)
    counts = metrics.against_rest(confusion(true, predicted), label)
    true, predicted = true == chosen, predicted == chosen
    assert metrics.kappa(counts) == pytest.approx(sklearn_metrics.cohen_kappa_score(true, predicted))
    assert metrics.f1(counts) == pytest.approx(sklearn_metrics.f1_score(true, predicted))
    assert metrics.macro_f1(counts) == pytest.approx(sklearn_metrics.f1_score(true, predicted, average="macro"))


@SEEDS
@pytest.mark.parametrize("label", LABELS)
def test_precision_and_recall_are_those_of_scikit_learn(seed: int, label: Label) -> None:
    true, predicted = labels(seed)
    chosen = LABELS.index(label)
    counts = metrics.against_rest(confusion(true, predicted), label)
    assert metrics.precision(counts) == pytest.approx(
        sklearn_metrics.precision_score(true == chosen, predicted == chosen)
    )
    assert metrics.recall(counts) == pytest.approx(sklearn_metrics.recall_score(true == chosen, predicted == chosen))


@SEEDS
def test_macro_f1_of_four_and_of_three_ways_are_those_of_scikit_learn(seed: int) -> None:
    true, predicted = labels(seed)
    counts = confusion(true, predicted)
    assert metrics.macro_f1(counts) == pytest.approx(sklearn_metrics.f1_score(true, predicted, average="macro"))
    three = np.array([0, 1, 1, 2])  # partial and missing are one
    assert metrics.macro_f1(metrics.three_way(counts)) == pytest.approx(
        sklearn_metrics.f1_score(three[true], three[predicted], average="macro")
    )


@SEEDS
def test_rmse_and_r_are_those_of_scikit_learn_and_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = rng.random(ANSWERS)
    predicted = np.clip(true + rng.normal(0, 0.2, ANSWERS), 0, 1)
    sums = metrics.score_sums(true, predicted).sum(axis=0)
    assert metrics.rmse(sums) == pytest.approx(sklearn_metrics.root_mean_squared_error(true, predicted))
    assert metrics.pearson(sums) == pytest.approx(np.corrcoef(true, predicted)[0, 1])


def test_answers_without_a_score_change_neither_rmse_nor_r() -> None:
    true, predicted = np.array([0.1, 0.9, 0.4, 0.6]), np.array([0.2, 0.7, np.nan, 0.3])
    scored = ~np.isnan(predicted)
    with_gap = metrics.score_sums(true, predicted).sum(axis=0)
    without = metrics.score_sums(true[scored], predicted[scored]).sum(axis=0)
    assert with_gap == pytest.approx(without)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_calibration_error_is_the_mean_gap_over_ten_bins(points: list[tuple[float, bool]]) -> None:
    confidence = np.array([says for says, _ in points])
    correct = np.array([is_right for _, is_right in points])
    sums = metrics.confidence_sums(np.zeros(len(points), dtype=np.int64), confidence, correct, 1)[0]
    edges = np.minimum(np.floor(confidence * 10), 9)
    gaps = [
        (edges == edge).sum() * abs(confidence[edges == edge].mean() - correct[edges == edge].mean())
        for edge in set(edges)
    ]
    assert metrics.calibration_error(sums) == pytest.approx(sum(gaps) / len(points))


def test_a_judge_that_is_always_sure_and_right_has_no_calibration_error() -> None:
    sums = metrics.confidence_sums(np.array([0, 0]), np.array([1.0, 1.0]), np.array([True, True]), 1)
    assert metrics.calibration_error(sums[0]) == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 6)), max_size=60))
def test_no_point_is_lost_on_the_way_into_the_confusion_matrices(points: list[tuple[int, int, int]]) -> None:
    true, predicted, answer = (np.array([point[i] for point in points], dtype=np.int64) for i in range(3))
    counts = metrics.confusions(answer, true, predicted, 7)
    assert counts.shape == (7, len(LABELS), len(PREDICTIONS))
    assert counts.sum() == len(points)
    for label in LABELS:
        rest = metrics.against_rest(counts[..., :4], label)
        assert (rest >= 0).all()
        assert (rest.sum((-2, -1)) == counts[..., :4].sum((-2, -1))).all()


@SEEDS
def test_many_collections_are_measured_at_once_like_one_by_one(seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 5, size=(7, 4, 4)).astype(float)
    for statistic in (metrics.accuracy, metrics.kappa):
        assert statistic(counts) == pytest.approx([float(statistic(one)) for one in counts])


@pytest.mark.parametrize(
    "undefined",
    [
        metrics.accuracy(np.zeros((4, 4))),
        metrics.kappa(np.diag([9.0, 0, 0, 0])),
        metrics.f1(np.array([[0.0, 0.0], [0.0, 9.0]])),
        metrics.macro_f1(np.array([[9.0, 0.0], [0.0, 0.0]])),
        metrics.pearson(metrics.score_sums(np.array([0.1, 0.2, 0.4]), np.full(3, 0.1)).sum(axis=0)),
        metrics.rmse(metrics.score_sums(np.array([0.1, 0.2]), np.full(2, np.nan)).sum(axis=0)),
        metrics.calibration_error(np.zeros((10, 3))),
        metrics.ratio(np.zeros(2)),
    ],
)
def test_what_cannot_be_computed_is_nan_without_a_warning(undefined: np.ndarray) -> None:
    assert math.isnan(undefined)


def test_a_constant_wrong_label_has_kappa_zero() -> None:
    counts = np.zeros((4, 4))
    counts[0, 2] = 9
    assert metrics.kappa(counts) == 0
