"""How long the head of a request may be."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Problem, Render

MAX_TARGET_BYTES: Final = 8 * 1024
"""Longest path and query, in bytes; no query of ours needs more than 1 KiB."""

MAX_HEADER_BYTES: Final = 16 * 1024
"""Longest header block, in bytes, as most servers in front of us have it."""


class BoundedHead:
    """ASGI middleware: refuses an address or a header block over its limit."""

    def __init__(self, app: ASGIApp, render: Render) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        problem = _too_long(scope) if scope["type"] == "http" else None
        if problem is None:
            await self._app(scope, receive, send)
            return
        response = await self._render(Request(scope), problem)
        await response(scope, receive, send)


def _too_long(scope: Scope) -> Problem | None:
    target = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
    if target > MAX_TARGET_BYTES:
        return Problem(414, "uri-too-long", f"Path and query may be {MAX_TARGET_BYTES} bytes long.")
    if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > MAX_HEADER_BYTES:
        return Problem(431, "headers-too-large", f"The header may be {MAX_HEADER_BYTES} bytes long.")
    return None
