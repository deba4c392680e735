"""HTTP/1.1 as uvicorn reads it, with what it lacks: a time limit for the head, and problems instead of plain text.

What is wrong with bytes that are no request yet cannot be said by the application: it is never called for them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api import errors
from api.guard import SECURITY_HEADERS
from api.problems import PROBLEMS

HEAD_SECONDS: Final = 30.0
"""Time for a head to arrive, from its first byte or from the opening of the connection."""

MAX_INCOMPLETE_HEAD: Final = 32 * 1024
"""Bytes of a head that is not complete: over the sum of the limits that `api.request_limits` tells more exactly."""

_SLUGS: Final = {431: "headers-too-large", 408: "request-timeout"}


class ProblemProtocol(H11Protocol):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and should say something."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        super().data_received(data)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_expecting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words are replaced
        """Refuse what is no request, and hang up."""
        self._refuse(getattr(sys.exc_info()[1], "error_status_hint", 400))

    def _expect_head(self) -> None:
        """Wait for the rest of a head no longer than HEAD_SECONDS; a body has its own limit in `api.body`."""
        if self.conn.their_state is not h11.IDLE:
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
        body = {"type": errors.TYPE_PREFIX + slug, "title": meaning.title, "status": status, "detail": meaning.remedy}
        headers = [*SECURITY_HEADERS.items(), ("Content-Type", errors.MEDIA_TYPE), ("Connection", "close")]
        response = h11.Response(status_code=status, headers=headers, reason=meaning.title)
        for event in (response, h11.Data(data=json.dumps(body).encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
