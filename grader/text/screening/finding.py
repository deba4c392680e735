"""A Finding: one reason to look at an answer, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from grader.domain import Flag
from grader.text.sentences import split
from rubrics.model import Span


@dataclass(frozen=True)
class Finding:
    """One flag and the characters of the canonical text that raised it; `span` is None where they were removed."""

    flag: Flag
    span: Span | None = None

    @property
    def start(self) -> int:
        """Where it begins, 0 for what was removed."""
        return self.span.start if self.span else 0


def matches(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[Span]:
    """Every place where one of `patterns` matches some characters."""
    for match in chain.from_iterable(pattern.finditer(text) for pattern in patterns):
        if match.end() > match.start():
            yield Span(start=match.start(), end=match.end())


def whole_sentences(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Each span grown to the sentences it touches."""
    wanted = list(spans)
    if not wanted:
        return
    pieces = split(text)
    for span in wanted:
        touched = [piece for piece in pieces if piece.start < span.end and span.start < piece.end]
        yield Span(start=touched[0].start, end=touched[-1].end)
