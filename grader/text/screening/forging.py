"""Text that imitates the frame an answer is shown in: tags, chat roles, end markers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.domain import Flag
from grader.text.screening.finding import Finding, matches
from grader.text.screening.folding import plain

_FRAME: Final = (
    r"answer|candidate_answer|student_answer|system|user|assistant|instructions?|rubric|question|output|input|prompt|"
    r"evaluation\w*|grading\w*|winner|score|override|key_points?"
)
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"</?\s*(?:{_FRAME})\b[^<>\n]{{0,80}}>",
        r"<\|[^|<>\n]{1,30}\|>|\[/?inst\]|<</?sys>>|\]\]>",
        r"(?:^|\n)(?:human|assistant|user|system) ?:[^\n]*",
        (
            r"(?:^|\n)[=\-#* ]{0,8}(?:end(?: of)?|begin)(?: of)?(?: the)? ?(?:candidate |student )?(?:answer|"
            r"submission|evaluation|correction|prompt)\b[^\n]*"
        ),
        r"(?:^|\n)[=\-]{3,}[^\n=]{0,60}(?:answer|scoring|version|internal|evaluat|grading|rubric|correct)[^\n]*",
        r"(?:^|\n)#+ *(?:grading|evaluation) (?:result|complete)[^\n]*",
        r"(?:^|\n)(?:\"\"\"|```)\s*\n?result ?=[^\n]*",
    )
)


def find(text: str) -> Iterator[Finding]:
    """Every piece of a forged frame."""
    written = plain(text)
    for span in matches(_PATTERNS, written.text):
        yield Finding(Flag.DELIMITER_FORGING, written.span(span))
