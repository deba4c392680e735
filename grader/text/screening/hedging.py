"""Claims to a thing and its opposite, and claims taken back wholesale: a bet, not an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.domain import Flag
from grader.text.screening.finding import Finding, matches, whole_sentences
from grader.text.screening.folding import plain

_PATTERNS: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        (
            r"\bsome (?:people )?say\b.{0,600}?\bothers (?:say|think|claim)\b.{0,600}?"
            r"\b(?:both (?:of them )?(?:are|may be|can be)|either (?:is|may be)|whichever)\b"
        ),
        r"\A.*\b(?:actually no|no wait|sorry)\W{1,3}(?:none|nothing) of (?:the above|this|that) is (?:right|true)\b",
        r"\b(?:count|take|use) whichever (?:of them |one )?is (?:right|correct|true)\b",
        r"\bboth (?:answers|statements|versions) (?:above )?are (?:right|true|correct)\b",
    )
)


def find(text: str) -> Iterator[Finding]:
    """The sentences that claim both sides or take everything back."""
    written = plain(text)
    for span in whole_sentences(text, (written.span(span) for span in matches(_PATTERNS, written.text))):
        yield Finding(Flag.HEDGED, span)
