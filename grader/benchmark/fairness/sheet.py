"""The invariance report as a sheet."""

from __future__ import annotations

from grader.benchmark.fairness.invariance import LARGEST_SHIFT, LOSS, InvarianceReport
from grader.benchmark.sheets import Sheet


def invariance_sheet(report: InvarianceReport) -> Sheet:
    """A row a way of writing."""
    return Sheet(
        title=f"The same answers in other words, on {report.questions} questions, judge {report.judge.get('name', '')}",
        header=("way", "answers", "mean shift", "verdicts changed", "beyond"),
        rows=tuple(
            (each.way, str(each.answers), each.shift, each.changed, "" if each.holds else "yes") for each in report.ways
        ),
        note="Mean shift: score less that of the plain answer, 0 to 1, with a 95 % interval over questions. Beyond: by "
        f"more than {LARGEST_SHIFT} either way. The report (--json) has the shares that lose or gain {LOSS} or more.",
    )
