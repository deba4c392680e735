"""Words that the answer puts into somebody else's mouth: an interviewer's praise, a teacher's correction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.domain import Flag
from grader.text.screening.finding import Finding, matches
from grader.text.screening.folding import plain

_OTHERS: Final = r"interviewer|examiner|teacher|professor|instructor|evaluator|grader|proctor|tutor"
_PATTERNS: Final = (
    re.compile(rf"(?:^|\n)[ \t]*(?:the )?(?:{_OTHERS})(?: \d)? ?:[^\n]*"),
    re.compile(r"(?:^|\n)[ \t]*(?:correct answer|richtige antwort|reponse correcte|正确答案)[^\n:]{0,20}:[^\n]*"),
)


def find(text: str) -> Iterator[Finding]:
    """The lines of other speakers in the answer."""
    written = plain(text)
    for span in matches(_PATTERNS, written.text):
        yield Finding(Flag.OTHER_SPEAKER, written.span(span))
