"""`grader platforms`: which hiring platforms are connected, and what they could not be told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from grader.access import LOCAL_TENANT
from grader.bootstrap import Storage, build_connections
from grader.cli.rendering import print_json, table
from grader.platforms import Connections
from grader.ports import Connection, Delivery, DeliveryState
from grader.settings import load_settings

app = typer.Typer(help="Hiring platforms: what is connected, and what they could not be told.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Tenant = Annotated[str, typer.Option(help="Whose connections.")]
ConnectionId = Annotated[str, typer.Argument(help="Its id, as `grader platforms list` shows it.")]

MOST_SHOWN: Final = 200

_Result = TypeVar("_Result")


@app.command("list")
def list_connections(*, tenant: Tenant = LOCAL_TENANT, as_json: AsJson = False) -> None:
    """List the connections that count."""
    found = [each for each in _run(lambda connections: connections.store.list(tenant)) if not each.removed]
    if as_json:
        print_json({"connections": [_shown(each) for each in found]})
        return
    shown = table(None, "id", "platform", "connected")
    for each in found:
        shown.add_row(each.id, each.platform.value, f"{each.created_at:%Y-%m-%d %H:%M}")
    Console().print(shown)


@app.command("deliveries")
def deliveries(
    connection: ConnectionId,
    *,
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state; dead is what was given up.")] = None,
    tenant: Tenant = LOCAL_TENANT,
    as_json: AsJson = False,
) -> None:
    """List what a platform was told, or is to be told, the newest first."""
    found = _run(lambda connections: connections.told(tenant, connection, state, limit=MOST_SHOWN))
    if as_json:
        print_json({"deliveries": [_facts(each) for each in found]})
        return
    shown = table(None, "id", "order", "state", "tries", "status", "why", "last tried")
    for each in found:
        status = "–" if each.status is None else str(each.status)
        shown.add_row(
            each.id, each.about, each.state.value, str(each.tries), status, escape(each.reason), _moment(each.tried_at)
        )
    Console().print(shown)


@app.command("retry")
def retry(
    connection: ConnectionId,
    *,
    delivery: Annotated[str | None, typer.Option(help="Only this one, delivered or given up.")] = None,
    tenant: Tenant = LOCAL_TENANT,
    as_json: AsJson = False,
) -> None:
    """Tell a platform again what was given up; a running server or worker does it within a second."""
    again = _run(lambda connections: connections.retry(tenant, connection, delivery))
    if as_json:
        print_json({"retried": again})
        return
    Console(highlight=False).print(f"{again} to be told again.")


def _run(work: Callable[[Connections], Awaitable[_Result]]) -> _Result:
    """Do something with the connections of these settings."""

    async def opened() -> _Result:
        settings = load_settings()
        storage = Storage(settings)
        try:
            return await work(build_connections(settings, storage))
        finally:
            await storage.close()

    return asyncio.run(opened())


def _shown(connection: Connection) -> dict[str, Any]:
    """What may be shown of a connection."""
    return connection.model_dump(mode="json", include={"id", "platform", "created_at"})


def _facts(delivery: Delivery) -> dict[str, Any]:
    same = ("id", "message_id", "tries", "status", "reason")
    return {
        **{name: getattr(delivery, name) for name in same},
        "order_id": delivery.about,
        "state": delivery.state.value,
        "tried_at": None if delivery.tried_at is None else delivery.tried_at.isoformat(),
        "due_at": delivery.due_at.isoformat() if delivery.state is DeliveryState.WAITING else None,
    }


def _moment(at: datetime | None) -> str:
    return "–" if at is None else f"{at:%Y-%m-%d %H:%M}"
