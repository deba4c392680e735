"""Otter and whatever else heads each turn with a line `Name  M:SS`; some exports leave the time out.

An untimed heading is a short line that ends with two blanks after an empty line, or a name that was one elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from grader.adapters.transcripts.names import MAX_NAME, speaker
from grader.adapters.transcripts.source import Heard, Source, line
from grader.adapters.transcripts.times import STAMP, stamp
from grader.transcripts.assembly import Piece

HEADING: Final = re.compile(rf"(?P<name>[^\s#\[(:][^:\n]{{0,{MAX_NAME - 1}}}?)(?:\s{{2,}}|\t\s*)(?P<time>{STAMP})\s*")
"""A heading with a time: a name, two blanks or more, a time stamp."""

MIN_UNTIMED: Final = 2
"""Headings without a time that a file must have to be read as such: one may be a line of a poem."""

_UNTIMED: Final = re.compile(rf"(?P<name>[^\s#*>|-][^\n]{{0,{MAX_NAME - 1}}}?)\s{{2}}")
_SENTENCE: Final = re.compile(r"[.?!:,;…]\s*$")
_FOOTER: Final = re.compile(r"Transcribed by https?://(?:www\.)?otter\.ai\S*\s*", re.IGNORECASE)


def is_otter(source: Source) -> bool:
    """Whether turns are headed by lines of their own."""
    return any(HEADING.fullmatch(text) for text in source.lines) or len(_untimed(source.lines)) >= MIN_UNTIMED


def read_otter(source: Source) -> Heard:
    """Every turn under its heading; what stands above the first is no speech."""
    heard = Heard("Otter")
    known = set(_untimed(source.lines)) if not any(map(HEADING.fullmatch, source.lines)) else set[str]()
    heard_under_headings(heard, ((line(at), text) for at, text in enumerate(source.lines, start=1)), known)
    return heard


def heard_under_headings(heard: Heard, lines: Iterable[tuple[str, str]], untimed: set[str]) -> None:
    """Turns of lines with their places; `untimed` names whose headings have no time."""
    name: str | None = None
    start: float | None = None
    begun, blank = False, True
    for place, text in lines:
        heading = HEADING.fullmatch(text)
        if heading or (blank and text.strip() in untimed):
            name, start = (heading["name"], stamp(heading["time"])) if heading else (text.strip(), None)
            begun, blank = True, False
            continue
        if not text.strip() or _FOOTER.fullmatch(text.strip()):
            blank = True
            continue
        if begun:
            heard.pieces.append(Piece(text, place, speaker(name), start, joint="\n" if blank else " "))
        else:
            heard.remark(place, f"above the first speaker, left out: {text.strip()}")
        start, blank = None, False


def _untimed(lines: list[str]) -> list[str]:
    """The names in headings without a time, as often as they stand there."""
    return list(_headings(lines))


def _headings(lines: list[str]) -> Iterator[str]:
    for before, text, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        match = _UNTIMED.fullmatch(text)
        if match and not before.strip() and after.strip() and not _SENTENCE.search(match["name"]):
            yield match["name"].strip()
