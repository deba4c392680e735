"""Readable text written in base64 or hexadecimal: nobody answers a question that way."""

from __future__ import annotations

import base64
import binascii
import re
import string
from collections.abc import Iterator
from typing import Final

from grader.domain import Flag
from grader.text.screening.finding import Finding
from rubrics.model import Span

MIN_READABLE: Final = 0.95
"""Share of a decoded blob's bytes that are printable ASCII, from which it is a message; random bytes have 0.37."""

MIN_SPACES: Final = 1
"""A message has words."""

_PRINTABLE: Final = frozenset(string.printable.encode())
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2} ?){16,}(?![0-9A-Za-z])")
_BASE64: Final = re.compile(r"(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{24,}={0,2}")


def find(text: str) -> Iterator[Finding]:
    """Every blob that decodes to words."""
    for pattern, decode in ((_HEX, _from_hex), (_BASE64, _from_base64)):
        for match in pattern.finditer(text):
            if _is_readable(decode(match[0])):
                yield Finding(Flag.ENCODED_BLOB, Span(start=match.start(), end=match.end()))


def _from_hex(blob: str) -> bytes:
    return bytes.fromhex(blob)


def _from_base64(blob: str) -> bytes:
    bare = blob.rstrip("=")
    try:
        return base64.b64decode(bare[: len(bare) // 4 * 4])
    except binascii.Error:
        return b""


def _is_readable(data: bytes) -> bool:
    readable = sum(byte in _PRINTABLE for byte in data)
    return bool(data) and readable >= MIN_READABLE * len(data) and data.count(b" ") >= MIN_SPACES
