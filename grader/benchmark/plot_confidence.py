"""A judge's confidence label by label, and how wrong it is when only its surest verdicts count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.benchmark.figure import BLUE, GREY, LIGHT_GREY, new_figure, save
from grader.benchmark.report import ClassReliability, Report
from grader.domain import Label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLOT_FILE: Final = "confidence.png"

LEAST_POINTS: Final = 5
"""Verdicts a bin needs to be drawn; the share of fewer is noise."""

_SIZE: Final = (11.0, 4.8)
_COLOURS: Final = {
    Label.COVERED: "#2b9348",
    Label.PARTIAL: "#e09f3e",
    Label.MISSING: "#6c757d",
    Label.CONTRADICTED: "#9e2a2b",
}


def plot_confidence(report: Report, folder: Path) -> Path:
    """Draw `confidence.png` into `folder` and say where it is; ConfigurationError where matplotlib is not installed."""
    figure = new_figure(_SIZE, report.title)
    labels, risk = figure.subplots(1, 2)
    _draw_labels(labels, report.class_reliability)
    _draw_risk(risk, report)
    return save(figure, folder / PLOT_FILE)


def _draw_labels(axes: Axes, classes: tuple[ClassReliability, ...]) -> None:
    """One reliability curve a predicted label."""
    axes.plot([0, 1], [0, 1], linestyle="--", color=LIGHT_GREY, linewidth=1)
    for each in classes:
        marks = [(bin_.confidence, bin_.accuracy) for bin_ in each.bins if bin_.points >= LEAST_POINTS]
        if marks:
            says, is_right = zip(*marks, strict=True)
            name = f"{each.label}: error {each.calibration_error:.3f}, {each.points:,} verdicts"
            axes.plot(says, is_right, marker="o", color=_COLOURS[each.label], label=name, clip_on=False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", fontsize=8, frameon=False)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence of the judge in its label", title="Reliability by label")
    axes.set_ylabel("share of labels that are right")
    axes.grid(alpha=0.25)


def _draw_risk(axes: Axes, report: Report) -> None:
    """Share of wrong verdicts over the share of verdicts kept, the surest first."""
    axes.plot(
        [point.kept for point in report.risk], [point.error_rate for point in report.risk], color=BLUE, marker="."
    )
    if not report.risk:
        axes.text(0.5, 0.5, "this judge states no confidence", ha="center", color=GREY, transform=axes.transAxes)
    axes.set(xlim=(0, 1), xlabel="share of verdicts kept, the surest first", title="Risk and coverage")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("share of the kept verdicts that are wrong")
    axes.grid(alpha=0.25)
