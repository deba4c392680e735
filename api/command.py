"""The `grader` script: the command line of `grader`, and `serve`, which only this package can offer."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import typer

from grader.cli import app, main
from grader.errors import ConfigurationError
from grader.settings import load_settings

__all__ = ["main"]


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
    from api.server import run  # noqa: PLC0415 - FastAPI and uvicorn, which no other command needs

    run(settings, host=chosen, port=settings.port if port is None else port)


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
