"""What surrounds a request so that it can be told from outside: its id, its line in the log, its place in the counts.

Here, too, ends every error that nobody expected, inside the security headers and not outside as with the framework.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, request_id
from api.metrics import METHODS, NO_ROUTE, Metrics

_log: Final = logging.getLogger(__name__)

CLIENT_GONE: Final = 499
"""Stands for the status where the client went away before there was one, as nginx counts it."""

_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Routes that machines ask every few seconds: logged only where they fail."""


class Observed:
    """ASGI middleware: gives a request its id, answers what nobody else answered, and writes down how it ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics, render: errors.Render) -> None:
        self._app = app
        self._metrics = metrics
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, begun, response = scope["method"], time.perf_counter(), _Response(send, request_id.begin())
        self._metrics.begin()
        try:
            await self._served(scope, receive, response)
        finally:
            seconds, route = time.perf_counter() - begun, getattr(scope.get("route"), "path_format", None)
            self._metrics.end(method, route, response.status, seconds)
            _write_down(method, route, response.status, seconds)

    async def _served(self, scope: Scope, receive: Receive, response: _Response) -> None:
        try:
            await self._app(scope, receive, response.send)
        except Exception:
            _log.exception("a request failed in a way nobody expected")
            if response.begun:  # too late for a problem: the server closes the connection
                raise
            problem = await self._render(Request(scope), errors.unexpected())
            await problem(scope, receive, response.send)


class _Response:
    """The response as it goes out, with the request's id in its head."""

    def __init__(self, send: Send, identity: str) -> None:
        self._send = send
        self._identity = identity
        self.status = CLIENT_GONE
        self.begun = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status, self.begun = message["status"], True
            MutableHeaders(scope=message)[request_id.HEADER] = self._identity
        await self._send(message)


def _write_down(method: str, route: str | None, status: int, seconds: float) -> None:
    """One line a request: the route's template, never the path, which may hold an id or a name."""
    if route in _QUIET and status < 400:  # noqa: PLR2004 - HTTP's own line
        return
    fields = {
        "method": method if method in METHODS else "OTHER",
        "route": route or NO_ROUTE,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    _log.info("%(method)s %(route)s %(status)d", fields, extra={"fields": fields})
