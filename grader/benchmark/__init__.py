"""Measuring a judge against labelled answers: Dataset, Run, Report.

Data comes in through `sets` (`labelled`, `human`), a judge is asked in `run` and under `stress`, stored verdicts are
read in `stored`; `summary` makes the Report, `sheets` and the plots show it, `writing` keeps it.
"""

from grader.benchmark.bootstrap import Estimate
from grader.benchmark.calibration import fit_calibration
from grader.benchmark.comparison import comparison_sheets, differences
from grader.benchmark.contest import Contest, Measured
from grader.benchmark.dataset import Case, Dataset, Scale
from grader.benchmark.folds import HeldOut, fold_of
from grader.benchmark.labelled import read_dataset
from grader.benchmark.plot import plot_reliability
from grader.benchmark.plot_comparison import plot_comparison
from grader.benchmark.plot_confidence import plot_confidence
from grader.benchmark.report import Report
from grader.benchmark.run import Run, run_benchmark
from grader.benchmark.sets import read_set
from grader.benchmark.sheets import sheets_of
from grader.benchmark.stored import run_stored, write_verdicts
from grader.benchmark.stress import run_stress, trials_of
from grader.benchmark.summary import summarise
from grader.benchmark.table import markdown, render
from grader.benchmark.writing import write_report, write_reports

__all__ = [
    "Case",
    "Contest",
    "Dataset",
    "Estimate",
    "HeldOut",
    "Measured",
    "Report",
    "Run",
    "Scale",
    "comparison_sheets",
    "differences",
    "fit_calibration",
    "fold_of",
    "markdown",
    "plot_comparison",
    "plot_confidence",
    "plot_reliability",
    "read_dataset",
    "read_set",
    "render",
    "run_benchmark",
    "run_stored",
    "run_stress",
    "sheets_of",
    "summarise",
    "trials_of",
    "write_report",
    "write_reports",
    "write_verdicts",
]
