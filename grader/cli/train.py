"""`grader train`: fit what ships with the package to labelled answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader.bootstrap import build_services
from grader.cli.bench import Answers, Questions, progress
from grader.judges.similarity import Calibration
from grader.settings import load_settings

app = typer.Typer(help="Fit a judge to labelled answers.", no_args_is_help=True)


@app.callback()
def _train() -> None:
    """Keep `similarity` a command of its own, although it is the only one."""


@app.command("similarity")
def train_similarity(
    *,
    questions: Questions,
    answers: Answers,
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the calibration (JSON).")],
) -> None:
    """Fit the similarity judge: from three measurements to covered, partial, missing."""
    from grader.benchmark import fit_calibration, read_dataset

    dataset = read_dataset(questions, answers)
    services = build_services(load_settings())

    async def fit(on_case: Callable[[], None]) -> Calibration:
        async with services:
            return await fit_calibration(services.embedder, dataset, on_case)

    with progress(f"Measuring {dataset.name}", len(dataset.cases)) as on_case:
        calibration = asyncio.run(fit(on_case))
    out.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    Console(highlight=False).print(f"fitted on {len(dataset.cases)} answers, written to {escape(str(out))}")
