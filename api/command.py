"""The `grader` script: the command line of `grader`, and `serve`, which only this package can offer."""

from __future__ import annotations

import ipaddress
import socket
from typing import Annotated, Final

import typer

from grader.cli import app, main
from grader.errors import ConfigurationError
from grader.settings import load_settings

__all__ = ["main"]

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
    _require_loopback(chosen)
    with _listening(chosen, settings.port if port is None else port) as listener:
        # Clients may come from here on: they wait for FastAPI and uvicorn, which no other command needs, to load.
        from api.server import run  # noqa: PLC0415

        run(settings, listener)


def _require_loopback(host: str) -> None:
    """Without API keys nobody outside this machine may reach the service."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigurationError(
            f"{host} is not a loopback address; without API keys the service listens on 127.0.0.1, ::1 or localhost"
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
