"""`grader fairness`: whether groups fare differently, and whether the way an answer is written matters."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from grader.access import LOCAL_TENANT
from grader.bootstrap import Services, Storage, build_services
from grader.cli.bench import progress
from grader.cli.rendering import print_json, table
from grader.errors import DatasetError
from grader.impact import Comparison, GroupRate, ImpactReport, Scored, impact
from grader.settings import load_settings

if TYPE_CHECKING:
    from grader.benchmark.fairness import AnswerPair, InvarianceReport

app = typer.Typer(help="Groups that fare differently; ways of writing that matter.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

REF: Final = "candidate_ref"
_YES: Final = frozenset({"1", "yes", "true", "y", "selected"})
_NO: Final = frozenset({"0", "no", "false", "n", "not selected"})

_INTRODUCTION: Final = (
    "Selection rate: the share selected, or over the test's pass mark. Scoring rate: the share above the median of "
    "all. Ratio: the rate over the highest group's. The groups were read from your file and are kept nowhere."
)


@app.command("impact")
def show_impact(  # noqa: PLR0913 - one parameter an option
    groups: Annotated[Path, typer.Argument(help=f"CSV: a column {REF}, and one for each category, such as sex.")],
    *,
    test: Annotated[str | None, typer.Option(help="Id of a test: compare its results.")] = None,
    scores: Annotated[Path | None, typer.Option(help=f"Instead: CSV with {REF} and score.")] = None,
    selected: Annotated[str | None, typer.Option(help="Column of GROUPS that says who was selected: yes, no.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose test.")] = LOCAL_TENANT,
    as_json: AsJson = False,
) -> None:
    """Compare how groups are selected and score: ratios with intervals, and what is too small to say much."""
    if (test is None) is (scores is None):
        raise typer.BadParameter("name --test or --scores")
    told = dict(_rows(groups))
    found = _scores(scores) if scores is not None else _results(tenant, str(test))
    if selected is not None:
        found = tuple(replace(each, selected=_choice(told.get(each.ref, {}).get(selected, ""))) for each in found)
        told = {ref: {name: said for name, said in row.items() if name != selected} for ref, row in told.items()}
    report = impact(found, told)
    if as_json:
        print_json(report)
        return
    _print(report)


@app.command("invariance")
def show_invariance(
    *,
    question: Annotated[list[str] | None, typer.Option(help="Only these questions of the bank; repeatable.")] = None,
    judge: Annotated[str | None, typer.Option(help="Judge to measure; default: as configured.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the same answers in other words, Englishes and lengths, and measure how far the scores move.

    Exit code 1 where a way of writing moves the mean score by more than 0.02.
    """
    from grader.benchmark import render
    from grader.benchmark.fairness import answer_pairs, invariance_sheet

    services = build_services(load_settings())
    wanted = question or [each.id for each in services.bank.questions()]
    pairs = [pair for name in wanted for pair in answer_pairs(services.bank.rubric(name))]
    report = _measured(services, pairs, judge)
    if as_json:
        print_json(report)
    else:
        Console(highlight=False).print(render(invariance_sheet(report)))
    if report.beyond:
        raise typer.Exit(1)


def _measured(services: Services, pairs: list[AnswerPair], judge: str | None) -> InvarianceReport:
    from grader.benchmark.fairness import gradings, measure_invariance

    async def measure(on_grading: Callable[[], None]) -> InvarianceReport:
        async with services:
            return await measure_invariance(services.grader, pairs, judge=judge, on_grading=on_grading)

    with progress("Grading the same answers in other words", gradings(pairs)) as on_grading:
        return asyncio.run(measure(on_grading))


def _results(tenant: str, test_id: str) -> tuple[Scored, ...]:
    from grader.assessing import latest_scores

    async def read() -> tuple[Scored, ...]:
        storage = Storage(load_settings())
        try:
            return await latest_scores(storage.tests, storage.orders, tenant, test_id)
        finally:
            await storage.close()

    return asyncio.run(read())


def _scores(file: Path) -> tuple[Scored, ...]:
    return tuple(Scored(ref, _number(file, ref, row.get("score", ""))) for ref, row in _rows(file))


def _rows(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row by its candidate, without that column; DatasetError."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            if REF not in (reader.fieldnames or ()):
                raise DatasetError(f"{file} has no column {REF}")
            for row in reader:
                yield row[REF], {name: said or "" for name, said in row.items() if name and name != REF}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{file} cannot be read: {error}") from error


def _number(file: Path, ref: str, said: str) -> float | None:
    try:
        return float(said) if said.strip() else None
    except ValueError:
        raise DatasetError(f"{file}: the score of {ref!r} is {said!r}, no number") from None


def _choice(said: str) -> bool | None:
    if said.strip().lower() in _YES | _NO:
        return said.strip().lower() in _YES
    return None


def _print(report: ImpactReport) -> None:
    console = Console(highlight=False)
    console.print(f"{report.people} candidates with a known group", end="")
    console.print(f"; {report.unmatched} without, {report.unscored} in the file without a score. {_INTRODUCTION}")
    for each in report.comparisons:
        console.print(_table(each))


def _table(comparison: Comparison) -> object:
    title = f"{comparison.rate.capitalize()} rate by {escape(comparison.category)}"
    shown = table(title, "group", "people", "rate", "95 %", "ratio", "95 %", "note")
    for row in comparison.groups:
        shown.add_row(*_cells(row))
    return shown


def _cells(row: GroupRate) -> tuple[str, ...]:
    low, high = row.interval
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    span = "" if row.ratio_interval is None else f"{row.ratio_interval[0]:.2f}–{row.ratio_interval[1]:.2f}"
    notes = "; ".join(note.value for note in row.notes)
    return escape(row.group), str(row.people), f"{row.rate:.0%}", f"{low:.0%}–{high:.0%}", ratio, span, notes
