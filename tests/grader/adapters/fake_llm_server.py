"""A chat completions endpoint on loopback that answers as scripted, well or badly."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Self

DRIP_SECONDS = 0.02
"""Time between two bytes of a dripping reply."""


class Ending(Enum):
    """What happens once the scripted bytes are sent."""

    CLOSE = auto()
    HANG = auto()
    DRIP = auto()
    RESET = auto()


@dataclass(frozen=True)
class Reply:
    """One scripted reply; without `status` nothing is sent before the ending."""

    body: bytes = b""
    status: int | None = 200
    content_type: str = "application/json"
    ending: Ending = Ending.CLOSE
    missing_bytes: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def wire(self) -> bytes:
        """The reply as it goes over the connection."""
        if self.status is None:
            return b""
        headers = {
            "Content-Type": self.content_type,
            "Content-Length": str(len(self.body) + self.missing_bytes),
            "Connection": "close",
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Scripted\r\n{head}\r\n".encode() + self.body


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class FakeLlmServer:
    """Gives each request the next scripted reply, the last one again and again; keeps what it was asked."""

    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._stopping.set()
        self._server.close()
        await asyncio.gather(*self._connections)

    @property
    def base_url(self) -> str:
        """Where it can be reached."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            self.received.append(await _read(reader))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            writer.write(reply.wire())
            await writer.drain()
            await self._end(reply.ending, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _end(self, ending: Ending, writer: asyncio.StreamWriter) -> None:
        if ending is Ending.HANG:
            await self._stopping.wait()
        elif ending is Ending.RESET:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        while ending is Ending.DRIP and not self._stopping.is_set():
            writer.write(b" ")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), DRIP_SECONDS)


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    request_line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    return Received(request_line.split()[1], headers, json.loads(body))


def says(content: object, *, finish_reason: object = "stop", **message: object) -> Reply:
    """A 200 with one choice that says `content` for 120 tokens in and 30 out."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content, **message},
    }
    return sends(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "fake-model-1",
            "choices": [choice],
            "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150},
        }
    )


def sends(body: object, status: int = 200) -> Reply:
    """A reply with this JSON body."""
    return Reply(json.dumps(body).encode(), status)


def fails(status: int, message: str = "no") -> Reply:
    """An error in the form of the OpenAI API."""
    return sends({"error": {"message": message, "type": "error", "code": None}}, status)
