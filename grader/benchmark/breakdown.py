"""A run class by class and style by style: where a judge goes wrong."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Final

import numpy as np

from grader.benchmark import metrics
from grader.benchmark.bootstrap import NO_ESTIMATE, Bootstrap
from grader.benchmark.dataset import Scale
from grader.benchmark.metrics import LABELS, Floats
from grader.benchmark.report import ClassMetrics, StyleMetrics
from grader.benchmark.run import Run
from grader.benchmark.sums import Sums
from grader.domain import Grade, Label

RARE: Final = 5
"""Answers below which a style counts with its relatives: fewer show nothing, and a set may name every answer's."""

OTHER: Final = "other"
UNNAMED: Final = "all"

MEAN_DIGITS: Final = 4
"""Decimals of a mean score, as many as a score has."""


def by_class(sums: Sums, bootstrap: Bootstrap) -> tuple[ClassMetrics, ...]:
    """Precision, recall and F1 of the labels that people told apart, each against the rest."""
    labels = {Scale.FOUR_LABELS: LABELS, Scale.COVERED_OR_NOT: (Label.COVERED,), Scale.SCORE_ONLY: ()}[sums.scale]
    return tuple(_class(label, metrics.against_rest(sums.graded, label), bootstrap) for label in labels)


def _class(label: Label, confusion: Floats, bootstrap: Bootstrap) -> ClassMetrics:
    total = confusion.sum(axis=0)
    support, predicted = int(total[0].sum()), int(total[:, 0].sum())
    return ClassMetrics(
        label=label,
        support=support,
        predicted=predicted,
        precision=bootstrap.estimate(confusion, metrics.precision, predicted),
        recall=bootstrap.estimate(confusion, metrics.recall, support),
        f1=bootstrap.estimate(confusion, metrics.f1, int(total.sum())),
    )


def by_style(run: Run, sums: Sums) -> tuple[StyleMetrics, ...]:
    """The styles in order of first appearance; rare ones gathered under the first word of their names, or `other`."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, style in enumerate(style_names([case.style for case in run.dataset.cases])):
        rows[style].append(row)
    return tuple(_style(style, chosen, run, sums) for style, chosen in rows.items())


def style_names(styles: list[str]) -> list[str]:
    """What each answer's style is reported as."""
    counts = Counter(styles)
    families = [style if counts[style] >= RARE else re.split(r"[- ]", style)[0] for style in styles]
    if max(counts.values()) < RARE and len(counts) == len(set(families)):
        return [style or UNNAMED for style in styles]  # a small set: nothing to gather
    counts = Counter(families)
    return [(family or UNNAMED) if counts[family] >= RARE else OTHER for family in families]


def _style(style: str, rows: list[int], run: Run, sums: Sums) -> StyleMetrics:
    graded, scores = sums.graded[rows], sums.scores[rows]
    bootstrap = Bootstrap([run.dataset.cases[row].question_id for row in rows])
    points = int(graded.sum())
    true, predicted = _means([(run.dataset.cases[row].score, run.grades[row]) for row in rows])
    scored, covered = int(scores[:, 0].sum()), metrics.against_rest(graded, Label.COVERED)
    accuracy_of = graded if sums.scale is Scale.FOUR_LABELS else covered
    is_mixed = bool(covered.sum(axis=(0, 2)).all())  # else kappa is 0 whatever the judge says
    return StyleMetrics(
        style=style,
        answers=len(rows),
        points=points,
        accuracy=bootstrap.estimate(accuracy_of, metrics.accuracy, points),
        covered_kappa=bootstrap.estimate(covered, metrics.kappa, points) if is_mixed else NO_ESTIMATE,
        scored=scored,
        true_score=true,
        predicted_score=predicted,
        rmse=bootstrap.estimate(scores, metrics.rmse, scored),
    )


def _means(pairs: list[tuple[float, Grade]]) -> tuple[float | None, float | None]:
    """Mean true and predicted score of the scored answers."""
    scored = [(true, grade.score) for true, grade in pairs if grade.score is not None]
    if not scored:
        return None, None
    true, predicted = np.mean(scored, axis=0).round(MEAN_DIGITS).tolist()
    return true, predicted
