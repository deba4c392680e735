"""How many requests are under way at once: one more is refused at once, so that those there are served in time."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem, Render

EXEMPT: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""What is asked whether the service is well must not be refused because it is busy."""


class Admission:
    """ASGI middleware: refuses a request where `limit` have no answer yet; who waits for a grade is not counted."""

    def __init__(self, app: ASGIApp, limit: int, render: Render) -> None:
        self._app = app
        self._limit = limit
        self._render = render
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in EXEMPT:
            await self._app(scope, receive, send)
            return
        waiting: int = scope["app"].state.application.reception.waited_for
        if self._under_way - waiting >= self._limit:
            problem = Problem(503, "temporary-reduced-capacity", "Too many requests are under way.")
            response = await self._render(Request(scope), problem)
            await response(scope, receive, send)
            return
        place = _Place(self, send)
        self._under_way += 1
        try:
            await self._app(scope, receive, place.send)
        finally:
            place.leave()

    def left(self) -> None:
        """One place is free again."""
        self._under_way -= 1


class _Place:
    """One request under way, until its answer begins: a stream may last long and costs little."""

    def __init__(self, admission: Admission, send: Send) -> None:
        self._admission: Admission | None = admission
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.leave()
        await self._send(message)

    def leave(self) -> None:
        if self._admission is not None:
            self._admission.left()
            self._admission = None
