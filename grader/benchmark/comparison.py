"""Several judges side by side: the metrics that decide, and how far each is from the first on the same answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pydantic import Field

from grader.benchmark import metrics
from grader.benchmark.bootstrap import NO_ESTIMATE, Estimate
from grader.benchmark.contest import Measured
from grader.benchmark.dataset import Scale
from grader.benchmark.metrics import Floats, Statistic
from grader.benchmark.report import Report
from grader.benchmark.sheets import Cell, Sheet
from grader.benchmark.summary import bootstrap_of
from grader.benchmark.sums import Sums
from grader.domain import Label
from rubrics.model import Immutable

COMPARED: Final[dict[str, Callable[[Report], Estimate]]] = {
    "kappa, four labels": lambda report: report.labels.kappa,
    "kappa, covered or not": lambda report: report.labels.covered_kappa,
    "F1 of missing": lambda report: report.labels.missing_f1,
    "F1 of contradicted": lambda report: report.labels.contradicted_f1,
    "score error (RMSE)": lambda report: report.scores.rmse,
    "score r": lambda report: report.scores.r,
    "calibration error": lambda report: report.labels.calibration_error,
}
"""What a table and a picture of several judges show."""


class Difference(Immutable):
    """A judge less the first one on the same answers; the interval is paired: what is hard for both cancels out.

    An interval without 0 is a difference that other questions would hardly undo. Less score error is better.
    """

    dataset: str
    judge: str
    baseline: str
    kappa: Estimate = Field(description="kappa, four labels")
    covered_kappa: Estimate = Field(description="kappa, covered or not")
    contradicted_f1: Estimate = Field(description="F1 of contradicted")
    rmse: Estimate = Field(description="score error (RMSE)")


def differences(measured: Sequence[Measured]) -> tuple[Difference, ...]:
    """Every judge against the first one on each dataset."""
    found = []
    first: dict[str, Measured] = {}
    for each in measured:
        baseline = first.setdefault(each.report.dataset_hash, each)
        if baseline is not each:
            found.append(_difference(each, baseline))
    return tuple(found)


def comparison_sheets(reports: Sequence[Report], found: Sequence[Difference]) -> tuple[Sheet, ...]:
    """One row a judge and dataset, and the differences if there are any."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (report.title, *(read(report) for read in COMPARED.values())) for report in reports
    )
    sheets = (Sheet("Judges compared", ("", *COMPARED), rows),)
    fields = {
        name: field.description or name
        for name, field in Difference.model_fields.items()
        if field.annotation is Estimate
    }
    against: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{each.judge} less {each.baseline} on {each.dataset}",
            *(getattr(each, name) for name in fields),
        )
        for each in found
    )
    return (*sheets, Sheet("Differences, paired by question", ("", *fields.values()), against)) if against else sheets


def _difference(measured: Measured, baseline: Measured) -> Difference:
    report = measured.report
    mine, theirs = Sums.of(measured.run), Sums.of(baseline.run)
    bootstrap = bootstrap_of(measured.run)

    def labels(parts: Callable[[Sums], Floats], statistic: Statistic, *, fine: bool = True) -> Estimate:
        if fine and mine.scale is not Scale.FOUR_LABELS:
            return NO_ESTIMATE
        return bootstrap.difference(parts(mine), parts(theirs), statistic, report.points)

    return Difference(
        dataset=report.dataset,
        judge=report.judge_name,
        baseline=baseline.report.judge_name,
        kappa=labels(lambda sums: sums.graded, metrics.kappa),
        covered_kappa=labels(lambda sums: metrics.against_rest(sums.graded, Label.COVERED), metrics.kappa, fine=False),
        contradicted_f1=labels(lambda sums: metrics.against_rest(sums.graded, Label.CONTRADICTED), metrics.f1),
        rmse=bootstrap.difference(mine.scores, theirs.scores, metrics.rmse, report.answers),
    )
