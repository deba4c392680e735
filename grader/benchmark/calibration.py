"""Fitting the similarity judge to labelled answers: from measurements to covered, partial, missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from grader.benchmark.dataset import Case, Dataset
from grader.benchmark.metrics import Floats, Integers
from grader.domain import Label
from grader.judges.similarity import LABELS, Calibration, measurements
from grader.ports import Embedder
from grader.similarity import find_matches
from grader.text.canonical import canonicalise
from rubrics.model import Rubric

MISMATCHES: Final = 3
"""Other questions that every answer is also measured against; it says nothing about their key points."""

MISMATCH_WEIGHT: Final = 0.1
"""Weight of a point of such a mismatch in the fit.

Nearly without them (weight 0.0001) 34 % of the bank's references score above 0.2 on another question; at
weight 1 the mean score of gold's strong answers on the bank falls from 0.58 to 0.19. At 0.1: 12 % and 0.46.
"""

INVERSE_REGULARISATION: Final = 10.0
DIGITS: Final = 3


async def fit_calibration(embedder: Embedder, dataset: Dataset, on_case: Callable[[], None]) -> Calibration:
    """The logistic regression that fits `dataset` best; a contradicted point counts as missing, it earns nothing."""
    rows: list[tuple[float, float, float]] = []
    targets: list[int] = []
    weights: list[float] = []
    rubrics = list({case.rubric.content_hash: case.rubric for case in dataset.cases}.values())
    for case in dataset.cases:
        for rubric, weight in _yardsticks(case, rubrics):
            for match in await find_matches(embedder, rubric, canonicalise(case.answer)):
                rows.append(measurements(match))
                targets.append(
                    _target(case, match.key_point_id) if rubric is case.rubric else LABELS.index(Label.MISSING)
                )
                weights.append(weight)
        on_case()
    return _fit(dataset, np.array(rows), np.array(targets), np.array(weights))


def _yardsticks(case: Case, rubrics: list[Rubric]) -> list[tuple[Rubric, float]]:
    """The answer's own rubric, and those of the next questions in the set."""
    own = rubrics.index(case.rubric)
    others = [rubrics[(own + step) % len(rubrics)] for step in range(1, MISMATCHES + 1)]
    return [(case.rubric, 1.0), *((rubric, MISMATCH_WEIGHT) for rubric in others if rubric is not case.rubric)]


def _target(case: Case, key_point_id: str) -> int:
    label = case.labels[key_point_id]
    return LABELS.index(Label.MISSING if label is Label.CONTRADICTED else label)


def _fit(dataset: Dataset, rows: Floats, targets: Integers, weights: Floats) -> Calibration:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - comes with the embedding model, 2 s to import

    fitted = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=5_000).fit(rows, targets, sample_weight=weights)
    return Calibration(
        fitted_on=f"{dataset.name} {dataset.content_hash}",
        weights=tuple(
            (float(first), float(second), float(third)) for first, second, third in fitted.coef_.round(DIGITS)
        ),
        intercepts=tuple(float(intercept) for intercept in fitted.intercept_.round(DIGITS)),
    )
