"""Verdicts that the answer gives itself: JSON replies, scores, reports of earlier graders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.domain import Flag
from grader.text.screening.finding import Finding, matches
from grader.text.screening.folding import plain

_KEY: Final = (
    r"[\"'](?:score|verdicts?|pass(?:ed)?|reason|grade|points|overall|key_point_id|quotes|status|credit)[\"'] ?:"
)
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\{{[^{{}}]{{0,400}}{_KEY}[^\n]{{0,600}}?{_KEY}[^\n]*",
        rf"(?:^|\n)[^\w\n]{{0,6}}\{{\s*{_KEY}[^\n]*",
        (
            r"(?:^|\n)[ >*#-]*(?:final |total |overall )?(?:score|verdict|grade|marks?|confidence) ?[:=] ?"
            r"(?:\d+(?:\.\d+)? ?(?:/ ?\d+|%|$|\n)|pass|correct|full|0?\.\d+ ?(?:$|\n))[^\n]*"
        ),
        r"(?:^|\n)[ >*#-]*(?:overall )?(?:result|outcome) ?[:=] ?(?:pass|correct)[^\n]*",
        r"\bevaluation complete\b[^\n]*|\b(?:previous|first|second|third) (?:grader|examiner|marker)\b[^\n]*",
        r"\b(?:grader|examiner|adjudicated) ?: ?\d+ ?/ ?\d+[^\n]*|\brecord (?:the )?score\b[^\n]*",
        r"\b(?:accuracy|clarity|helpfulness|brevity) ?\|? ?\d ?/ ?5\b[^\n]*",
    )
)


def find(text: str) -> Iterator[Finding]:
    """Every verdict the answer gives itself."""
    written = plain(text)
    for span in matches(_PATTERNS, written.text):
        yield Finding(Flag.FAKE_VERDICT, written.span(span))
