"""Processor time of one request: `python -m tests.benchmarks.load.processor [sqlite|postgresql ...]`.

Requests are handed to the protocol of a running application in this process, one after the other, as if they had come
over a socket. What is counted is the time that this process spends on the processor, which neighbours can make three
times as long by the caches they fill: compare in turns. PostgreSQL's own processes are not in it; the grades that are
made meanwhile are.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from uvicorn.server import ServerState

from api import logs
from api.app import create_app
from api.server import configured
from grader.bootstrap import Services
from grader.settings import Settings
from tests.benchmarks.load.measure import database, get, new_key, post
from tests.benchmarks.load.server import patient_services

WARM, COUNTED, ROUNDS = 30, 100, 4
"""Requests, and how often so many are counted: the least of it is told."""

GRADED_SECONDS = 1.5
"""After which the first submission has its grade."""

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Wire(asyncio.Transport):
    """What a connection writes to; `said` is the next whole answer."""

    def __init__(self) -> None:
        super().__init__()
        self._written = b""
        self.said: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._written += data
        head, found, body = self._written.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if found and length and len(body) >= int(length[1]) and not self.said.done():
            self.said.set_result(self._written)

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("127.0.0.1", 8000) if name in {"peername", "sockname"} else default

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """Nothing comes that was not asked for."""

    def resume_reading(self) -> None:
        """As above."""

    def expect(self) -> asyncio.Future[bytes]:
        self._written, self.said = b"", asyncio.get_running_loop().create_future()
        return self.said


class Connection:
    """One connection to the application."""

    def __init__(self, services: Services) -> None:
        self.app = create_app(services.settings, services)
        config = configured(self.app)
        config.load()
        self._wire = Wire()
        self._protocol = config.http_protocol_class(config=config, server_state=ServerState(), app_state={})
        self._protocol.connection_made(self._wire)

    async def ask(self, request: bytes) -> bytes:
        said = self._wire.expect()
        self._protocol.data_received(request)
        return await said

    async def each(self, request: bytes) -> float:
        """Milliseconds of processor time for one of these."""
        for _ in range(WARM):
            await self.ask(request)
        return round(min([await self._counted(request) for _ in range(ROUNDS)]), 3)

    async def _counted(self, request: bytes) -> float:
        begun = time.process_time()
        for _ in range(COUNTED):
            await self.ask(request)
        return (time.process_time() - begun) * 1000 / COUNTED


async def figures(settings: Settings, key: str) -> dict[str, float]:
    """Of a request that needs nothing, of a status, of a submission."""
    services = patient_services(settings)
    connection = Connection(services)
    async with connection.app.router.lifespan_context(connection.app):
        while connection.app.state.application.readiness.waiting_for:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
        submission = post(key)
        promised = re.search(rb"location: (\S+)", await connection.ask(submission), re.IGNORECASE)
        assert promised
        await asyncio.sleep(GRADED_SECONDS)
        asked = {"alive": get(key, "/healthz"), "status": get(key, promised[1].decode()), "accept": submission}
        return {name: await connection.each(request) for name, request in asked.items()}


def measured(kind: str) -> dict[str, float]:
    """On one kind of database."""
    with database(kind) as url, tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        settings = Settings(
            database_url=url,
            data_dir=folder,
            key_requests_per_minute=0,
            tenant_requests_per_minute=0,
            backlog_limit=1_000_000,
        )
        logs.set_up(settings, nowhere)
        key = asyncio.run(new_key(settings))
        return asyncio.run(figures(settings, key))


if __name__ == "__main__":
    for name in sys.argv[1:] or ["sqlite", "postgresql"]:
        print(name, measured(name), "ms", flush=True)
