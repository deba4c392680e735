"""Two pictures of a judge: whether its confidence can be believed, and which labels it mixes up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.benchmark.figure import BLUE, GREY, LIGHT_GREY, new_figure, save
from grader.benchmark.metrics import LABELS, PREDICTIONS
from grader.benchmark.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLOT_FILE: Final = "reliability.png"

_SIZE: Final = (11.0, 5.4)  # inches
_DARK_CELL: Final = 0.55
"""Share of a row above which its cell is so dark that the text in it must be white."""

_LARGEST_MARK: Final = 160.0
"""Area in square points of the fullest bin's mark; the others shrink with their count, so that noise looks small."""

_SMALLEST_MARK: Final = 8.0
"""Area in square points that can still be seen."""


def plot_reliability(report: Report, folder: Path) -> Path:
    """Draw `reliability.png` into `folder`, which is made if need be, and say where it is.

    ConfigurationError where matplotlib is not installed.
    """
    title = f"{report.title}: {report.answers:,} answers, {report.points:,} key points"
    figure = new_figure(_SIZE, title)
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.1), height_ratios=(4, 1))
    curve = figure.add_subplot(grid[0, 0])
    _draw_curve(curve, report)
    _draw_counts(figure.add_subplot(grid[1, 0], sharex=curve), report)
    _draw_confusion(figure.add_subplot(grid[:, 1]), report)
    return save(figure, folder / PLOT_FILE)


def _draw_curve(axes: Axes, report: Report) -> None:
    """Share of right labels over confidence, one mark a bin; on the diagonal a judge is right as often as it says."""
    bins = [(bin_.confidence, bin_.accuracy, bin_.points) for bin_ in report.reliability]
    marks = [(says, is_right, n) for says, is_right, n in bins if says is not None and is_right is not None]
    axes.plot([0, 1], [0, 1], linestyle="--", color=LIGHT_GREY, linewidth=1)
    if marks:
        says, is_right, points = zip(*marks, strict=True)
        sizes = [max(_SMALLEST_MARK, _LARGEST_MARK * n / max(points)) for n in points]
        axes.plot(says, is_right, color=BLUE, linewidth=1.2, alpha=0.6)
        axes.scatter(says, is_right, s=sizes, color=BLUE, zorder=3, clip_on=False)
    axes.text(0.03, 0.96, "more often right than it says", va="top", color=GREY)
    axes.text(0.97, 0.04, "less often right than it says", ha="right", color=GREY)
    error = report.labels.calibration_error.value
    found = "this judge states no confidence" if error is None else f"expected calibration error {error:.3f}"
    axes.set_title(f"Reliability: {found}")
    axes.set_ylabel("share of labels that are right")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.tick_params(labelbottom=False)
    axes.grid(alpha=0.25)


def _draw_counts(axes: Axes, report: Report) -> None:
    """How many points each bin holds: a mark of few points means little."""
    bins = report.reliability
    centres, width = [(bin_.low + bin_.high) / 2 for bin_ in bins], bins[0].high - bins[0].low
    bars = axes.bar(centres, [bin_.points for bin_ in bins], width=0.9 * width, color=BLUE, alpha=0.5)
    axes.bar_label(bars, [f"{bin_.points:,}" if bin_.points else "" for bin_ in bins], fontsize=8, color=GREY)
    axes.margins(y=0.35)
    axes.set_xlabel("confidence of the judge in its label")
    axes.set_ylabel("points")
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)


def _draw_confusion(axes: Axes, report: Report) -> None:
    """Counts by true and predicted label; the colour is the share of the true label, so that rare ones show."""
    columns = PREDICTIONS if report.ungraded_points else LABELS
    counts = [[report.confusion[true][predicted] for predicted in columns] for true in LABELS]
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1, edgecolors="white", linewidth=2)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            colour = "white" if shares[y][x] > _DARK_CELL else "black"
            text = f"{count:,}\n{shares[y][x]:.0%}" if count else "0"
            axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", color=colour)
    axes.set_xticks([x + 0.5 for x in range(len(columns))], columns)
    axes.set_yticks(
        [y + 0.5 for y in range(len(LABELS))],
        [f"{true}\n{sum(row):,}" for true, row in zip(LABELS, counts, strict=True)],
    )
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("label of the judge")
    axes.set_ylabel("true label")
    kappa = report.labels.kappa.value
    axes.set_title("Confusion" if kappa is None else f"Confusion: kappa {kappa:.3f}")
