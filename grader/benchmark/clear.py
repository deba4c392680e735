"""How sure a first judge must be for its verdict to stand: thresholds from labelled points at a stated risk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.benchmark.metrics import Floats, Integers
from grader.benchmark.verdicts import ComparedVerdict
from grader.domain import Label
from grader.grading import RULES
from grader.judges.cascade import Thresholds, sureness

Booleans = NDArray[np.bool_]

CAN_BE_CLEAR: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING)
"""A contradiction always takes a second opinion."""

SURE: Final = 0.8
"""`Thresholds.sure`; chosen, not measured: a calibrated judge is wrong in one of five such verdicts."""

PRECISION: Final = 10_000
"""One over the last digit of a threshold for whole answers, which is cut there."""

LEVEL: Final = 0.95
"""Confidence of the one-sided bound on the error rate: with no error at all, risk 5 % takes 59 points."""


def clear_thresholds(
    confidences: Floats, correct: Booleans, labels: Sequence[Label], risk: float
) -> dict[Label, float | None]:
    """For each label that can be clear the lowest confidence from which on at most `risk` of its verdicts are wrong.

    The three have one entry a point: the confidence in [0, 1] of the judge's label, whether that label is right, and
    the label. `risk` in [0, 1] bounds the upper confidence limit (LEVEL) of the error rate, not the observed rate;
    None where no threshold is that safe. The limit holds for each threshold by itself; the lowest of many that hold
    is a little optimistic, so measure the cascade on answers that the thresholds were not chosen on.
    """
    said = np.array([str(label) for label in labels])
    return {label: _lowest(confidences[said == label], correct[said == label], risk) for label in CAN_BE_CLEAR}


def measured_thresholds(verdicts: Sequence[ComparedVerdict], risk: float, measured_on: str) -> Thresholds:
    """The thresholds of a first judge's verdicts; not counted is what has no confidence and what no judge decided."""
    sure = [verdict for verdict in verdicts if verdict.is_confident and verdict.judged_by != RULES]
    found = clear_thresholds(
        np.array([verdict.confidence for verdict in sure], dtype=np.float64),
        np.array([verdict.predicted is verdict.label for verdict in sure], dtype=np.bool_),
        [verdict.predicted for verdict in sure],
        risk,
    )
    return Thresholds(
        covered=found[Label.COVERED],
        partial=found[Label.PARTIAL],
        missing=found[Label.MISSING],
        sure=SURE,
        risk=risk,
        measured_on=measured_on,
    )


def thresholds_for_calls(answers: Sequence[Sequence[ComparedVerdict]], calls: float, measured_on: str) -> Thresholds:
    """The highest mean confidence that leaves at most a share of `calls` in [0, 1] of the answers to a second judge.

    `answers` hold the first judge's verdicts, each answer's together. The stated risk is the upper limit (LEVEL) of the
    error rate of what stands, taken point by point: points of one answer err together, so it is a little optimistic.
    Where the first judge finds something wrong in too many answers, more are left.
    """
    sure = [(sureness([each.verdict for each in answer]), answer) for answer in answers]
    known = sorted((mean for mean, _ in sure if mean is not None), reverse=True)
    wanted = min(len(known), math.ceil((1 - calls) * len(answers)))
    lowest = math.floor(known[wanted - 1] * PRECISION) / PRECISION if wanted else None
    stand = [] if lowest is None else [each for mean, answer in sure if (mean or 0.0) >= lowest for each in answer]
    wrong = sum(each.predicted is not each.label for each in stand)
    risk = float(upper_error_rate(np.array([wrong]), np.array([len(stand)]))[0]) if stand else 0.0
    return Thresholds(answer=lowest, sure=SURE, risk=round(risk, 4), measured_on=measured_on)


def upper_error_rate(wrong: Integers, points: Integers) -> Floats:
    """The highest error rate in [0, 1] that so many wrong ones of so many points allow at LEVEL.

    Exact binomial limit of Clopper and Pearson (Biometrika 26, 1934), one-sided; `points` are at least 1.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - comes with the embedding model, 0.2 s to import

    rates: Floats = betaincinv(wrong + 1.0, np.maximum(points - wrong, 1), LEVEL)
    return np.where(wrong == points, 1.0, rates)


def _lowest(confidences: Floats, correct: Booleans, risk: float) -> float | None:
    """The lowest of the confidences from which on the error rate is bounded by `risk`."""
    falling = np.argsort(-confidences, kind="stable")
    confidence, wrong = confidences[falling], np.cumsum(~correct[falling], dtype=np.int64)
    last_of_equals = np.flatnonzero(np.append(confidence[1:] < confidence[:-1], values=[True] * bool(confidence.size)))
    points = np.arange(1, confidence.size + 1)
    bounds = upper_error_rate(wrong[last_of_equals], points[last_of_equals])
    safe = confidence[last_of_equals][bounds <= risk]
    return float(safe.min()) if safe.size else None
