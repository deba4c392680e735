"""Between a talk and the HTTP library: what both clients do alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2

from grader import __version__
from grader.client.errors import Unreachable
from grader.client.talk import Call, Reply

CONNECT_SECONDS: Final = 5.0
PIECE: Final = 256 * 1024
"""Bytes of a file that are read and sent at a time."""

TIMEOUT: Final = httpx2.Timeout(40.0, connect=CONNECT_SECONDS)
"""Seconds; the service holds a request open for 25 s at most and then answers 202."""


def standing_headers(key: str | None) -> dict[str, str]:
    """What stands on every request."""
    known = {"Accept": "application/json", "User-Agent": f"answer-grader/{__version__}"}
    return known if key is None else {**known, "Authorization": f"Bearer {key}"}


def arguments(call: Call) -> dict[str, Any]:
    """`call` as the arguments of a request; without redirects, which would carry the key elsewhere."""
    return {
        "method": call.method,
        "url": call.path,
        "params": dict(call.params) or None,
        "json": None if call.body is None else dict(call.body),
        "headers": dict(call.headers),
        "follow_redirects": False,
        "timeout": TIMEOUT if call.seconds is None else httpx2.Timeout(call.seconds, connect=CONNECT_SECONDS),
    }


def pieces(file: Path) -> Iterator[bytes]:
    """A file's content, piece by piece."""
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def reply_of(response: httpx2.Response) -> Reply:
    """A response as a talk reads it."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, response.content)


def unreachable(error: httpx2.TransportError) -> Unreachable:
    """A lost connection as a talk reads it."""
    return Unreachable(f"no reply came: {type(error).__name__}")
