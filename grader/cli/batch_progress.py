"""How far a batch is, in a terminal: rows, rate, time left, cost, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from grader.batch_desk import BatchReport


@contextmanager
def shown_progress(report: BatchReport) -> Iterator[Callable[[BatchReport], None]]:
    """A progress bar on standard error; yields what shows a newer report."""
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=report.total, completed=report.settled, told=told(report))
        yield lambda newer: bar.update(task, completed=newer.settled, told=told(newer))


def told(report: BatchReport) -> str:
    """Rate, time left, cost and failures of a batch, as far as there are any."""
    without = report.counts.failed + report.counts.ungraded
    parts = (
        "" if report.rows_per_second is None else f"{report.rows_per_second:.1f}/s",
        "" if report.eta_seconds is None else f"{duration(report.eta_seconds)} left",
        f"${report.spent.usd:,.2f}" if report.spent.usd else "",
        f"{without:,} without a score" if without else "",
        f"{report.counts.needs_review:,} for review" if report.counts.needs_review else "",
    )
    return " · ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
