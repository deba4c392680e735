"""An empty picture, if matplotlib is there to draw it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE: Final = "#2a6f97"
GREY: Final = "#6c757d"
LIGHT_GREY: Final = "#adb5bd"

_DPI: Final = 150


def new_figure(size: tuple[float, float], title: str) -> Figure:
    """A figure of `size` inches; ConfigurationError where matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - 0.5 s and optional, only for those who want the picture
    except ImportError as error:
        raise ConfigurationError(
            "the plots need matplotlib; install it with: pip install 'answer-grader[bench]'"
        ) from error
    figure = Figure(figsize=size, dpi=_DPI, layout="constrained")
    figure.suptitle(title, fontsize=13, parse_math=False)  # a model's name is not LaTeX
    return figure


def save(figure: Figure, file: Path) -> Path:
    """Draw `figure` into `file`, whose folder is made if need be, and say where it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)
    return file
