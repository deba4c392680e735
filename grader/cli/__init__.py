"""The command line: `grader …`; `--json` on everything that prints a result.

Exit codes: 0 done, 1 failed or found something wrong, 2 called wrongly.
"""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from rich.markup import escape

from grader import __version__
from grader.cli import (
    audit,
    batch,
    batches,
    bench,
    db,
    doctor,
    fairness,
    grade,
    keys,
    platforms,
    questions,
    rubric,
    train,
    transcript,
    worker,
)
from grader.errors import GraderError
from rubrics.errors import RubricError

app = typer.Typer(
    name="grader",
    help="Grade free-text answers against the key points of a reference answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("grade")(grade.grade)
app.add_typer(questions.app, name="questions")
app.add_typer(rubric.app, name="rubric")
app.command("batch")(batch.batch)
app.add_typer(batches.app, name="batches")
app.command("bench")(bench.bench)
app.add_typer(train.app, name="train")
app.command("transcript")(transcript.transcript)
app.add_typer(keys.app, name="keys")
app.add_typer(platforms.app, name="platforms")
app.add_typer(fairness.app, name="fairness")
app.add_typer(db.app, name="db")
app.add_typer(audit.app, name="audit")
app.command("worker")(worker.worker)
app.command("doctor")(doctor.doctor)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:  # noqa: FBT001, FBT003 - typer's way to declare a flag
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; an expected error is one line on standard error and exit code 1."""
    try:
        app()
    except (GraderError, RubricError) as error:
        Console(stderr=True).print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
