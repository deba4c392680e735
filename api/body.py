"""Reading a request body before anything believes it: size, encoding, and JSON without its traps.

The usual JSON readers take NaN, repeated keys, half surrogate pairs and any depth; each of them
has ended as a 500 or as data that nobody could store. Here they end as a 4xx that says why.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem, Render, to_problem
from api.permissions import Body
from api.uploads import uploaded
from grader.errors import StorageError
from grader.settings import Settings

MAX_BODY_BYTES: Final = 1024 * 1024
"""Largest request body, in bytes: fifty times the longest answer."""

MAX_DEPTH: Final = 64
"""Deepest nesting of a JSON body; no request of ours needs more than 5."""

UPLOADS: Final = {"/v1/transcripts": 16 * 1024 * 1024}
"""Paths that take larger bodies, in bytes: an hour of words with times is 2 MiB of JSON."""

JSON_PREFIX: Final = "/v1/"
"""Below this path a route says what its body is, mostly JSON."""

READ_SECONDS: Final = 30
"""Time for a body to arrive; who sends more slowly holds a connection that others wait for."""

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")
_CLOSE: Final = {"Connection": "close"}  # the rest of the body is not read


class CheckedBody:
    """ASGI middleware: reads the body once, refuses what breaks a limit or is not clean JSON, hands on the rest."""

    def __init__(self, app: ASGIApp, render: Render) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request."""
        if scope["type"] != "http" or scope["method"] not in _WITH_BODY:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            async with _taken(request) as body:
                await self._app(scope, _replay(body, receive), send)
        except (Problem, StorageError) as error:
            response = await self._render(request, to_problem(error))
            await response(scope, receive, send)
        except ClientDisconnect:
            return


@asynccontextmanager
async def _taken(request: Request) -> AsyncIterator[bytes]:
    """The checked body; that of a file is empty, and the file is in `state.upload` until this is left."""
    _require_uncompressed(request)
    kind = request.state.rule.body if request.url.path.startswith(JSON_PREFIX) else None
    if kind is Body.FILE:
        settings: Settings = request.app.state.application.services.settings
        async with uploaded(request, settings.data_dir, settings.batch_file_bytes) as upload:
            request.state.upload = upload
            yield b""
        return
    body = await _read(request, UPLOADS.get(request.url.path, MAX_BODY_BYTES))
    if kind is Body.JSON or (kind is Body.NOTHING and body):
        _require_json_type(request)
        check_json(body)
    yield body


def check_json(raw: bytes) -> None:
    """Raise a Problem (400, or 422 for NUL) where `raw` is not JSON that every part of the service can carry."""
    if raw.startswith(b"\xef\xbb\xbf"):
        _malformed("The body starts with a byte order mark; send UTF-8 without one.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _malformed(f"The body is not UTF-8 (byte {error.start}).")
    _check_depth(text)
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        _malformed(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.")
    except ValueError:  # an integer of more digits than Python converts
        _malformed("The body holds a number that is too long.")
    _check_strings(value)


def _require_uncompressed(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(
            415,
            "unsupported-content-encoding",
            "Send the body uncompressed.",
            headers={"Accept-Encoding": "identity"},
        )


async def _read(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        _too_large(limit)
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _up_to_limit(request, limit)
    except TimeoutError:
        detail = f"The body was not there after {READ_SECONDS} s."
        raise Problem(408, "request-timeout", detail, headers=_CLOSE) from None


async def _up_to_limit(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            _too_large(limit)
    return bytes(body)


def _require_json_type(request: Request) -> None:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupported-media-type", "Send the body as Content-Type: application/json.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, then whatever the client does next."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = not escaped and char == "\\"
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                _malformed(f"The body is nested more than {MAX_DEPTH} levels deep.")
        elif char in "]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    _malformed(f"The body holds {name}, which is not JSON.")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _malformed("The body holds a number that is too large.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise Problem(400, "duplicate-key", "The body holds an object in which a key stands twice.")
    return dict(pairs)


def _check_strings(value: object) -> None:
    if isinstance(value, str):
        _check_string(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_string(key)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)


def _check_string(text: str) -> None:
    if "\0" in text:
        raise Problem(422, "invalid-text", "The body holds a string with a NUL character.")
    if _HALF_PAIR.search(text):
        raise Problem(400, "invalid-text", "The body holds a string with half of a surrogate pair.")


def _malformed(detail: str) -> NoReturn:
    raise Problem(400, "malformed-json", detail)


def _too_large(limit: int) -> NoReturn:
    raise Problem(413, "content-too-large", f"The body may be {limit} bytes long.", headers=_CLOSE)
