from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from grader.benchmark import Run, plot_comparison, plot_confidence, plot_reliability, summarise
from grader.errors import ConfigurationError

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_plot_is_a_png_in_the_folder(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = plot_reliability(summarise(run), tmp_path / "new")
    assert path == tmp_path / "new" / "reliability.png"
    assert path.read_bytes().startswith(PNG)


def test_confidence_and_comparison_have_plots_of_their_own(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    report = summarise(run)
    assert plot_confidence(report, tmp_path).read_bytes().startswith(PNG)
    assert plot_comparison([report, report], tmp_path).read_bytes().startswith(PNG)


async def test_a_judge_that_never_answers_can_be_drawn(
    run_script: Callable[[Mapping[str, object]], Awaitable[Run]], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    report = summarise(await run_script({}))
    assert plot_reliability(report, tmp_path).is_file()
    assert plot_confidence(report, tmp_path).is_file()
    assert plot_comparison([report, report], tmp_path).is_file()


def test_without_matplotlib_the_error_says_how_to_get_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'answer-grader\[bench\]'"):
        plot_reliability(summarise(run), tmp_path)
