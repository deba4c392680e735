"""How well labels, scores and confidences agree with people, as functions of sums over answers.

Every number here depends on an answer only through a few sums: a confusion matrix, the moments
of the scores, the totals of the confidence bins. A function takes the sums of any collection of
answers in its last axes, and of many collections at once in the axes before them, so a thousand
bootstrap resamples cost one call. NaN says that a number is undefined for a collection; it
leaves this package as None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.domain import Label

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Statistic = Callable[[Floats], Floats]
"""Sums of shape (..., k) or (..., k, m) to values of shape (...)."""

LABELS: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)
"""What a point can truly be: the rows of a confusion matrix."""

PREDICTIONS: Final = (*LABELS, Label.UNGRADED)
"""What a judge can say: its columns."""

_THREE_WAY: Final = (
    [LABELS.index(Label.COVERED)],
    [LABELS.index(Label.CONTRADICTED)],
    [LABELS.index(Label.PARTIAL), LABELS.index(Label.MISSING)],
)

BINS: Final = 10
"""Confidence bins of equal width, as usual since Guo et al. 2017."""

LEAST_VARIANCE: Final = 1e-12
"""Variance of scores below which they are constant: rounding leaves 1e-16, one score in a thousand
that differs in the fourth decimal leaves 1e-11."""


def confusions(answer: Integers, true: Integers, predicted: Integers, answers: int) -> Floats:
    """Per answer the number of points by true and predicted label, shape (answers, 4, 5).

    The arguments have one entry a point: the row of its answer, and indices into LABELS and PREDICTIONS.
    """
    counts = np.zeros((answers, len(LABELS), len(PREDICTIONS)))
    np.add.at(counts, (answer, true, predicted), 1)
    return counts


def against_rest(confusion: Floats, label: Label) -> Floats:
    """The confusion matrix of `label` (index 0) and everything else (index 1), shape (..., 2, 2)."""
    chosen = LABELS.index(label)
    both = confusion[..., chosen, chosen]
    missed = confusion[..., chosen, :].sum(-1) - both
    invented = confusion[..., :, chosen].sum(-1) - both
    neither = confusion.sum((-2, -1)) - both - missed - invented
    return np.stack([np.stack([both, missed], -1), np.stack([invented, neither], -1)], -2)


def three_way(confusion: Floats) -> Floats:
    """The confusion matrix of covered, contradicted and neither, shape (..., 3, 3): the 3-way task of SemEval-2013."""
    rows = [confusion[..., chosen, :].sum(-2) for chosen in _THREE_WAY]
    return np.stack([np.stack([row[..., chosen].sum(-1) for chosen in _THREE_WAY], -1) for row in rows], -2)


def accuracy(confusion: Floats) -> Floats:
    """Share of points with the true label; undefined without points."""
    return _divide(_diagonal(confusion).sum(-1), confusion.sum((-2, -1)))


def kappa(confusion: Floats) -> Floats:
    """Cohen's kappa (1960); undefined where both sides only ever use one and the same label."""
    total = confusion.sum((-2, -1))
    chance = (confusion.sum(-1) * confusion.sum(-2)).sum(-1)
    return _divide(total * _diagonal(confusion).sum(-1) - chance, total**2 - chance)


def weighted_kappa(confusion: Floats) -> Floats:
    """Cohen's kappa with quadratic weights (1968) over classes that are in order; undefined as `kappa` is."""
    places = np.arange(confusion.shape[-1])
    weights = (places[:, None] - places[None, :]) ** 2.0
    chance = (weights * confusion.sum(-1)[..., :, None] * confusion.sum(-2)[..., None, :]).sum((-2, -1))
    return 1 - _divide(confusion.sum((-2, -1)) * (weights * confusion).sum((-2, -1)), chance)


def f1(confusion: Floats) -> Floats:
    """F1 of the first of two classes, shape (..., 2, 2) to (...); undefined where it is neither true nor predicted."""
    both = confusion[..., 0, 0]
    return _divide(2 * both, confusion[..., 0, :].sum(-1) + confusion[..., :, 0].sum(-1))


def precision(confusion: Floats) -> Floats:
    """Share of the predicted first of two classes that is true; undefined where it is never predicted."""
    return _divide(confusion[..., 0, 0], confusion[..., :, 0].sum(-1))


def recall(confusion: Floats) -> Floats:
    """Share of the true first of two classes that is predicted; undefined where it is never true."""
    return _divide(confusion[..., 0, 0], confusion[..., 0, :].sum(-1))


def macro_f1(confusion: Floats) -> Floats:
    """Mean of the F1 of all classes, shape (..., k, k) to (...); undefined where that of one of them is."""
    classes = _divide(2 * _diagonal(confusion), confusion.sum(-1) + confusion.sum(-2))
    mean: Floats = classes.mean(-1)
    return mean


def score_sums(true: Floats, predicted: Floats) -> Floats:
    """Per answer count, centred scores, their squares and product, squared error; shape (answers, 7).

    `predicted` is NaN where an answer has no score: all its sums are 0. Scores are centred on their
    means, which no metric notices, so that sums of squares keep their digits.
    """
    scored = ~np.isnan(predicted)
    if not scored.any():
        return np.zeros((len(true), 7))
    x, y = true - true[scored].mean(), predicted - predicted[scored].mean()
    columns = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y, (true - predicted) ** 2], -1)
    return np.where(scored[:, None], columns, 0.0)


def rmse(sums: Floats) -> Floats:
    """Root mean squared error of the score, in score units."""
    return np.sqrt(_divide(sums[..., 6], sums[..., 0]))


def pearson(sums: Floats) -> Floats:
    """Pearson's r of true and predicted scores; undefined where either is constant."""
    means = _divide(sums, sums[..., :1])
    x, y, xx, yy, xy = (means[..., column] for column in range(1, 6))
    varied = (xx - x * x > LEAST_VARIANCE) & (yy - y * y > LEAST_VARIANCE)
    spread = np.sqrt(np.where(varied, (xx - x * x) * (yy - y * y), 0.0))
    return np.clip(_divide(xy - x * y, spread), -1.0, 1.0)


def confidence_sums(answer: Integers, confidence: Floats, correct: NDArray[np.bool_], answers: int) -> Floats:
    """Per answer and confidence bin the count, total confidence and number correct; shape (answers, bins, 3).

    One entry a point that has a confidence; a bin holds its lower edge, the last one its upper edge too.
    """
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    sums = np.zeros((answers, BINS, 3))
    np.add.at(sums, (answer, bins), np.stack([np.ones_like(confidence), confidence, correct], -1))
    return sums


def calibration_error(sums: Floats) -> Floats:
    """Expected calibration error (Guo et al. 2017, arXiv 1706.04599): mean gap of confidence and accuracy over bins."""
    gaps = np.abs(sums[..., 1] - sums[..., 2]).sum(-1)
    return _divide(gaps, sums[..., 0].sum(-1))


def ratio(sums: Floats) -> Floats:
    """The first of two sums over the second: a mean, a share or a rate."""
    return _divide(sums[..., 0], sums[..., 1])


def _diagonal(confusion: Floats) -> Floats:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _divide(dividend: Floats, divisor: Floats) -> Floats:
    """The quotient, NaN where the divisor is 0."""
    quotient = np.full(np.broadcast_shapes(np.shape(dividend), np.shape(divisor)), np.nan)
    np.divide(dividend, divisor, out=quotient, where=divisor != 0)
    return quotient
