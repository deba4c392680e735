"""Whether a judge's confidence can be believed: reliability by bin and by label, and risk against coverage."""

from __future__ import annotations

from typing import Final

import numpy as np

from grader.benchmark import metrics
from grader.benchmark.metrics import BINS, LABELS, Floats
from grader.benchmark.report import ClassReliability, ReliabilityBin, RiskPoint
from grader.benchmark.sums import Confident

DIGITS: Final = 4
"""Decimals of the means in a breakdown."""

RISK_STEPS: Final = 20
"""Points of the risk-coverage curve: every 5 % of the verdicts."""


def reliability(confident: Confident) -> tuple[ReliabilityBin, ...]:
    """The bins of all verdicts."""
    return tuple(
        ReliabilityBin(
            low=index / BINS,
            high=(index + 1) / BINS,
            points=int(count),
            confidence=_mean(confidence, count),
            accuracy=_mean(correct, count),
        )
        for index, (count, confidence, correct) in enumerate(_bins(confident))
    )


def class_reliability(confident: Confident) -> tuple[ClassReliability, ...]:
    """The same for each label that the judge can give."""
    reliabilities = []
    for index, label in enumerate(LABELS):
        said = confident.said(index)
        count, confidence, correct = _bins(said).sum(axis=0)
        error = float(metrics.calibration_error(_bins(said)))
        reliabilities.append(
            ClassReliability(
                label=label,
                points=int(count),
                confidence=_mean(confidence, count),
                accuracy=_mean(correct, count),
                calibration_error=round(error, DIGITS) if count else None,
                bins=reliability(said),
            )
        )
    return tuple(reliabilities)


def risk_curve(confident: Confident) -> tuple[RiskPoint, ...]:
    """The error rate of the surest 5 %, 10 %, ... of the verdicts; empty without confidences."""
    if not len(confident.answers):
        return ()
    order = np.argsort(-confident.confidence, kind="stable")
    confidence, wrong = confident.confidence[order], ~confident.correct[order]
    errors = np.cumsum(_evened(confidence, wrong.astype(np.float64)))
    kept = sorted({max(1, round(len(order) * step / RISK_STEPS)) for step in range(1, RISK_STEPS + 1)})
    return tuple(
        RiskPoint(
            kept=round(count / len(order), DIGITS),
            points=count,
            least_confidence=round(float(confidence[count - 1]), DIGITS),
            error_rate=round(float(errors[count - 1] / count), DIGITS),
        )
        for count in kept
    )


def _evened(confidence: Floats, wrong: Floats) -> Floats:
    """`wrong` with the mean of all equally confident verdicts for each, since nothing says which of them to keep."""
    _, group = np.unique(confidence, return_inverse=True)
    means: Floats = np.bincount(group, wrong) / np.bincount(group)
    return means[group]


def _bins(confident: Confident) -> Floats:
    """Count, total confidence and number correct by bin, shape (bins, 3)."""
    answers = int(confident.answers.max()) + 1 if len(confident.answers) else 1
    sums: Floats = confident.sums(answers).sum(axis=0)
    return sums


def _mean(total: float, count: float) -> float | None:
    return round(float(total / count), DIGITS) if count else None
