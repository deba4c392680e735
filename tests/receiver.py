"""A receiver of webhooks on loopback that can do everything a receiver should not do."""

from __future__ import annotations

import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET, socket
from typing import Any

from api.sandbox.inbox import Request

MEGABYTE = b"x" * 2**20
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes `close` send a reset."""


Behaviour = Callable[["Receiver", socket], None]


def answers(status: int, *headers: str, body: bytes = b"") -> Behaviour:
    """Replies with a status."""
    head = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body)}", "Connection: close"))

    def reply(_receiver: Receiver, connection: socket) -> None:
        connection.sendall(f"HTTP/1.1 {status} -\r\n{head}\r\n".encode() + body)

    return reply


def hangs(receiver: Receiver, _connection: socket) -> None:
    """Says nothing until the test lets it go."""
    receiver.released.wait(30)


def hangs_in_the_body(receiver: Receiver, connection: socket) -> None:
    """Begins a reply and says no more."""
    connection.sendall(b"HTTP/1.1 200 -\r\nContent-Length: 9\r\n\r\nbe")
    receiver.released.wait(30)


def never_ends(_receiver: Receiver, connection: socket) -> None:
    """Sends a body until nobody listens any more."""
    connection.sendall(b"HTTP/1.1 200 -\r\n\r\n")
    with suppress(OSError):
        for _ in range(200):
            connection.sendall(MEGABYTE)


def resets(_receiver: Receiver, connection: socket) -> None:
    """Drops the connection."""
    connection.setsockopt(SOL_SOCKET, SO_LINGER, RESET)


def babbles(_receiver: Receiver, connection: socket) -> None:
    """Speaks no HTTP."""
    connection.sendall(b"\x15\x03\x01 220 smtp.example.com ESMTP\r\n\r\n")


@dataclass
class Receiver:
    """Where it listens, what it got, and how it behaves: by path, else with 204."""

    port: int = 0
    behaviour: dict[str, Behaviour] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def host(self) -> str:
        """As an operator would name it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """An http URL of it."""
        return f"http://{self.host}{path}"

    def wait_for(self, count: int, seconds: float = 20) -> list[Request]:
        """What it got, once that are so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, seconds), self.requests
            return list(self.requests)

    def serve(self, connection: socket) -> None:
        """One connection."""
        self.connections += 1
        request = _read(connection)
        if request is None:
            return
        with self.arrived:
            self.requests.append(request)
            self.arrived.notify_all()
        self.behaviour.get(request.path, answers(204))(self, connection)


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                if tls is None:
                    receiver.serve(self.request)
                    return
                with tls.wrap_socket(self.request, server_side=True) as connection:
                    receiver.serve(connection)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 256

        def shutdown_request(self, request: Any) -> None:
            self.close_request(request)  # without a goodbye, so that a reset is one

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()
            thread.join()


def _read(connection: socket) -> Request | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = connection.recv(65_536)
        if not piece:
            return None
        raw += piece
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65_536)
    return Request(method, path, headers, body)
