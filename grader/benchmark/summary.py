"""From a run to its report: sums per answer, then every metric from those sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from grader.benchmark import metrics
from grader.benchmark.bootstrap import NO_ESTIMATE, Bootstrap, Estimate
from grader.benchmark.breakdown import by_class, by_style
from grader.benchmark.dataset import Scale
from grader.benchmark.metrics import LABELS, PREDICTIONS, Floats, Statistic
from grader.benchmark.report import EffortMetrics, LabelMetrics, Latency, Report, ScoreMetrics
from grader.benchmark.run import CONCURRENCY, Run
from grader.benchmark.sums import Sums
from grader.benchmark.sureness import class_reliability, reliability, risk_curve
from grader.domain import Label

SECOND_DIGITS: Final = 4
"""Decimals of a latency in seconds: a tenth of a millisecond."""


def summarise(run: Run) -> Report:
    """The report of a run; the same grades and times always give the same report."""
    sums, bootstrap = Sums.of(run), bootstrap_of(run)
    provenance = run.grades[-1].provenance  # the last: a digest is known once its model is loaded
    confusion = sums.confusions.sum(axis=0)
    return Report(
        dataset=run.dataset.name,
        dataset_hash=run.dataset.content_hash,
        scale=run.dataset.scale,
        judge=provenance.judge,
        embedder=provenance.embedder,
        grader_version=provenance.grader_version,
        created_at=max(grade.created_at for grade in run.grades),
        questions=bootstrap.questions,
        answers=len(run.grades),
        unscored_answers=sum(grade.score is None for grade in run.grades),
        points=int(confusion.sum()),
        ungraded_points=int(confusion[:, PREDICTIONS.index(Label.UNGRADED)].sum()),
        labels=_label_metrics(sums, bootstrap),
        scores=_score_metrics(sums, bootstrap),
        effort=_effort_metrics(run, bootstrap),
        latency=_latency(run),
        classes=by_class(sums, bootstrap),
        confusion=_confusion(confusion),
        styles=by_style(run, sums),
        reliability=reliability(sums.confident),
        class_reliability=class_reliability(sums.confident),
        risk=risk_curve(sums.confident),
    )


def bootstrap_of(run: Run) -> Bootstrap:
    """The resamples of the questions of a run, the same for every run on the same answers."""
    return Bootstrap([case.question_id for case in run.dataset.cases])


def _label_metrics(sums: Sums, bootstrap: Bootstrap) -> LabelMetrics:
    graded, of_all = sums.graded, sums.confusions.sum((-2, -1))
    covered, three_way = metrics.against_rest(graded, Label.COVERED), metrics.three_way(graded)
    n = int(graded.sum())

    def fine(parts: Floats, statistic: Statistic) -> Estimate:
        """What only four labels can say."""
        return bootstrap.estimate(parts, statistic, n) if sums.scale is Scale.FOUR_LABELS else NO_ESTIMATE

    confidences = sums.confident.sums(len(graded))
    ungraded = np.stack([of_all - graded.sum((-2, -1)), of_all], -1)
    return LabelMetrics(
        accuracy=fine(graded, metrics.accuracy),
        kappa=fine(graded, metrics.kappa),
        macro_f1=fine(graded, metrics.macro_f1),
        covered_accuracy=bootstrap.estimate(covered, metrics.accuracy, n),
        covered_kappa=bootstrap.estimate(covered, metrics.kappa, n),
        covered_macro_f1=bootstrap.estimate(covered, metrics.macro_f1, n),
        three_way_accuracy=fine(three_way, metrics.accuracy),
        three_way_macro_f1=fine(three_way, metrics.macro_f1),
        contradicted_f1=fine(metrics.against_rest(graded, Label.CONTRADICTED), metrics.f1),
        missing_f1=fine(metrics.against_rest(graded, Label.MISSING), metrics.f1),
        calibration_error=bootstrap.estimate(confidences, metrics.calibration_error, len(sums.confident.answers)),
        ungraded=bootstrap.estimate(ungraded, metrics.ratio, int(of_all.sum())),
    )


def _score_metrics(sums: Sums, bootstrap: Bootstrap) -> ScoreMetrics:
    n = int(sums.scores[:, 0].sum())
    return ScoreMetrics(
        rmse=bootstrap.estimate(sums.scores, metrics.rmse, n), r=bootstrap.estimate(sums.scores, metrics.pearson, n)
    )


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


def _latency(run: Run) -> Latency:
    p50, p95 = np.quantile(run.latencies, [0.5, 0.95]).tolist() if run.latencies else (None, None)
    return Latency(
        cores=run.cores,
        at_once=min(CONCURRENCY, len(run.latencies)),
        p50=None if p50 is None else round(p50, SECOND_DIGITS),
        p95=None if p95 is None else round(p95, SECOND_DIGITS),
    )


def _confusion(counts: Floats) -> dict[Label, dict[Label, int]]:
    return {
        true: {predicted: int(count) for predicted, count in zip(PREDICTIONS, row, strict=True)}
        for true, row in zip(LABELS, counts, strict=True)
    }
