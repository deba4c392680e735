"""Running the application under uvicorn."""

from __future__ import annotations

import socket
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from api import logs
from api.app import create_app
from api.dependencies import Application
from api.protocol import ProblemProtocol
from grader.errors import StorageError
from grader.settings import Settings

FINISH_SECONDS: Final = 30
"""Time for requests under way when the service is told to stop; a grade that takes longer was promised by then."""


class _Server(uvicorn.Server):
    """Says where it can be reached once it can be reached; ends when the application refuses to go on."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            place = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            Console(highlight=False, soft_wrap=True).print(
                f"Practice: [bold]{place}/practice[/]\nAPI:      {place}/openapi.json\n[dim]Ctrl-C stops it.[/]"
            )

    async def on_tick(self, counter: int) -> bool:
        """Whether to end."""
        return _refusal(self.config.app) is not None or await super().on_tick(counter)


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve with these settings on a socket that listens already; see `serve`."""
    logs.set_up(settings)
    serve(create_app(settings), listener)


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Serve until interrupted, then finish what is under way.

    SchemaOutdated, after it has ended, where the database turns out to be too old; StorageBroken where the disk fails.
    """
    _Server(configured(app)).run(sockets=[listener])
    refusal = _refusal(app)
    if refusal is not None:
        raise refusal


def _refusal(app: Any) -> StorageError | None:  # noqa: ANN401 - uvicorn takes many kinds of applications
    """Why the application cannot go on, if it cannot."""
    application: Application | None = getattr(app.state, "application", None)
    return None if application is None else application.readiness.refusal or application.services.storage.broken


def configured(app: FastAPI) -> uvicorn.Config:
    """How uvicorn serves `app`."""
    return uvicorn.Config(
        app,
        http=ProblemProtocol,
        timeout_graceful_shutdown=FINISH_SECONDS,
        log_config=None,
        access_log=False,  # `api.observation` writes one that names no address
        server_header=False,
        ws="none",
    )
