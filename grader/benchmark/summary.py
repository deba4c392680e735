"""From a run to its report: sums per answer, then every metric from those sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Self

import numpy as np

from grader.benchmark import metrics
from grader.benchmark.bootstrap import Bootstrap, Estimate
from grader.benchmark.metrics import BINS, LABELS, PREDICTIONS, Floats, Integers
from grader.benchmark.report import EffortMetrics, LabelMetrics, ReliabilityBin, Report, ScoreMetrics, StyleScores
from grader.benchmark.run import Run
from grader.benchmark.verdicts import compare
from grader.domain import Grade, Label

SHARE_DIGITS: Final = 4
"""Decimals of the means in a breakdown, as many as a score has."""


def summarise(run: Run) -> Report:
    """The report of a run; the same grades and times always give the same report."""
    points, bootstrap = _Points.of(run), Bootstrap(len(run.grades))
    provenance = run.grades[-1].provenance  # the last: a digest is known once its model is loaded
    confusion = points.confusions.sum(axis=0)
    return Report(
        dataset=run.dataset.name,
        dataset_hash=run.dataset.content_hash,
        judge=provenance.judge,
        embedder=provenance.embedder,
        grader_version=provenance.grader_version,
        created_at=max(grade.created_at for grade in run.grades),
        answers=len(run.grades),
        unscored_answers=sum(grade.score is None for grade in run.grades),
        points=int(confusion.sum()),
        ungraded_points=int(confusion[:, PREDICTIONS.index(Label.UNGRADED)].sum()),
        labels=_label_metrics(points, bootstrap),
        scores=_score_metrics(run, bootstrap),
        effort=_effort_metrics(run, bootstrap),
        confusion=_confusion(confusion),
        styles=_styles(run),
        reliability=_reliability(points.confidences.sum(axis=0)),
    )


@dataclass(frozen=True)
class _Points:
    """All points of a run as sums per answer: `confusions` (answers, 4, 5), `confidences` (answers, bins, 3)."""

    confusions: Floats
    confidences: Floats

    @classmethod
    def of(cls, run: Run) -> Self:
        compared = compare(run)
        rows = [(row, verdict) for row, verdicts in enumerate(compared) for verdict in verdicts]
        sure = [(row, verdict) for row, verdict in rows if verdict.is_confident]
        return cls(
            metrics.confusions(
                _integers([row for row, _ in rows]),
                _integers([LABELS.index(verdict.label) for _, verdict in rows]),
                _integers([PREDICTIONS.index(verdict.predicted) for _, verdict in rows]),
                len(compared),
            ),
            metrics.confidence_sums(
                _integers([row for row, _ in sure]),
                np.array([verdict.confidence for _, verdict in sure], dtype=np.float64),
                np.array([verdict.predicted is verdict.label for _, verdict in sure], dtype=np.bool_),
                len(compared),
            ),
        )


def _integers(numbers: Sequence[int]) -> Integers:
    return np.array(numbers, dtype=np.int64)


def _label_metrics(points: _Points, bootstrap: Bootstrap) -> LabelMetrics:
    graded = points.confusions[..., : len(LABELS)]
    covered = metrics.against_rest(graded, Label.COVERED)
    contradicted = metrics.against_rest(graded, Label.CONTRADICTED)
    missing = metrics.against_rest(graded, Label.MISSING)
    of_all = points.confusions.sum((-2, -1))
    ungraded = np.stack([of_all - graded.sum((-2, -1)), of_all], -1)
    n, confident = int(graded.sum()), int(points.confidences[..., 0].sum())
    return LabelMetrics(
        accuracy=bootstrap.estimate(graded, metrics.accuracy, n),
        kappa=bootstrap.estimate(graded, metrics.kappa, n),
        covered_kappa=bootstrap.estimate(covered, metrics.kappa, n),
        covered_macro_f1=bootstrap.estimate(covered, metrics.macro_f1, n),
        contradicted_f1=bootstrap.estimate(contradicted, metrics.f1, n),
        missing_f1=bootstrap.estimate(missing, metrics.f1, n),
        calibration_error=bootstrap.estimate(points.confidences, metrics.calibration_error, confident),
        ungraded=bootstrap.estimate(ungraded, metrics.ratio, int(of_all.sum())),
    )


def _score_metrics(run: Run, bootstrap: Bootstrap) -> ScoreMetrics:
    true = np.array([case.score for case in run.dataset.cases], dtype=np.float64)
    predicted = np.array([grade.score for grade in run.grades], dtype=np.float64)  # None becomes NaN
    sums = metrics.score_sums(true, predicted)
    n = int(sums[:, 0].sum())
    return ScoreMetrics(rmse=bootstrap.estimate(sums, metrics.rmse, n), r=bootstrap.estimate(sums, metrics.pearson, n))


def _effort_metrics(run: Run, bootstrap: Bootstrap) -> EffortMetrics:
    usages = [grade.usage for grade in run.grades]

    def per_answer(amounts: Sequence[float]) -> Estimate:
        sums = np.stack([np.array(amounts, dtype=np.float64), np.ones(len(amounts))], -1)
        return bootstrap.estimate(sums, metrics.ratio, len(amounts))

    return EffortMetrics(
        answers_per_second=bootstrap.estimate(_times(run), metrics.ratio, len(run.latencies)),
        llm_calls=per_answer([usage.llm_calls for usage in usages]),
        input_tokens=per_answer([usage.input_tokens for usage in usages]),
        output_tokens=per_answer([usage.output_tokens for usage in usages]),
        cost_usd=per_answer([usage.cost_usd for usage in usages]),
    )


def _times(run: Run) -> Floats:
    """Per answer a count of 1 and its part of the wall time, as several are graded at once; 0 for the untimed first."""
    sums = np.zeros((len(run.grades), 2))
    if run.latencies:
        latencies = np.array(run.latencies)
        sums[1:, 0] = 1.0
        sums[1:, 1] = latencies / latencies.sum() * run.wall_seconds
    return sums


def _confusion(counts: Floats) -> dict[Label, dict[Label, int]]:
    return {
        true: {predicted: int(count) for predicted, count in zip(PREDICTIONS, row, strict=True)}
        for true, row in zip(LABELS, counts, strict=True)
    }


def _styles(run: Run) -> tuple[StyleScores, ...]:
    """The styles in order of first appearance; both means are over the same, scored answers."""
    pairs: defaultdict[str, list[tuple[float, Grade]]] = defaultdict(list)
    for case, grade in zip(run.dataset.cases, run.grades, strict=True):
        pairs[case.style].append((case.score, grade))
    return tuple(_style(style, graded) for style, graded in pairs.items())


def _style(style: str, graded: Sequence[tuple[float, Grade]]) -> StyleScores:
    scored = [(true, grade.score) for true, grade in graded if grade.score is not None]
    return StyleScores(
        style=style,
        answers=len(graded),
        scored=len(scored),
        true_score=round(fmean(true for true, _ in scored), SHARE_DIGITS) if scored else None,
        predicted_score=round(fmean(predicted for _, predicted in scored), SHARE_DIGITS) if scored else None,
    )


def _reliability(bins: Floats) -> tuple[ReliabilityBin, ...]:
    return tuple(
        ReliabilityBin(
            low=index / BINS,
            high=(index + 1) / BINS,
            points=int(count),
            confidence=round(float(confidence / count), SHARE_DIGITS) if count else None,
            accuracy=round(float(correct / count), SHARE_DIGITS) if count else None,
        )
        for index, (count, confidence, correct) in enumerate(bins)
    )
