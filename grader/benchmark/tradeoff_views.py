"""A tradeoff for people: a table of operations, and a picture of accuracy against calls and tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.markup import escape
from rich.table import Table

from grader.benchmark.bootstrap import LEVEL, Estimate
from grader.benchmark.sheets import UNDEFINED
from grader.benchmark.tradeoff import Operation, Tradeoff
from grader.errors import ConfigurationError
from grader.judges.cascade import Thresholds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRADEOFF_PLOT_FILE: Final = "tradeoff.png"

_SIZE: Final = (11.0, 4.8)  # inches
_DPI: Final = 150
_BLUE: Final = "#2a6f97"
_GREEN: Final = "#2d6a4f"
_RED: Final = "#c1121f"
_GREY: Final = "#6c757d"
_TOO_NEAR: Final = 0.03
"""Share of an axis between two marks below which the second one's name would cover the first one's."""


def render_tradeoff(tradeoff: Tradeoff) -> Table:
    """One row an operation: what the first judge keeps, how right the whole is, what it costs per answer."""
    title = f"{tradeoff.first} before {tradeoff.second} on {tradeoff.dataset}"
    table = Table(title=escape(title), caption=_caption(tradeoff), title_justify="left", caption_justify="left")
    table.add_column("clear from")
    for heading in (
        *("points clear", "of these wrong", "accuracy", "kappa", "score RMSE"),
        *("LLM calls", "tokens in", "tokens out"),
    ):
        table.add_column(heading, justify="right")
    for operation in tradeoff.swept:
        table.add_row(*_row(operation))
    table.add_section()
    for operation in tradeoff.together:
        table.add_row(*_row(operation))
    table.add_section()
    table.add_row(*_row(tradeoff.chosen))
    return table


def plot_tradeoff(tradeoff: Tradeoff, folder: Path) -> Path:
    """Draw `tradeoff.png` into `folder`, which is made if need be, and say where it is.

    ConfigurationError where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - 0.5 s and optional, only for those who want the picture
    except ImportError as error:
        raise ConfigurationError(
            "the tradeoff plot needs matplotlib; install it with: pip install 'answer-grader[bench]'"
        ) from error
    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    title = f"{tradeoff.first} before {tradeoff.second} on {tradeoff.dataset}: what calls and tokens buy"
    figure.suptitle(title, fontsize=13, parse_math=False)
    calls, tokens = figure.subplots(1, 2, sharey=True)
    _draw(calls, tradeoff, lambda operation: operation.llm_calls.value or 0.0)
    calls.set_xlabel("LLM calls per answer")
    calls.set_ylabel("share of labels that are right")
    _draw(tokens, tradeoff, lambda operation: operation.input_tokens + operation.output_tokens)
    tokens.set_xlabel("tokens per answer, in and out")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / TRADEOFF_PLOT_FILE)
    return folder / TRADEOFF_PLOT_FILE


def _draw(axes: Axes, tradeoff: Tradeoff, cost: Callable[[Operation], float]) -> None:
    """Accuracy over cost: a line where single points stand, one where whole answers do, a star for what is chosen."""
    _draw_line(axes, tradeoff.swept, cost, _BLUE, "points stand one by one")
    _draw_line(axes, tradeoff.together, cost, _GREEN, "answers stand as a whole")
    chosen = tradeoff.chosen
    axes.plot(
        [cost(chosen)], [_right(chosen)], color=_RED, marker="*", markersize=13, linestyle="none", label=chosen.name
    )
    axes.legend(loc="lower right", frameon=False)
    axes.set_xlim(left=0)
    axes.grid(alpha=0.25)


def _draw_line(
    axes: Axes, operations: tuple[Operation, ...], cost: Callable[[Operation], float], colour: str, name: str
) -> None:
    costs, right = [cost(operation) for operation in operations], [_right(operation) for operation in operations]
    axes.plot(costs, right, color=colour, linewidth=1.2, marker="o", markersize=4, label=name)
    lows = [operation.accuracy.low or 0.0 for operation in operations]
    highs = [operation.accuracy.high or 0.0 for operation in operations]
    axes.fill_between(costs, lows, highs, color=colour, alpha=0.12, linewidth=0)
    last = (-1.0, -1.0)
    for operation, at, share in zip(operations, costs, right, strict=True):
        if abs(at - last[0]) < _TOO_NEAR * max(costs) and abs(share - last[1]) < _TOO_NEAR:
            continue
        last, shown = (at, share), operation.name.rpartition(" ")[2]
        axes.annotate(shown, (at, share), textcoords="offset points", xytext=(4, -10), fontsize=8, color=_GREY)


def _right(operation: Operation) -> float:
    return operation.accuracy.value or 0.0


def _row(operation: Operation) -> tuple[str, ...]:
    return (
        operation.name,
        f"{operation.clear:.0%}",
        UNDEFINED if operation.wrong_when_clear is None else f"{operation.wrong_when_clear:.1%}",
        _with_interval(operation.accuracy),
        _with_interval(operation.covered_kappa),
        _number(operation.score_rmse),
        _number(operation.llm_calls),
        f"{operation.input_tokens:,.0f}",
        f"{operation.output_tokens:,.0f}",
    )


def _caption(tradeoff: Tradeoff) -> str:
    chosen = tradeoff.chosen.thresholds
    shown = ", ".join(f"{name} {UNDEFINED if at is None else format(at, '.4g')}" for name, at in _levels(chosen))
    return f"per answer; kappa of covered or not; {LEVEL:.0%} intervals; thresholds at {tradeoff.chosen.name}: {shown}"


def _levels(thresholds: Thresholds) -> tuple[tuple[str, float | None], ...]:
    each = (("covered", thresholds.covered), ("partial", thresholds.partial), ("missing", thresholds.missing))
    return (*each, ("answer", thresholds.answer))


def _with_interval(estimate: Estimate) -> str:
    if estimate.value is None:
        return UNDEFINED
    return f"{estimate.value:.3f} ({estimate.low:.2f}–{estimate.high:.2f})"


def _number(estimate: Estimate) -> str:
    return UNDEFINED if estimate.value is None else f"{estimate.value:.3f}"
