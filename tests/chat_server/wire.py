"""HTTP as raw bytes on a socket, so that it can go wrong in every way a real endpoint goes wrong."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

DRIP_SECONDS = 0.02
"""Time between two bytes of a dripping reply."""

FLOOD_BYTES = 64 * 1024
"""Size of one piece of an endless reply."""


class Ending(Enum):
    """What happens once the scripted bytes are sent."""

    CLOSE = auto()
    HANG = auto()
    DRIP = auto()
    FLOOD = auto()
    RESET = auto()


@dataclass(frozen=True)
class Reply:
    """One reply; without `status` nothing is sent before the ending, `missing_bytes` are announced and never come."""

    body: bytes = b""
    status: int | None = 200
    content_type: str = "application/json"
    ending: Ending = Ending.CLOSE
    missing_bytes: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0

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
    """One request as it came in; `body` is its JSON object, empty where it has none."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        try:
            found: dict[str, Any] = json.loads(self.raw)
        except ValueError:
            return {}
        return found


async def read_request(reader: asyncio.StreamReader) -> Received:
    """The next request of a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request_line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    method, path, _ = request_line.split()
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, raw)


async def send(reply: Reply, writer: asyncio.StreamWriter, stopping: asyncio.Event) -> None:
    """Put the reply on the connection and end it as it says; endless endings end when the server stops."""
    await _wait(stopping, reply.delay)
    writer.write(reply.wire())
    await writer.drain()
    if reply.ending is Ending.HANG:
        await stopping.wait()
    elif reply.ending is Ending.RESET:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    pieces = {Ending.DRIP: (b" ", DRIP_SECONDS), Ending.FLOOD: (b" " * FLOOD_BYTES, 0.0)}
    while reply.ending in pieces and not stopping.is_set():
        piece, pause = pieces[reply.ending]
        writer.write(piece)
        await writer.drain()
        await _wait(stopping, pause)


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        if seconds > 0:
            await asyncio.wait_for(stopping.wait(), seconds)
