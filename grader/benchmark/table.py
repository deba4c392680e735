"""A report as a table for people; `report.json` holds the rest."""

from __future__ import annotations

from typing import Final

from rich.markup import escape
from rich.table import Table

from grader.benchmark.bootstrap import LEVEL, Estimate
from grader.benchmark.report import Report
from rubrics.model import Immutable

UNDEFINED: Final = "–"

LARGE: Final = 100.0
"""From here on a number is shown without decimals: tokens, not shares."""

SMALL: Final = 0.01
"""Below this a number is shown with two digits that count: costs, not shares."""


def render(report: Report) -> Table:
    """One row a metric: value, interval and over how many answers or points it is."""
    table = Table(title=escape(report.title), caption=_caption(report), title_justify="left", caption_justify="left")
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column(f"{LEVEL:.0%} interval", justify="right")
    table.add_column("n", justify="right")
    for group in (report.labels, report.scores, report.effort):
        _add_rows(table, group)
        table.add_section()
    return table


def _add_rows(table: Table, group: Immutable) -> None:
    for name, field in type(group).model_fields.items():
        estimate: Estimate = getattr(group, name)
        interval = f"{_number(estimate.low)} … {_number(estimate.high)}" if estimate.value is not None else ""
        table.add_row(field.description, _number(estimate.value), interval, f"{estimate.n:,}")


def _caption(report: Report) -> str:
    unscored = f", {report.unscored_answers:,} without a score" if report.unscored_answers else ""
    ungraded = f", {report.ungraded_points:,} ungraded" if report.ungraded_points else ""
    return f"{report.answers:,} answers{unscored}; {report.points:,} key points{ungraded}"


def _number(value: float | None) -> str:
    if value is None:
        return UNDEFINED
    if abs(value) >= LARGE:
        return f"{value:,.0f}"
    return f"{value:.2g}" if 0 < abs(value) < SMALL else f"{value:.3f}"
