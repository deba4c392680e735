"""`grader db`: the schema of the database."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from grader.bootstrap import database_schema, upgrade_database
from grader.cli.purge import purge
from grader.cli.rendering import print_json
from grader.settings import load_settings

if TYPE_CHECKING:
    from grader.adapters.sql.migrations import Schema

app = typer.Typer(help="The database.", no_args_is_help=True)

app.command("purge")(purge)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_MEANING: Final = {
    "current": "up to date",
    "newer": "newer than this program, which works with it all the same",
    "outdated": "too old for this program; `grader db upgrade` upgrades it",
    "empty": "empty; `grader db upgrade` makes its tables",
}


@app.command("upgrade")
def upgrade(*, as_json: AsJson = False) -> None:
    """Bring the database to this program's schema; nothing is lost, and a second run changes nothing.

    A SQLite file is copied first, to a file beside it. Run it as the owner of the tables in PostgreSQL.
    """
    _show(asyncio.run(upgrade_database(load_settings())), as_json=as_json)


@app.command("status")
def status(*, as_json: AsJson = False) -> None:
    """Say where the database stands, changing nothing; exit code 1 where it must be upgraded."""
    schema = asyncio.run(database_schema(load_settings()))
    _show(schema, as_json=as_json)
    if schema.state in {"empty", "outdated"}:
        raise typer.Exit(1)


def _show(schema: Schema, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(schema))
        return
    at = escape(schema.revision or "no revision")
    Console(highlight=False, soft_wrap=True).print(f"{at} (wanted: {schema.wanted}): {_MEANING[schema.state]}")
    if schema.unbound:
        Console(highlight=False, soft_wrap=True).print(
            "[yellow]This role is bound by no row-level security: serve as one that is no superuser.[/]"
        )
