"""A report as sheets of text: the same rows for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grader.benchmark.bootstrap import LEVEL, Estimate
from grader.benchmark.metrics import LABELS, PREDICTIONS
from grader.benchmark.report import Report
from grader.benchmark.stress import Reworded, StressReport, Undone
from rubrics.model import Immutable

UNDEFINED: Final = "–"

LARGE: Final = 100.0
"""From here on a number is shown without decimals: tokens, not shares."""

SMALL: Final = 0.01
"""Below this a number is shown with two digits that count: costs, not shares."""

KEPT_SHOWN: Final = (0.25, 0.5, 0.75, 0.9, 1.0)
"""Shares of the verdicts in the printed risk table; the report has every 5 %."""

_UNDONE_NOTE: Final = (
    "had: credited (covered or partial) before the change; of these are kept (still credited), covered, missing, "
    "contradicted after it; “all” is of all points. Credit after the change is mostly wrong; the rest of the answer "
    "may make a point once more."
)
_REWORDED_NOTE: Final = (
    "Nothing should change. Lower case can blur a formula, another order of sentences can misplace a pronoun."
)


Cell = str | Estimate


@dataclass(frozen=True)
class Sheet:
    """A titled table; the first column is text, the others are numbers, some of them with an interval."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def sheets_of(report: Report) -> tuple[Sheet, ...]:
    """Every sheet of a report that has rows, the metrics first."""
    found = (
        _metrics(report),
        _classes(report),
        _confusion(report),
        _styles(report),
        _reliability(report),
        _risk(report),
        *(_stress(report.stress) if report.stress else ()),
    )
    return tuple(sheet for sheet in found if sheet.rows)


def number(value: float | None) -> str:
    """A number with as many digits as count."""
    if value is None:
        return UNDEFINED
    if abs(value) >= LARGE:
        return f"{value:,.0f}"
    return f"{value:.2g}" if 0 < abs(value) < SMALL else f"{value:.3f}"


def with_interval(estimate: Estimate) -> str:
    """The value, and its interval in brackets where it has one."""
    if estimate.value is None:
        return UNDEFINED
    return f"{number(estimate.value)} ({number(estimate.low)}…{number(estimate.high)})"


def _metrics(report: Report) -> Sheet:
    """One row a metric that there are answers or points for: value, interval and how many."""
    groups = (report.labels, report.scores, report.effort)
    rows = [row for group in groups for row in _metric_rows(group)]
    note = f"{_counts(report)}\n{LEVEL:.0%} intervals over {_drawn(report)}{_speed(report)}"
    return Sheet(report.title, ("", "value", f"{LEVEL:.0%} interval", "n"), tuple(rows), note)


def _metric_rows(group: Immutable) -> Iterator[tuple[str, ...]]:
    for name, field in type(group).model_fields.items():
        estimate: Estimate = getattr(group, name)
        if not estimate.n:
            continue
        interval = f"{number(estimate.low)} … {number(estimate.high)}" if estimate.value is not None else ""
        yield field.description or name, number(estimate.value), interval, f"{estimate.n:,}"


def _counts(report: Report) -> str:
    unscored = f", {report.unscored_answers:,} without a score" if report.unscored_answers else ""
    ungraded = f", {report.ungraded_points:,} ungraded" if report.ungraded_points else ""
    return f"{report.answers:,} answers{unscored}; {report.points:,} key points{ungraded}"


def _drawn(report: Report) -> str:
    return f"{report.questions:,} questions" if report.questions > 1 else "the answers to one question"


def _speed(report: Report) -> str:
    latency = report.latency
    if latency.p50 is None or latency.p95 is None:
        return ""
    return (
        f"; an answer took {latency.p50:.3f} s (median) and {latency.p95:.3f} s (95th percentile), "
        f"{latency.at_once} at once on {latency.cores} cores"
    )


def _classes(report: Report) -> Sheet:
    rows = tuple(
        (
            each.label,
            each.precision,
            each.recall,
            each.f1,
            f"{each.support:,}",
            f"{each.predicted:,}",
        )
        for each in report.classes
    )
    return Sheet("By label", ("", "precision", "recall", "F1", "true", "predicted"), rows)


def _confusion(report: Report) -> Sheet:
    columns = PREDICTIONS if report.ungraded_points else LABELS
    counts = {true: [report.confusion[true][predicted] for predicted in columns] for true in LABELS}
    rows = tuple((true, *(f"{count:,}" for count in row)) for true, row in counts.items() if sum(row))
    return Sheet("Confusion: true label by predicted label", ("", *columns), rows)


def _styles(report: Report) -> Sheet:
    rows = tuple(
        (
            each.style,
            f"{each.answers:,}",
            f"{each.points:,}",
            each.accuracy,
            each.covered_kappa,
            number(each.true_score),
            number(each.predicted_score),
            each.rmse,
        )
        for each in report.styles
    )
    header = ("", "answers", "points", "accuracy", "kappa, covered or not", "true score", "score", "score error")
    return Sheet("By style", header, rows)


def _reliability(report: Report) -> Sheet:
    rows = tuple(
        (
            each.label,
            f"{each.points:,}",
            number(each.confidence),
            number(each.accuracy),
            number(each.calibration_error),
        )
        for each in report.class_reliability
        if each.points
    )
    header = ("", "verdicts", "says", "is right", "calibration error")
    return Sheet("Confidence by predicted label", header, rows)


def _risk(report: Report) -> Sheet:
    rows = tuple(
        (f"{point.kept:.0%}", f"{point.points:,}", number(point.least_confidence), number(point.error_rate))
        for wanted in KEPT_SHOWN
        for point in report.risk
        if point is min(report.risk, key=lambda each: abs(each.kept - wanted))
    )
    header = ("surest verdicts kept", "verdicts", "confidence from", "share wrong")
    return Sheet("Risk and coverage", header, tuple(dict.fromkeys(rows)))


def _stress(stress: StressReport) -> tuple[Sheet, ...]:
    return (
        _changes("Concept deletion: without the sentences that make a point", stress.deletion, _UNDONE_NOTE),
        _changes("Negation: a sentence that makes a point turned round", stress.negation, _UNDONE_NOTE),
        _changes("Invariance: changes that should not matter", stress.invariance, _REWORDED_NOTE),
    )


def _changes(title: str, changes: Sequence[Undone | Reworded], note: str) -> Sheet:
    if not changes:
        return Sheet(title, (), ())
    fields = {name: field.description for name, field in type(changes[0]).model_fields.items() if field.description}
    rows = tuple((change.rule, *(_cell(getattr(change, name)) for name in fields)) for change in changes)
    return Sheet(title, ("", *fields.values()), rows, note)


def _cell(value: Estimate | int) -> Cell:
    return value if isinstance(value, Estimate) else f"{value:,}"
