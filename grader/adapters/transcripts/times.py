"""Time stamps as tools write them, in seconds."""

from __future__ import annotations

import re
from typing import Final

STAMP: Final = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?"
"""`M:SS`, `MM:SS.mmm`, `HH:MM:SS`, `HH:MM:SS,mmm`, as a pattern without groups."""

MAX_SECONDS: Final = 1e7
"""Times from here on, 115 days, are no place in a recording (but perhaps a date): they are unknown."""

_STAMP: Final = re.compile(STAMP)
_NUMBER: Final = re.compile(r"\d{1,12}(?:\.\d{1,12})?")


def stamp(text: str) -> float | None:
    """The seconds a time stamp names; None where `text` is none."""
    if not _STAMP.fullmatch(text):
        return None
    *larger, seconds = text.replace(",", ".").split(":")
    total = 0.0
    for part in larger:
        total = total * 60 + int(part)
    return within(round(total * 60 + float(seconds), 6)) if float(seconds) < 60 else None  # noqa: PLR2004 - a minute


def number(text: str, scale: float = 1.0) -> float | None:
    """The seconds a plain number names, `scale` seconds a unit; None where `text` is none."""
    return within(round(float(text) * scale, 6)) if _NUMBER.fullmatch(text) else None


def within(seconds: float) -> float | None:
    """`seconds`, or None where that is no place in a recording: negative, not a number, or far too late."""
    return seconds if 0 <= seconds < MAX_SECONDS else None
