"""`grader batch`: a file of answers in, their grades out; interrupted, it goes on where it was."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shlex
import shutil
import sys
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated, Final, cast, get_args

import typer
from rich.console import Console
from rich.markup import escape

from grader.cli.questions import AsJson
from grader.errors import AnswerFileError
from grader.feedback import FeedbackMode
from grader.ports import Priority
from grader.settings import load_settings

if TYPE_CHECKING:
    from grader.batch_desk import BatchReport, EstimateReport
    from grader.cli.counters import Counter, Form
    from grader.client.batch_calls import BatchOptions, Budget

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal."""

STDIN: Final = Path("-")

LOOK_SECONDS: Final = 0.5
"""Between two looks at the batch."""

Outs = Annotated[
    list[Path] | None,
    typer.Option(
        "--out", "-o", help="Where results go: .jsonl, .csv, .html by the ending, a folder for all; repeatable."
    ),
]
Question = Annotated[
    str | None, typer.Option("--question", help="Question that rows answer which do not say what they answer.")
]
Server = Annotated[str | None, typer.Option(help="Have this server grade, such as https://grader.example.com.")]
Key = Annotated[str | None, typer.Option(help="API key for --server; better in GRADER_API_KEY.")]
SkipBadRows = Annotated[bool, typer.Option("--skip-bad-rows", help="Leave bad rows out instead of refusing the file.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what it would take: rows, calls, tokens, cost, time.")
]
Again = Annotated[bool, typer.Option("--again", help="A new batch, although the same file was graded before.")]
BudgetUsd = Annotated[float | None, typer.Option(min=0, help="Pause before more USD are spent.")]
BudgetCalls = Annotated[int | None, typer.Option(min=0, help="Pause before more LLM calls are made.")]
BudgetTokens = Annotated[int | None, typer.Option(min=0, help="Pause before more tokens are used, in and out.")]
HalfPrice = Annotated[
    bool,
    typer.Option("--half-price", help="Ask the LLM by bulk jobs at half the price, in a day or two."),
]
File = Annotated[
    Path,
    typer.Argument(metavar="IN", help="CSV, TSV, JSON, JSON lines or XLSX, a row an answer; - is stdin."),
]


def batch(  # noqa: PLR0913 - one parameter an option
    *,
    file: File,
    out: Outs = None,
    question: Question = None,
    judge: Annotated[str | None, typer.Option(help="Judge to use; default: as configured.")] = None,
    feedback: Annotated[FeedbackMode, typer.Option(help="hints keeps the reference secret.")] = FeedbackMode.FULL,
    name: Annotated[str | None, typer.Option(help="For people; default: the file's name.")] = None,
    priority: Annotated[Priority, typer.Option(help="Which batches go first.")] = Priority.NORMAL,
    half_price: HalfPrice = False,
    skip_bad_rows: SkipBadRows = False,
    budget_usd: BudgetUsd = None,
    budget_calls: BudgetCalls = None,
    budget_tokens: BudgetTokens = None,
    dry_run: DryRun = False,
    again: Again = False,
    server: Server = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Grade a file of answers. Ctrl-C, a crash or a power cut lose nothing: the same command goes on."""
    if not dry_run and not out:
        raise typer.BadParameter("say where the results go: -o results.csv, or -o FOLDER")
    options = given(
        name=name or ("stdin" if file == STDIN else file.name),
        feedback=feedback.value,
        priority=None if priority is Priority.NORMAL else priority.value,
        half_price=half_price or None,
        bad_rows="skip" if skip_bad_rows else None,
        judge=judge,
        question_id=question,
    )
    budget = budget_of(budget_usd, budget_calls, budget_tokens)
    with _on_disk(file) as there:
        wanted = cast("BatchOptions", options)
        run = _Run(there, targets_of(out or []), wanted, budget, server, key, again=again, as_json=as_json)
        raise typer.Exit(_ended(run.estimate() if dry_run else run.grade()))


def _ended(work: Coroutine[None, None, int]) -> int:
    """The exit code of the work, or of Ctrl-C."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        _say(f"\nInterrupted; nothing is lost. Go on with:\n  grader {escape(shlex.join(sys.argv[1:]))}")
        return INTERRUPTED


def given(**options: object) -> dict[str, object]:
    """The options that say something."""
    return {name: value for name, value in options.items() if value is not None}


def budget_of(usd: float | None, calls: int | None, tokens: int | None) -> Budget:
    """The budget of these options."""
    return cast("Budget", given(budget_usd=usd, budget_calls=calls, budget_tokens=tokens))


@contextmanager
def _on_disk(file: Path) -> Iterator[Path]:
    """The file; what comes from a pipe is written down first, since it is read twice."""
    if file != STDIN:
        yield file
        return
    with NamedTemporaryFile(prefix="grader-batch-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield Path(copy.name)


class _Run:
    """One call of the command."""

    def __init__(  # noqa: PLR0913, PLR0917 - the options
        self,
        file: Path,
        targets: list[tuple[Path, Form]],
        options: BatchOptions,
        budget: Budget,
        server: str | None,
        key: str | None,
        *,
        again: bool,
        as_json: bool,
    ) -> None:
        self._file, self._targets, self._options, self._budget = file, targets, options, budget
        self._again, self._as_json = again, as_json
        self._server, self._key = server, key

    def _counter(self, *, working: bool) -> AbstractAsyncContextManager[Counter]:
        from grader.cli.counters import counter

        return counter(load_settings(), self._server, self._key, working=working)

    async def estimate(self) -> int:
        """Say what it would take."""
        async with self._counter(working=False) as desk:
            found = await desk.estimate_batch(self._file, **self._options)
        _show_estimate(found, as_json=self._as_json)
        return 0

    async def grade(self) -> int:
        """Submit, or find what was submitted before; watch it; write the results."""
        async with self._counter(working=True) as desk:
            options: BatchOptions = {**self._options, **self._budget}
            submitted = await desk.submit_batch(self._file, key=self._submission_key(), **options)
            for bad in submitted.bad_rows:
                _say(f"[yellow]row {bad.row} left out:[/] {escape(bad.problem)}")
            report = await self._resumed(desk, submitted)
            report = await _watched(desk, report)
            for target, form in self._targets:
                await write_results(desk, report.id, target, form)
        return self._end(report)

    def _submission_key(self) -> str:
        """The same for the same file and the same wishes: the second time there is nothing new to submit."""
        if self._again:
            return f"file-{uuid.uuid4()}"
        wishes = {name: value for name, value in self._options.items() if name not in {"name", "priority"}}
        digest = hashlib.sha256(json.dumps(wishes, sort_keys=True).encode())
        try:
            with self._file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise AnswerFileError(f"cannot be read: {error.strerror}", file=str(self._file)) from error
        return f"file-{digest.hexdigest()}"

    async def _resumed(self, desk: Counter, report: BatchReport) -> BatchReport:
        if report.settled:
            _say(f"[dim]Batch {report.id}: {report.settled:,} of {report.total:,} rows were graded before.[/]")
        if report.state == "paused" and (report.reason == "asked" or self._budget):
            return await desk.resume_batch(report.id, **self._budget)
        return report

    def _end(self, report: BatchReport) -> int:
        from grader.cli.rendering import print_json

        if self._as_json:
            print_json(report)
        else:
            _show_end(report, [target for target, _ in self._targets])
        without = report.counts.failed + report.counts.ungraded
        return 0 if report.state == "completed" and not without else 1


async def _watched(desk: Counter, report: BatchReport) -> BatchReport:
    """Show how far it is until it runs no more."""
    from grader.cli.batch_progress import shown_progress

    with shown_progress(report) as show:
        while report.state == "running":
            await asyncio.sleep(LOOK_SECONDS)
            report = await desk.batch(report.id)
            show(report)
    return report


async def write_results(desk: Counter, batch_id: str, target: Path, form: Form) -> None:
    """Write a file of results whole: it is there, or the one before is."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            async for piece in desk.batch_results(batch_id, form):
                stream.write(piece)
        part.replace(target)
    except OSError as error:
        raise AnswerFileError(f"cannot be written: {error.strerror}", file=str(target)) from error


def targets_of(outs: list[Path]) -> list[tuple[Path, Form]]:
    """The files to write and their forms; a folder gets one of each."""
    from grader.cli.counters import Form

    found: list[tuple[Path, Form]] = []
    for out in outs:
        form = next((each for each in get_args(Form) if out.suffix.lower() == f".{each}"), None)
        if form is not None and not out.is_dir():
            found.append((out, form))
        elif out.is_dir() or not out.suffix:
            found += [(out / "results.jsonl", "jsonl"), (out / "results.csv", "csv"), (out / "summary.html", "html")]
        else:
            raise typer.BadParameter(f"{out}: results are written as .jsonl, .csv or .html, or into a folder")
    return found


def _show_estimate(found: EstimateReport, *, as_json: bool) -> None:
    from grader.cli.batch_progress import duration
    from grader.cli.rendering import print_json

    if as_json:
        print_json(found)
        return
    for bad in found.bad_rows:
        _say(f"[yellow]row {bad.row} is left out:[/] {escape(bad.problem)}")
    time = "not known before the first batch" if found.seconds is None else f"about {duration(found.seconds)}"
    how = {"measured": " (measured on earlier batches)", "default": " (measured elsewhere)"}.get(found.rate or "", "")
    print(  # noqa: T201 - the result is the output
        f"{found.rows:,} rows, {found.distinct:,} different answers, {found.key_points:,} key points to judge\n"
        f"LLM: at most {found.takes.calls:,} calls, {found.takes.tokens:,} tokens, ${found.takes.usd:,.2f}\n"
        f"Time: {time}{how}"
    )


def _show_end(report: BatchReport, targets: list[Path]) -> None:
    counts = report.counts
    parts = [f"{counts.graded:,} graded", f"{counts.needs_review:,} for review"]
    parts += [f"[red]{counts.ungraded + counts.failed:,} without a score[/]"] if counts.ungraded + counts.failed else []
    cost = f", ${report.spent.usd:,.2f}" if report.spent.usd else ""
    _say(f"[bold]{report.state}[/]{f' ({report.reason})' if report.reason else ''}: {', '.join(parts)}{cost}")
    for target in targets:
        _say(f"  {escape(str(target))}")
    if report.state == "completed" and counts.ungraded + counts.failed:
        _say(f"Try those without a score again: grader batches retry {report.id}, then this command.")
    if report.state == "paused":
        _say(f"Go on with a larger budget: grader batches resume {report.id} --budget-usd …, then this command.")
    if report.state == "cancelled":
        _say("It was cancelled; --again begins a new batch.")


def _say(text: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(text)
