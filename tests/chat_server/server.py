"""The server itself: takes connections, picks the behaviour, keeps what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from .batches import BatchDesk
from .behaviours import BEHAVIOURS, Behaviour, always, fails, honestly
from .wire import Received, Reply, read_request, send

Step = str | Reply | Behaviour
"""One step of a script: a behaviour's name, a ready reply, or a function of the request."""


@dataclass
class ChatServer:
    """Gives each request the next step of its script, the last one again and again; keeps what it was asked."""

    script: Sequence[Step] = ()
    port: int = 0
    received: list[Received] = field(default_factory=list)
    busiest: int = 0
    _steps_taken: int = 0
    _busy: int = 0
    _server: asyncio.Server | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = BatchDesk(self._behave)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._stopping.set()
        self._server.close()
        await asyncio.gather(*self._connections)

    @property
    def base_url(self) -> str:
        """Where it can be reached; stays the same address after the server has stopped."""
        if self.port == 0:
            assert self._server is not None
            self.port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def calls(self) -> int:
        """Model calls so far: chat completions and decisions."""
        return sum(request.path.endswith(("/chat/completions", "/decisions")) for request in self.received)

    def play(self, *script: Step) -> None:
        """Begin this script."""
        self.script, self._steps_taken = script, 0

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await read_request(reader)
            self.received.append(request)
            await send(self._reply(request), writer, self._stopping)
        self._busy -= 1
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def _reply(self, request: Received) -> Reply:
        path = request.path.split("?")[0]
        if path.endswith(("/chat/completions", "/decisions")):
            return self._behave(request)
        if path.startswith(("/v1/files", "/v1/batches")):
            return self.desk.handle(request)
        return fails(404, f"there is no {path}")

    def _behave(self, request: Received) -> Reply:
        step = self._step(request)
        behaviour = BEHAVIOURS[step] if isinstance(step, str) else always(step) if isinstance(step, Reply) else step
        return behaviour(request)

    def _step(self, request: Received) -> Step:
        """What the request's header asks for, else the script, else what the model's name says, else honesty."""
        if (named := request.headers.get("x-behaviour")) in BEHAVIOURS:
            return named
        if self.script:
            step = self.script[min(self._steps_taken, len(self.script) - 1)]
            self._steps_taken += 1
            return step
        model = request.body.get("model")
        return model if model in BEHAVIOURS else honestly
