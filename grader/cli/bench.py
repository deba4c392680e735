"""`grader bench`: how well a judge agrees with people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from grader.bootstrap import build_services
from grader.cli.questions import AsJson
from grader.cli.rendering import print_json
from grader.errors import DatasetError
from grader.settings import load_settings

Questions = Annotated[Path, typer.Option(help="Questions with key points (JSON lines).")]
Answers = Annotated[Path, typer.Option(help="Labelled answers (JSON lines).")]


def bench(
    *,
    questions: Questions,
    answers: Answers,
    judge: Annotated[str | None, typer.Option(help="Judge to measure; default: as configured.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for report, verdicts and plot.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure a judge on labelled answers: agreement, score error, calibration, speed, cost, each with an interval."""
    from grader.benchmark import Run, plot_reliability, read_dataset, render, run_benchmark, summarise, write_report

    dataset = read_dataset(questions, answers)
    services = build_services(load_settings())

    async def measure(on_case: Callable[[], None]) -> Run:
        async with services:
            return await run_benchmark(services.grader, dataset, judge=judge, on_case=on_case)

    with progress(f"Grading {dataset.name}", len(dataset.cases)) as on_case:
        run = asyncio.run(measure(on_case))
    report = summarise(run)
    if as_json:
        print_json(report)
    else:
        Console(highlight=False).print(render(report))
    if out is not None:
        try:
            write_report(report, run, out)
            plot_reliability(report, out)
        except OSError as error:
            raise DatasetError(f"{out}: the report cannot be written ({error.strerror})") from error


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error; yields what moves it on by one."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)
