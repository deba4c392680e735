"""Fillers: sounds of thinking and marks of noise that a view may hide. The stored text keeps them."""

from __future__ import annotations

import re
from typing import Final

from rubrics.model import Span

_FILLER: Final = re.compile(
    r"(?<![\w'’-])(?:u+h+m*|u+m{2,}|er+m+|h+m+|m+h+m+|ä+h+m*|euh+|(?:um|er|eh|em)(?=[,…]))(?![\w'’-])[,…]?\s?"
    r"|\{(?:vocalsound|disfmarker|pause|gap)\}\s?",
    re.IGNORECASE,
)
"""What is a word in some language (German `um`, `er`; Portuguese `em`) counts only where a comma sets it off."""


def fillers(text: str) -> tuple[Span, ...]:
    """Where `text` holds a sound or noise mark that says nothing, with the comma and blank behind it."""
    return tuple(Span(start=match.start(), end=match.end()) for match in _FILLER.finditer(text))


def without_fillers(text: str) -> str:
    """`text` as a person may prefer to read it; never quote from this."""
    return _FILLER.sub("", text)
