"""Which address takes which method: HEAD wherever GET is, OPTIONS everywhere, and `Allow` with all of them.

Decided before the body is looked at: a wrong method is a 405 and an unknown address a 404, whatever was sent along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem, Render
from api.permissions import department

_READ: Final = frozenset({"GET", "HEAD"})
_NO_SUCH_ADDRESS: Final = "There is nothing at this address."
_WRONG_METHOD: Final = "This address does not take this method; the header Allow names those it takes."


class KnownMethods:
    """ASGI middleware: serves HEAD as GET without a body, answers OPTIONS, 404 and 405, and passes on what is there."""

    def __init__(self, app: ASGIApp, served: FastAPI, render: Render) -> None:
        self._app = app
        self._served = served
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(scope["path"])
        if scope["method"] not in allowed:
            response = await self._refused(Request(scope), allowed)
            await response(scope, receive, send)
        elif scope["method"] == "HEAD":
            scope["method"] = "GET"  # in place: what stands around this looks for the route in the same scope
            await self._app(scope, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)

    def _allowed(self, path: str) -> frozenset[str]:
        """Every method the address takes; none where there is nothing, as at any with NUL, which no database takes."""
        if "\0" in path:
            return frozenset()
        near = self._addresses.get(department(path), ())
        return frozenset().union(*(methods for pattern, methods in near if pattern.match(path)))

    @cached_property
    def _addresses(self) -> dict[str, list[tuple[re.Pattern[str], frozenset[str]]]]:
        """By department; read with the first request, when all routes are there."""
        found: dict[str, list[tuple[re.Pattern[str], frozenset[str]]]] = {}
        for template, pattern, methods in _addresses(self._served):
            found.setdefault(department(template), []).append((pattern, methods))
        return found

    async def _refused(self, request: Request, allowed: frozenset[str]) -> Response:
        headers = {"Allow": ", ".join(sorted(allowed | {"OPTIONS"}))}
        if not allowed:
            return await self._render(request, Problem(404, "not-found", _NO_SUCH_ADDRESS))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        return await self._render(request, Problem(405, "method-not-allowed", _WRONG_METHOD, headers=headers))


def _addresses(served: FastAPI) -> Iterator[tuple[str, re.Pattern[str], frozenset[str]]]:
    for route in iter_route_contexts(served.routes):
        methods = frozenset(route.methods or ())
        if isinstance(route.original_route, Mount):
            methods = _READ
        yield str(route.path), route.path_regex, methods | _READ if "GET" in methods else methods


def _without_body(send: Send) -> Send:
    async def headed(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return headed
