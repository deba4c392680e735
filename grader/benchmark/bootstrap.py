"""How far a metric would move with other questions: percentile bootstrap over whole questions.

The points of one answer hang together (a good answer has many covered ones), and so do the answers to
one question (its key points are easy or hard for all of them). So the question is what is drawn again,
with all its answers; only where there is a single question its answers are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from pydantic import Field

from grader.benchmark.metrics import Floats, Statistic
from rubrics.model import Immutable

RESAMPLES: Final = 1_000
"""Resamples of the questions: the ends of an interval then repeat to about a tenth of its width."""

LEVEL: Final = 0.95
"""Share of the resamples inside an interval."""

SEED: Final = 20_250_101
"""Any number will do, as long as the same grades always give the same interval."""

DIGITS: Final = 6
"""Decimals of a reported number: enough for a cost in USD, and the last bits of a sum stay out of a diff."""


class Estimate(Immutable):
    """A metric, its 95 % interval and over how many answers or points it is; null where it is undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int = Field(ge=0)


NO_ESTIMATE: Final = Estimate(value=None, low=None, high=None, n=0)
"""Where people did not tell apart what a metric compares."""


class Bootstrap:
    """One fixed set of resamples of the questions behind the answers; all metrics of a report share it."""

    def __init__(self, question_ids: Sequence[str]) -> None:
        """`question_ids` has one entry an answer, in the order of the sums."""
        self.answers = len(question_ids)
        several = len(set(question_ids)) > 1
        clusters, self._cluster = np.unique(question_ids if several else range(len(question_ids)), return_inverse=True)
        self.questions = len(set(question_ids))
        n = self._clusters = len(clusters)
        self._times_drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)

    def estimate(self, sums: Floats, statistic: Statistic, n: int) -> Estimate:
        """`statistic` of all answers, with its interval; `sums` has shape (answers, ...).

        Resamples in which the statistic is undefined are left out. The interval always holds the value:
        a calibration error only grows by resampling, and its percentiles can lie above it.
        """
        return _estimate(float(statistic(sums.sum(axis=0))), self._resampled(sums, statistic), n)

    def difference(self, sums: Floats, baseline: Floats, statistic: Statistic, n: int) -> Estimate:
        """`statistic` of `sums` less that of `baseline` on the same answers: paired, so what both share cancels."""
        value = float(statistic(sums.sum(axis=0))) - float(statistic(baseline.sum(axis=0)))
        return _estimate(value, self._resampled(sums, statistic) - self._resampled(baseline, statistic), n)

    def _resampled(self, sums: Floats, statistic: Statistic) -> Floats:
        by_cluster = np.zeros((self._clusters, *sums.shape[1:]))
        np.add.at(by_cluster, self._cluster, sums)
        return statistic(np.tensordot(self._times_drawn, by_cluster, axes=1))


def _estimate(value: float, resampled: Floats, n: int) -> Estimate:
    if math.isnan(value):
        return Estimate(value=None, low=None, high=None, n=n)
    defined = np.append(resampled[~np.isnan(resampled)], value)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value, low, high = (round(float(number), DIGITS) for number in (value, low, high))
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)
