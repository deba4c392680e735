"""The id of the request under way: in every response, every log line, and every problem."""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from typing import Final

HEADER: Final = "X-Request-Id"

_current: Final[ContextVar[str]] = ContextVar("request_id", default="")


def begin() -> str:
    """A new id for the request that starts here; never the client's word, which could be anything."""
    request_id = str(uuid.uuid4())
    _current.set(request_id)
    return request_id


def current() -> str:
    """The id of the request that this code serves, also in tasks it started; empty outside any."""
    return _current.get()
