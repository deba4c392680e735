"""What a freshly trained reader can do on sets it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from grader.benchmark import Dataset, Estimate, Report, run_benchmark, summarise
from grader.grading import Grader
from grader.judges.local import NAME, Calibration, LocalJudge
from grader.ports import Reader
from grader.training.calibration import calibrate

_FIGURES: Final[Mapping[str, Callable[[Report], Estimate]]] = {
    "kappa, four labels": lambda report: report.labels.kappa,
    "kappa, covered or not": lambda report: report.labels.covered_kappa,
    "F1 contradicted": lambda report: report.labels.contradicted_f1,
    "F1 missing": lambda report: report.labels.missing_f1,
    "score r": lambda report: report.scores.r,
    "score RMSE": lambda report: report.scores.rmse,
    "calibration error": lambda report: report.labels.calibration_error,
}


@dataclass(frozen=True)
class Measured:
    """The calibration fitted on all sets together, and each set's figures with it, with 95 % intervals, as text."""

    calibration: Calibration
    figures: Mapping[str, Mapping[str, str]]


async def measure(reader: Reader, unseen: Sequence[Dataset], on_case: Callable[[], None]) -> Measured:
    """Calibrate on all and measure on each dataset, none of which the reader has seen; `on_case` twice an answer."""
    calibration = await calibrate(reader, unseen, on_case)
    grader = Grader({NAME: LocalJudge(reader, calibration)}, NAME)
    figures = {}
    for dataset in unseen:
        report = summarise(await run_benchmark(grader, dataset, judge=NAME, on_case=on_case))
        figures[dataset.name] = {name: _text(figure(report)) for name, figure in _FIGURES.items()}
    return Measured(calibration, figures)


def _text(estimate: Estimate) -> str:
    if estimate.value is None:
        return "-"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
