"""`grader keys`: who may use the service over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from grader.access import EVERYTHING, LOCAL_TENANT, ApiKey, Grant, IssuedKey, Scope
from grader.bootstrap import Storage, build_keyring
from grader.cli.rendering import print_json, table
from grader.errors import ConfigurationError
from grader.keyring import OVERLAP, Keyring
from grader.settings import load_settings

app = typer.Typer(help="API keys: who may use the service over HTTP.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
KeyId = Annotated[str, typer.Argument(help="The 8 characters of its id, as `grader keys list` shows them.")]

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_Result = TypeVar("_Result")


@app.command("create")
def create(
    *,
    name: Annotated[str, typer.Option(help="What you will know it by, e.g. `hiring platform`.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; give it several times. `admin` is everything.")],
    tenant: Annotated[str, typer.Option(help="Whose data it works on.")] = LOCAL_TENANT,
    expires: Annotated[str | None, typer.Option(help="When it ends: 30d, 12h, 45m; default: never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and show it once: only a hash of it is kept."""
    grant = Grant(name, tenant, frozenset(scope), None if expires is None else _duration(expires))
    _show_issued(_run(lambda keyring: _created(keyring, grant)), as_json=as_json)


@app.command("list")
def list_keys(
    *, tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None, as_json: AsJson = False
) -> None:
    """List the keys, those that no longer count included."""
    keys = _run(lambda keyring: keyring.store.list(tenant))
    if as_json:
        print_json({"keys": [_facts(key) for key in keys]})
        return
    shown = table(None, "id", "name", "tenant", "scopes", "state", "expires", "last used")
    for key in keys:
        state = key.state(datetime.now(UTC)).value
        shown.add_row(
            key.id, escape(key.name), key.tenant, _scopes(key), state, _day(key.expires_at), _day(key.last_used_at)
        )
    Console().print(shown)


@app.command("revoke")
def revoke(key_id: KeyId, *, as_json: AsJson = False) -> None:
    """End a key for ever; running servers refuse it within two seconds."""
    key = _run(lambda keyring: keyring.revoke(key_id))
    if as_json:
        print_json(_facts(key))
        return
    Console(highlight=False).print(f"{key.id} ({escape(key.name)}) counts no longer.")


@app.command("rotate")
def rotate(
    key_id: KeyId,
    *,
    overlap: Annotated[str | None, typer.Option(help="How long the old key goes on: 7d, 12h, 0m; default 1d.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a successor of a key, which itself goes on for a while."""
    length = OVERLAP if overlap is None else _duration(overlap)
    _show_issued(_run(lambda keyring: keyring.rotate(key_id, length)), as_json=as_json)


async def _created(keyring: Keyring, grant: Grant) -> IssuedKey:
    try:
        return await keyring.create(grant)
    except ValidationError as error:
        wrong = ", ".join(f"{found['loc'][0]}: {found['msg']}" for found in error.errors())
        raise ConfigurationError(f"this cannot be a key: {wrong}") from error


def _run(work: Callable[[Keyring], Awaitable[_Result]]) -> _Result:
    """Do something with the keys of these settings."""

    async def opened() -> _Result:
        settings = load_settings()
        storage = Storage(settings)
        try:
            return await work(build_keyring(settings, storage))
        finally:
            await storage.close()

    return asyncio.run(opened())


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([mhd])", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no duration; write a number and m, h or d, such as 30d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _show_issued(issued: IssuedKey, *, as_json: bool) -> None:
    if as_json:
        print_json({**_facts(issued.key), "token": str(issued.token)})
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{issued.token}[/]")
    key = issued.key
    console.print(f"[dim]{key.id}: {escape(key.name)}, tenant {key.tenant}, may {_scopes(key)}.[/]")
    console.print("Copy it now: it cannot be shown again. From now on requests to /v1 need a key.")


def _facts(key: ApiKey) -> dict[str, Any]:
    """What may be shown of a key."""
    return {**key.model_dump(mode="json"), "scopes": sorted(key.scopes), "state": key.state(datetime.now(UTC)).value}


def _scopes(key: ApiKey) -> str:
    return "everything" if Scope.ADMIN in key.scopes or key.scopes == EVERYTHING else ", ".join(sorted(key.scopes))


def _day(moment: datetime | None) -> str:
    return "–" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
