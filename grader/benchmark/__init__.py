"""Measuring a judge against labelled answers: Dataset, Run, Report."""

from grader.benchmark.bootstrap import Estimate
from grader.benchmark.calibration import fit_calibration
from grader.benchmark.dataset import Case, Dataset, read_dataset
from grader.benchmark.plot import plot_reliability
from grader.benchmark.report import Report, write_report
from grader.benchmark.run import Run, run_benchmark
from grader.benchmark.summary import summarise
from grader.benchmark.table import render

__all__ = [
    "Case",
    "Dataset",
    "Estimate",
    "Report",
    "Run",
    "fit_calibration",
    "plot_reliability",
    "read_dataset",
    "render",
    "run_benchmark",
    "summarise",
    "write_report",
]
