"""`Prefer` (RFC 7240): how long a client wants to wait before it is promised what it asked for."""

from __future__ import annotations

import re
from typing import Final

_PREFERENCE: Final = re.compile(r'\s*([A-Za-z][A-Za-z-]*)\s*(?:=\s*(?:"(\d{1,6})"|(\d{1,6})))?\s*(?:;.*)?')

RESPOND_ASYNC: Final = "respond-async"


def patience(prefer: str | None, usual: float) -> float:
    """Seconds to wait, at most the `usual` ones: none with `respond-async`, `wait` where it is named.

    What cannot be read, or is not known, is ignored, as the RFC asks.
    """
    wanted = {
        found[1].lower(): found[2] or found[3]
        for part in (prefer or "").split(",")
        if (found := _read(part)) is not None
    }
    wait = wanted.get("wait")
    if wait is not None:
        return min(float(wait), usual)
    return 0.0 if RESPOND_ASYNC in wanted else usual


def is_async(prefer: str | None) -> bool:
    """Whether the client asked to be promised the result."""
    return any(found[1].lower() == RESPOND_ASYNC for part in (prefer or "").split(",") if (found := _read(part)))


def _read(part: str) -> re.Match[str] | None:
    return _PREFERENCE.fullmatch(part)
