"""`grader audit`: whether the decision log is whole, and whether what is stored is still what was logged."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from grader.audit import Anchor
from grader.auditing import Verified
from grader.bootstrap import Storage, build_auditor
from grader.cli.rendering import print_json
from grader.settings import Settings, load_settings

app = typer.Typer(help="The decision log.", no_args_is_help=True)

_HELP_ANCHOR: Final = "An entry noted earlier, as NUMBER:HASH; it must still be there. Needs --tenant."


@app.callback()
def _group() -> None:
    """The decision log."""  # with a callback, `verify` stays a command of its own


@app.command("verify")
def verify(
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's log; default: every one.")] = None,
    anchor: Annotated[list[str] | None, typer.Option(help=_HELP_ANCHOR)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Walk the log from its first entry to its last and name the first that does not hold; exit code 1 if there is one.

    Note the printed end of a log somewhere else: with --anchor a later run shows that nobody wrote a whole new log.
    """
    anchors = _anchors(anchor or [], tenant)
    found = asyncio.run(_verified(load_settings(), tenant, anchors))
    if as_json:
        print_json({"logs": [_row(each) for each in found]})
    else:
        _show(found)
    if any(each.broken for each in found):
        raise typer.Exit(1)


def _anchors(written: list[str], tenant: str | None) -> tuple[Anchor, ...]:
    if written and tenant is None:
        raise typer.BadParameter("an anchor belongs to one log; name it with --tenant")
    try:
        return tuple(Anchor.parse(text) for text in written)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


async def _verified(settings: Settings, tenant: str | None, anchors: tuple[Anchor, ...]) -> list[Verified]:
    storage = Storage(settings)
    try:
        auditor = build_auditor(storage)
        tenants = (tenant,) if tenant else await storage.audit.tenants()
        return [await auditor.verify(each, anchors) for each in tenants]
    finally:
        await storage.close()


def _row(found: Verified) -> dict[str, object]:
    broken = None if found.broken is None else {"entry": found.broken.number, "reason": found.broken.reason}
    return {"tenant": found.tenant, "entries": found.entries, "head": str(found.head), "broken": broken}


def _show(found: list[Verified]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not found:
        console.print("There is no log yet.")
    for each in found:
        if each.broken is None:
            console.print(f"[green]ok[/] {escape(each.tenant)}: {each.entries} entries hold, the last is {each.head}")
        else:
            console.print(
                f"[bold red]broken[/] {escape(each.tenant)}: entry {each.broken.number}: {escape(each.broken.reason)}; "
                f"{each.broken.number - 1} entries before it hold"
            )
