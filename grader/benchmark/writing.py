"""A report on disk: numbers, tables, pictures, and every verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grader.benchmark.comparison import Difference, comparison_sheets
from grader.benchmark.contest import Measured
from grader.benchmark.plot import plot_reliability
from grader.benchmark.plot_comparison import plot_comparison
from grader.benchmark.plot_confidence import plot_confidence
from grader.benchmark.report import REPORT_FILE, Report
from grader.benchmark.run import Run
from grader.benchmark.sheets import sheets_of
from grader.benchmark.stored import VERDICTS_FILE, write_verdicts
from grader.benchmark.table import markdown
from grader.benchmark.verdicts import POINTS_FILE, compare
from grader.errors import DatasetError

MARKDOWN_FILE: Final = "report.md"
COMPARISON_FILE: Final = "comparison.md"


def write_reports(measured: Sequence[Measured], found: Sequence[Difference], folder: Path) -> None:
    """One report into `folder` itself, several into a folder each below it, with their comparison.

    DatasetError where the folder cannot be written, ConfigurationError where matplotlib for the pictures is missing.
    """
    reports = [each.report for each in measured]
    try:
        if len(measured) == 1:
            _write(measured[0], folder)
            return
        for each, name in zip(measured, _folder_names(reports), strict=True):
            _write(each, folder / name)
        (folder / COMPARISON_FILE).write_text(markdown(comparison_sheets(reports, found)), encoding="utf-8")
        plot_comparison(reports, folder)
    except OSError as error:
        raise DatasetError(f"{folder}: the report cannot be written ({error.strerror})") from error


def write_report(report: Report, run: Run, folder: Path) -> None:
    """`report.json`, `report.md`, `verdicts.jsonl`, and `points.jsonl` with every verdict beside the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / MARKDOWN_FILE).write_text(markdown(sheets_of(report)), encoding="utf-8")
    lines = (verdict.model_dump_json() + "\n" for verdicts in compare(run) for verdict in verdicts)
    (folder / POINTS_FILE).write_text("".join(lines), encoding="utf-8")
    write_verdicts(run, folder / VERDICTS_FILE)


def _write(measured: Measured, folder: Path) -> None:
    write_report(measured.report, measured.run, folder)
    plot_reliability(measured.report, folder)
    plot_confidence(measured.report, folder)


def _folder_names(reports: Sequence[Report]) -> list[str]:
    """Dataset and judge in letters every file system takes, numbered where two would be the same."""
    names = [re.sub(r"[^A-Za-z0-9.]+", "-", f"{each.dataset}-{each.judge['name']}").strip("-.") for each in reports]
    numbers = [names[:place].count(name) for place, name in enumerate(names)]
    return [f"{name}-{number + 1}" if number else name for name, number in zip(names, numbers, strict=True)]
