"""What surrounds every response: what a browser may send here, and what it may do with the answer."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # grades speak of people; what may be kept says so itself
}

ASSETS: Final = "/static/"
REVALIDATED: Final = {"Cache-Control": "no-cache"}
"""Style and pictures speak of nobody: a browser may keep them, and asks by their ETag whether they have changed."""

Header = tuple[bytes, bytes]


def _encoded(headers: dict[str, str]) -> tuple[Header, ...]:
    """As ASGI has them."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


_OF_PAGES: Final = _encoded(SECURITY_HEADERS)
_OF_ASSETS: Final = _encoded(SECURITY_HEADERS | REVALIDATED)


class SecurityHeaders:
    """ASGI middleware: every response, whoever makes it, tells a browser what it may do with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            send = _with_headers(send, _OF_ASSETS if scope["path"].startswith(ASSETS) else _OF_PAGES)
        await self._app(scope, receive, send)


class SameSite:
    """ASGI middleware: no request that changes something is taken from a page of another web site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"} and _is_cross_site(scope):
            problem = Problem(403, "cross-site-request", "A request from another web site is not accepted.")
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_cross_site(scope: Scope) -> bool:
    return Headers(scope=scope).get("sec-fetch-site") == "cross-site"


def _with_headers(send: Send, wanted: tuple[Header, ...]) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in wanted if pair[0] not in there)]
        await send(message)

    return guarded
