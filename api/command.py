"""The `grader` script: the command line of `grader`, and `serve`, which only this package can offer."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.console import Console

from grader.assessment import Platform
from grader.bootstrap import Storage, build_services
from grader.cli import app, main
from grader.errors import ConfigurationError
from grader.settings import Settings, load_settings

__all__ = ["main"]

PLAIN_ANSWER: Final = (
    "Each token attends only to a window of its neighbours. Residual connections give gradients a direct path back."
)
"""To the two questions of the sandbox."""


class Played(StrEnum):
    """Platforms that `sandbox` can play."""

    GREENHOUSE = "greenhouse"
    ASHBY = "ashby"


MAX_WAITING: Final = 2048
"""Connections that may wait to be accepted, as many as uvicorn would let."""


@app.command("serve")
def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default 8000, 0 picks a free one.")] = None,
) -> None:
    """Serve the API and the practice page."""
    settings = load_settings()
    chosen = host or settings.host
    if not _is_loopback(chosen):
        asyncio.run(_require_keys(settings, chosen))
    with _listening(chosen, settings.port if port is None else port) as listener:
        # Clients may come from here on: they wait for FastAPI and uvicorn, which no other command needs, to load.
        from api.server import run  # noqa: PLC0415

        run(settings, listener)


@app.command("sandbox")
def sandbox(
    platform: Annotated[Played, typer.Argument(help="Which platform to play.")],
    *,
    answer: Annotated[str, typer.Option(help="What the played candidate writes to every question.")] = PLAIN_ANSWER,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Take the test yourself, in a browser.")] = False,
) -> None:
    """Play a hiring platform on this machine: one order over real HTTP, every message shown; nothing is kept.

    The service under test has a folder of its own, which is deleted at the end, and may call nobody but the platform.
    """
    from api.sandbox import playing  # noqa: PLC0415 - as in `serve`

    console = Console(highlight=False, soft_wrap=True, markup=False)
    with (
        TemporaryDirectory(prefix="grader-sandbox-") as folder,
        playing.sandbox(load_settings(), Path(folder), console.print) as played,
    ):
        played.play(Platform(platform.value), answer, by_hand=by_hand)
    console.print("\nThe order went its whole way.")


@app.command("mcp")
def mcp() -> None:
    """Offer grading to a language model as tools (MCP), over standard input and output; needs answer-grader[mcp]."""
    try:
        from api.mcp_server import build_server  # noqa: PLC0415 - 1.5 s, which no other command needs
    except ImportError as error:
        raise ConfigurationError(f"{error.name} is not installed: pip install 'answer-grader[mcp]'") from error
    build_server(build_services(load_settings())).run("stdio")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _require_keys(settings: Settings, host: str) -> None:
    """Without API keys nobody outside this machine may reach the service."""
    storage = Storage(settings)
    try:
        if await storage.keys.any():
            return
    finally:
        await storage.close()
    raise ConfigurationError(
        f"{host} is not a loopback address; without API keys the service listens on 127.0.0.1, ::1 or localhost: "
        "`grader keys create` makes one"
    )


def _listening(host: str, port: int) -> socket.socket:
    """A socket that accepts connections; ConfigurationError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=MAX_WAITING)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port, 0 picks a free one"
        ) from error
