"""Text that a person reading the answer would not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.domain import Answer, Flag
from grader.text.screening.finding import Finding, matches
from grader.text.screening.folding import plain

MAX_STRAY: Final = 3
"""Zero-width characters that come along with honest pasted text; more are a message, or split words."""

_TELLING: Final = ("tag", "bidi", "variation_selector", "combining")
"""Kinds of removed characters that no honest text has: one is enough."""

_PATTERNS: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"<!--.{0,2000}?-->",
        (
            r"<(\w{1,20})\b[^<>]{0,200}(?:display ?: ?none|visibility ?: ?hidden|font-size ?: ?[01](?:px|pt)?\b|"
            r"opacity ?: ?0\b|color ?[=:] ?[\"']?(?:#f{3,6}\b|white\b))[^<>]{0,200}>.{0,2000}?(?:</\1>|$)"
        ),
        r"\[//\]: ?# ?\([^\n]*",
        r"\\(?:color|textcolor)\{white\}\{?[^\n]*",
    )
)


def find(answer: Answer) -> Iterator[Finding]:
    """Invisible markup, and characters that canonicalisation had to remove."""
    if any(answer.removed.get(kind) for kind in _TELLING) or answer.removed.get("zero_width", 0) > MAX_STRAY:
        yield Finding(Flag.HIDDEN_TEXT)
    written = plain(answer.text)
    for span in matches(_PATTERNS, written.text):
        yield Finding(Flag.HIDDEN_TEXT, written.span(span))
