"""How far a metric would move with other answers: percentile bootstrap over whole answers.

The points of one answer hang together (a good answer has many covered ones), so the answer is
what is drawn again, never the single point.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from pydantic import Field

from grader.benchmark.metrics import Floats, Statistic
from rubrics.model import Immutable

RESAMPLES: Final = 1_000
"""Resamples of the answers: the ends of an interval then repeat to about a tenth of its width."""

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


class Bootstrap:
    """One fixed set of resamples of `answers` answers; all metrics of a report share it."""

    def __init__(self, answers: int) -> None:
        drawn = np.random.default_rng(SEED).multinomial(answers, np.full(answers, 1 / answers), size=RESAMPLES)
        self._times_drawn = drawn.astype(np.float64)

    def estimate(self, sums: Floats, statistic: Statistic, n: int) -> Estimate:
        """`statistic` of all answers, with its interval; `sums` has shape (answers, ...).

        Resamples in which the statistic is undefined are left out. The interval always holds the value:
        a calibration error only grows by resampling, and its percentiles can lie above it.
        """
        value = float(statistic(sums.sum(axis=0)))
        if math.isnan(value):
            return Estimate(value=None, low=None, high=None, n=n)
        resampled = statistic(np.tensordot(self._times_drawn, sums, axes=1))
        defined = np.append(resampled[~np.isnan(resampled)], value)
        low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        value, low, high = (round(float(number), DIGITS) for number in (value, low, high))
        return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)
