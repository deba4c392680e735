"""Running the application under uvicorn."""

from __future__ import annotations

import socket

import uvicorn
from rich.console import Console

from api.app import create_app
from grader.settings import Settings


class _Server(uvicorn.Server):
    """Says where it can be reached once it can be reached."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            place = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            Console(highlight=False, soft_wrap=True).print(
                f"Practice: [bold]{place}/practice[/]\nAPI:      {place}/openapi.json\n[dim]Ctrl-C stops it.[/]"
            )


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve on a socket that listens already, until interrupted."""
    config = uvicorn.Config(create_app(settings), log_level="warning", server_header=False)
    _Server(config).run(sockets=[listener])
