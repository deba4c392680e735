"""HTTP/1.1 as uvicorn reads it, with what it lacks: limits for the head, and problems instead of plain text.

What is wrong with bytes that are no request yet cannot be said by the application: it is never called for them.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api import errors
from api.guard import SECURITY_HEADERS
from api.problems import PROBLEMS

HEAD_SECONDS: Final = 30.0
"""Time for a head to arrive, from its first byte or from the opening of the connection."""

MAX_INCOMPLETE_HEAD: Final = 32 * 1024
"""Bytes of a head that is not complete: over the sum of the limits that `api.request_limits` tells more exactly."""

_SLUGS: Final = {431: "headers-too-large", 408: "request-timeout"}


class ProblemProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None
        self._awaits_head = True
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and should say something."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        if self._awaits_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._awaits_head and self._head_bytes > MAX_INCOMPLETE_HEAD:
            self._refuse(431)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_expecting()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """A head is there; what the parser lets pass is refused here: HTTP/1.1 names one host (RFC 9112, 3.2)."""
        self._awaits_head, self._head_bytes = False, 0
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise ValueError("a request names its host once")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request is there."""
        self._awaits_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words are replaced
        """Refuse what is no request, and hang up."""
        self._refuse(400)

    def _expect_head(self) -> None:
        """Wait for the rest of a head no longer than HEAD_SECONDS; a body has its own limit in `api.body`."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering or not self._awaits_head:
            self._stop_expecting()
        elif self._deadline is None and not self._waits_between_requests():
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._refuse, 408)

    def _waits_between_requests(self) -> bool:
        """Whether nothing of a next request has come: then uvicorn's own, shorter time limit runs."""
        return self.timeout_keep_alive_task is not None

    def _stop_expecting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        if self.transport.is_closing():
            return
        meaning = PROBLEMS[_SLUGS.get(status, "malformed-request")]
        slug = _SLUGS.get(status, "malformed-request")
        said = {"type": errors.TYPE_PREFIX + slug, "title": meaning.title, "status": status, "detail": meaning.remedy}
        body = json.dumps(said).encode()
        length = ("Content-Length", str(len(body)))
        headers = [*SECURITY_HEADERS.items(), ("Content-Type", errors.MEDIA_TYPE), length, ("Connection", "close")]
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self.transport.write(f"HTTP/1.1 {status} {meaning.title}\r\n{head}\r\n".encode() + body)
        self.transport.close()
