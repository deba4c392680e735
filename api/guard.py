"""What surrounds every response: who may ask at all, and what a browser may do with the answer."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine; under any other a web page may have reached us by DNS rebinding."""

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class LoopbackOnly:
    """ASGI middleware: without API keys only this machine is served, and no request that another site sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, send = Headers(scope=scope), _with_security_headers(send)
        if _host_name(headers.get("host", "")) not in LOOPBACK_NAMES:
            problem = Problem(
                421, "misdirected-request", "Without API keys the service answers on loopback names only."
            )
            await problem.response()(scope, receive, send)
        elif headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in {"GET", "HEAD"}:
            problem = Problem(403, "cross-site-request", "A request from another web site is not accepted.")
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _with_security_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
