"""`grader batches`: those there are, and what can be done with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.cli.batch import BudgetCalls, BudgetTokens, BudgetUsd, Key, Outs, Server, budget_of
from grader.cli.questions import AsJson
from grader.cli.rendering import print_json, table
from grader.settings import load_settings

if TYPE_CHECKING:
    from grader.batch_desk import BatchReport
    from grader.cli.counters import Counter

app = typer.Typer(help="List, look at and control batches.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Id of a batch, as `grader batches list` shows it.")]
SHOWN: Final = 50
Answer = TypeVar("Answer")


@app.command("list")
def list_batches(*, server: Server = None, key: Key = None, as_json: AsJson = False) -> None:
    """The last 50 batches, newest first."""

    async def first(desk: Counter) -> list[BatchReport]:
        found: list[BatchReport] = []
        async for report in desk.batches():
            found.append(report)
            if len(found) == SHOWN:
                break
        return found

    found = _asked(server, key, first)
    if as_json:
        print_json(found)
    else:
        Console(highlight=False).print(_table(found))


@app.command("show")
def show(batch_id: Id, *, server: Server = None, key: Key = None, as_json: AsJson = False) -> None:
    """How far a batch is."""
    _show(_asked(server, key, lambda desk: desk.batch(batch_id)), as_json=as_json)


@app.command("pause")
def pause(batch_id: Id, *, server: Server = None, key: Key = None, as_json: AsJson = False) -> None:
    """Let a batch rest; what is under way ends within seconds."""
    _show(_asked(server, key, lambda desk: desk.pause_batch(batch_id)), as_json=as_json)


@app.command("resume")
def resume(  # noqa: PLR0913 - one parameter an option
    batch_id: Id,
    *,
    budget_usd: BudgetUsd = None,
    budget_calls: BudgetCalls = None,
    budget_tokens: BudgetTokens = None,
    server: Server = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Let a paused batch go on, with another budget if given; a server or `grader batch` grades it."""
    budget = budget_of(budget_usd, budget_calls, budget_tokens)
    _show(_asked(server, key, lambda desk: desk.resume_batch(batch_id, **budget)), as_json=as_json)


@app.command("cancel")
def cancel(batch_id: Id, *, server: Server = None, key: Key = None, as_json: AsJson = False) -> None:
    """End a batch for good; the results it has stay."""
    _show(_asked(server, key, lambda desk: desk.cancel_batch(batch_id)), as_json=as_json)


@app.command("retry")
def retry(batch_id: Id, *, server: Server = None, key: Key = None, as_json: AsJson = False) -> None:
    """Grade the rows of a completed batch again that have no score; a server or `grader batch` does it."""
    rows = _asked(server, key, lambda desk: desk.retry_batch(batch_id))
    if as_json:
        print_json({"rows": rows})
    else:
        print(f"{rows:,} rows are graded again")  # noqa: T201 - the result is the output


@app.command("results")
def results(batch_id: Id, *, out: Outs = None, server: Server = None, key: Key = None) -> None:
    """Write the results there are by now, of a batch that runs, too."""
    from grader.cli.batch import targets_of, write_results

    wanted = targets_of(out or [Path(f"batch-{batch_id[:8]}")])

    async def write(desk: Counter) -> None:
        for target, form in wanted:
            await write_results(desk, batch_id, target, form)

    _asked(server, key, write)
    for target, _ in wanted:
        print(target)  # noqa: T201 - the result is the output


def _asked(server: str | None, key: str | None, ask: Callable[[Counter], Awaitable[Answer]]) -> Answer:
    from grader.cli.counters import counter

    async def at_the_counter() -> Answer:
        async with counter(load_settings(), server, key, working=False) as desk:
            return await ask(desk)

    return asyncio.run(at_the_counter())


def _show(report: BatchReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        Console(highlight=False).print(_table([report]))


def _table(reports: list[BatchReport]) -> Table:
    from grader.cli.batch_progress import told

    shown = table(None, "id", "name", "state", "rows", "done", "")
    for report in reports:
        state = f"{report.state} ({report.reason})" if report.reason else str(report.state)
        done = f"{report.settled / report.total:.0%}" if report.total else ""
        shown.add_row(report.id, escape(report.name), state, f"{report.total:,}", done, told(report))
    return shown
