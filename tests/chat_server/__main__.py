"""`python -m tests.chat_server`: the server for a demo, until it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress

from .behaviours import BEHAVIOURS
from .server import ChatServer


async def serve(port: int) -> None:
    """Serve until interrupted."""
    async with ChatServer(port=port) as server:
        print(f"{server.base_url} - the model's name selects the behaviour")  # noqa: T201 - a demo's only output
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chat_server", description="A chat endpoint for demos.")
    parser.add_argument("--port", type=int, default=9009)
    parser.add_argument("--list", action="store_true", help="print the behaviours and end")
    options = parser.parse_args()
    if options.list:
        print("\n".join(BEHAVIOURS))  # noqa: T201
    else:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(options.port))
