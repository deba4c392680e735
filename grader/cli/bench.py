"""`grader bench`: how well a judge agrees with people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from grader.bootstrap import Services
from grader.cli.offline import (
    Calls,
    DumpPrompts,
    First,
    Replay,
    Risk,
    Second,
    bench_services,
    collect_prompts,
    compare,
    dump,
    offline_model,
    show,
    warn_of_gaps,
)
from grader.cli.questions import AsJson
from grader.cli.rendering import print_json

if TYPE_CHECKING:
    from grader.benchmark.contest import Contest, Measured
    from grader.benchmark.dataset import Dataset

Questions = Annotated[Path, typer.Option(help="Questions with key points (JSON lines).")]
Answers = Annotated[Path, typer.Option(help="Labelled answers (JSON lines).")]


Sets = Annotated[
    list[Path] | None,
    typer.Option("--set", help="Instead: a folder with both files, or a file of graded answers; repeatable."),
]
Judges = Annotated[
    list[str] | None, typer.Option("--judge", help="Judge to measure; repeat to compare; default: as configured.")
]
Verdicts = Annotated[list[Path] | None, typer.Option(help="Measure the verdicts in this file as well; repeatable.")]
HeldOutPart = Annotated[
    str | None, typer.Option(help="Only the questions of one fold: FOLDS/FOLD, as in 5/0 for the first of 5.")
]
Sample = Annotated[int | None, typer.Option(min=1, help="Only so many answers of a set, always the same.")]
Stress = Annotated[
    bool, typer.Option("--stress", help="Delete, negate and reword: which verdicts change? Ten times the work.")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Folder for reports, verdicts and plots.")]


def bench(  # noqa: PLR0913 - one parameter an option
    *,
    questions: Annotated[Path | None, typer.Option(help="Questions with key points (JSON lines).")] = None,
    answers: Annotated[Path | None, typer.Option(help="Labelled answers (JSON lines).")] = None,
    sets: Sets = None,
    judges: Judges = None,
    verdicts: Verdicts = None,
    held_out: HeldOutPart = None,
    sample: Sample = None,
    stress: Stress = False,
    out: Out = None,
    dump_prompts: DumpPrompts = None,
    replay: Replay = None,
    first: First = None,
    second: Second = None,
    risk: Risk = 0.05,
    calls: Calls = None,
    as_json: AsJson = False,
) -> None:
    """Measure judges on labelled answers: agreement, score error, calibration, speed, cost, each with an interval."""
    datasets = _datasets(questions, answers, sets or [], held_out, sample)
    if first is not None or second is not None:
        from grader.benchmark.tradeoff import Wish

        show(compare(_only(datasets), first, second, Wish(risk, calls)), out, as_json=as_json)
        return
    model = offline_model(replay, dump_prompts)
    services = bench_services(model)
    if model is not None and dump_prompts is not None:
        dataset, asked = _only(datasets), judges[0] if judges else None
        with progress(f"Collecting prompts of {dataset.name}", len(dataset.cases)) as on_case:
            collect_prompts(services, model, dataset, asked, on_case)
        dump(model, dump_prompts)
        return
    measured = _measured(services, _contest(datasets, judges or [], verdicts or [], stressed=stress))
    if model is not None:
        warn_of_gaps(model)
    _present(measured, out, as_json=as_json)


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error; yields what moves it on by one."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


def _datasets(
    questions: Path | None, answers: Path | None, sets: list[Path], held_out: str | None, sample: int | None
) -> tuple[Dataset, ...]:
    from grader.benchmark import HeldOut, read_dataset, read_set

    if (questions is None) is not (answers is None):
        raise typer.BadParameter("--questions and --answers go together")
    datasets = [] if questions is None or answers is None else [read_dataset(questions, answers)]
    datasets += [read_set(place) for place in sets]
    if not datasets:
        raise typer.BadParameter("name what to measure on: --questions and --answers, or --set")
    if held_out is not None:
        part = HeldOut.parse(held_out)
        datasets = [dataset.held_out(part) for dataset in datasets]
    return tuple(dataset if sample is None else dataset.sample(sample) for dataset in datasets)


def _only(datasets: tuple[Dataset, ...]) -> Dataset:
    if len(datasets) != 1:
        raise typer.BadParameter("this works on one set at a time")
    return datasets[0]


def _contest(datasets: tuple[Dataset, ...], judges: list[str], stored: list[Path], *, stressed: bool) -> Contest:
    """Stored verdicts alone ask no judge."""
    from grader.benchmark import Contest

    return Contest(datasets, tuple(judges) or (() if stored else (None,)), tuple(stored), stressed)


def _measured(services: Services, contest: Contest) -> list[Measured]:
    async def measure(on_grading: Callable[[], None]) -> list[Measured]:
        async with services:
            return await contest.hold(services.grader, on_grading)

    names = ", ".join(dataset.name for dataset in contest.datasets)
    with progress(f"Grading {names}", contest.gradings) as on_grading:
        return asyncio.run(measure(on_grading))


def _present(measured: list[Measured], out: Path | None, *, as_json: bool) -> None:
    """Print one report, or several with their comparison; JSON is an object for one and a list for several."""
    from grader.benchmark import comparison_sheets, differences, render, sheets_of, write_reports

    reports, found = [each.report for each in measured], differences(measured)
    if as_json:
        print_json(reports if len(reports) > 1 else reports[0])
    else:
        sheets = [sheet for report in reports for sheet in sheets_of(report)]
        sheets += comparison_sheets(reports, found) if len(reports) > 1 else ()
        for sheet in sheets:
            Console(highlight=False).print(render(sheet))
    if out is not None:
        write_reports(measured, found, out)
