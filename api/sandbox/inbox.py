"""Where a played platform hears from the service."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol, TypeVar

from grader.errors import GraderError

SECONDS: Final = 60.0
"""In which something must be heard that follows by itself; it takes about three."""

LOOK_SECONDS: Final = 0.05

Check = Callable[[str, Any], None]
"""Fails where a value is not what the contract says of this name."""

T = TypeVar("T")


class SandboxFailed(GraderError):
    """The service did not do what a platform's contract says."""


class Heard(Protocol):
    """One request; the names of its headers are in small letters."""

    @property
    def method(self) -> str: ...  # noqa: D102 - as HTTP says
    @property
    def path(self) -> str: ...  # noqa: D102 - as HTTP says
    @property
    def headers(self) -> dict[str, str]: ...  # noqa: D102 - as HTTP says
    @property
    def body(self) -> bytes: ...  # noqa: D102 - as HTTP says


class Inbox(Protocol):
    """What was heard so far, and where."""

    @property
    def requests(self) -> Sequence[Heard]:
        """Every request, in the order in which they came."""
        ...

    def url(self, path: str) -> str:
        """Where a path of it is."""
        ...


@dataclass(frozen=True)
class Request:
    """One request to a LoopbackInbox."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class LoopbackInbox:
    """Listens on this machine and answers 200 with an empty object; `noted` is told of every request."""

    noted: Callable[[Request], None] = lambda _request: None
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        """As an operator would name it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        """Where a path of it is."""
        return f"http://{self.host}{path}"

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear until this is left."""
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def _hear(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                inbox.requests.append(request)
                inbox.noted(request)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_POST = do_PATCH = do_PUT = _hear  # noqa: N815 - as http.server looks for them

            def log_message(self, *_arguments: object) -> None:
                """Say nothing: `noted` does."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()


def unchecked(_name: str, _value: Any) -> None:  # noqa: ANN401 - whatever came
    """Without a contract at hand."""


def waited(look: Callable[[], T | None], for_what: str, seconds: float = SECONDS) -> T:
    """What `look` finds, as soon as it finds something; SandboxFailed after so many seconds."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise SandboxFailed(f"after {seconds:.0f} s there is no {for_what}")
        time.sleep(LOOK_SECONDS)
    return found


def require(holds: object, what: str) -> None:
    """SandboxFailed that says what should hold, where it does not."""
    if not holds:
        raise SandboxFailed(what)
