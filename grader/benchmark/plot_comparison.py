"""A picture of several judges: each metric a panel, each judge a mark with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.benchmark.bootstrap import LEVEL, Estimate
from grader.benchmark.comparison import COMPARED
from grader.benchmark.figure import BLUE, new_figure, save
from grader.benchmark.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLOT_FILE: Final = "comparison.png"

_COLUMNS: Final = 4
_WIDTH: Final = 2.6  # inches a panel
_ROW: Final = 0.3  # inches a judge
_MARGIN: Final = 0.8  # inches for title and axis of a panel
_NAMES: Final = 2.5  # inches for the judges' names


def plot_comparison(reports: Sequence[Report], folder: Path) -> Path:
    """Draw `comparison.png` into `folder` and say where it is; ConfigurationError where matplotlib is not installed."""
    lines = math.ceil(len(COMPARED) / _COLUMNS)
    size = (_NAMES + _WIDTH * _COLUMNS, lines * (_MARGIN + _ROW * len(reports)))
    figure = new_figure(size, f"Judges compared, {LEVEL:.0%} intervals over questions")
    panels = figure.subplots(lines, _COLUMNS, sharey=True).flat
    for axes, (name, read) in zip(panels, COMPARED.items(), strict=False):
        _draw(axes, name, reports, read)
    for axes in panels[len(COMPARED) :]:
        axes.set_axis_off()
    panels[0].set_yticks(range(len(reports)), [report.title for report in reports], parse_math=False)
    panels[0].set_ylim(len(reports) - 0.5, -0.5)
    return save(figure, folder / PLOT_FILE)


def _draw(axes: Axes, name: str, reports: Sequence[Report], read: Callable[[Report], Estimate]) -> None:
    for row, estimate in enumerate(map(read, reports)):
        if estimate.value is not None and estimate.low is not None and estimate.high is not None:
            reach = [[estimate.value - estimate.low], [estimate.high - estimate.value]]
            axes.errorbar(estimate.value, row, xerr=reach, fmt="o", color=BLUE, capsize=3)
    axes.set_title(name, fontsize=9)
    axes.grid(axis="x", alpha=0.25)
    axes.tick_params(labelsize=8)
