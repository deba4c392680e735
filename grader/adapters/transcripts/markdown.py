r"""Markdown with bold speakers: `**Name:** text`, escaped time stamps `\[04:03\]`, paragraphs that go on unlabelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from grader.adapters.transcripts.names import MAX_NAME, speaker
from grader.adapters.transcripts.source import Heard, Source, line
from grader.adapters.transcripts.times import STAMP, stamp
from grader.transcripts.assembly import Piece

_BOLD: Final = re.compile(r"(?:[-*>] )?(?P<mark>\*\*|__)(?P<bold>[^*_\n]{1,100}?)(?P=mark)(?P<rest>.*)")
_INSIDE: Final = re.compile(
    rf"(?P<name>[^:：]{{1,{MAX_NAME}}}?)\s*(?:[\[(]?(?P<time>{STAMP})[\])]?)?\s*(?P<colon>[:：])?\s*"
)
_BEHIND: Final = re.compile(rf"\s{{0,3}}(?:\\?[\[(](?P<time>{STAMP})\\?[\])]\s{{0,3}})?(?P<colon>[:：])?")
_STAMPED: Final = re.compile(rf"\\?[\[(](?P<time>{STAMP})\\?[\])]\s{{0,3}}")
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>-])")

MIN_LABELS: Final = 2
"""Bold labels that make a text an interview; a single one may be a heading."""


@dataclass(frozen=True)
class _Paragraph:
    """A line taken apart: bold name in front, time, and words; `speaks` where the name is a label."""

    name: str | None
    start: float | None
    words: str
    speaks: bool


def is_markdown(source: Source) -> bool:
    """Whether speakers are named in bold."""
    return sum(_paragraph(text).speaks for text in source.lines) >= MIN_LABELS


def read_markdown(source: Source) -> Heard:
    """What every bold name says, in all paragraphs up to the next; escapes are undone, links stay as they are."""
    heard = Heard("Markdown")
    name: str | None = None
    for number, text in enumerate(source.lines, start=1):
        said = _paragraph(text)
        name = said.name if said.speaks else name
        is_scene = said.name is not None and not said.speaks
        words = said.words.strip()
        if is_scene or (words and name is None) or words.startswith("#"):
            heard.remark(line(number), f"no speech, left out: {text.strip()}")
        elif words:
            piece = Piece(_ESCAPED.sub(r"\1", words), line(number), speaker(name), said.start, joint="\n")
            heard.pieces.append(piece)
    return heard


def _paragraph(text: str) -> _Paragraph:
    """A label is followed by a colon, or by a time and words; bold words with at most a time are a scene."""
    bold = _BOLD.fullmatch(text.rstrip())
    inside = _INSIDE.fullmatch(bold["bold"]) if bold else None
    behind = _BEHIND.match(bold["rest"]) if bold else None
    if not bold or not inside or not behind:
        return _unlabelled(text)
    rest = _unlabelled(bold["rest"][behind.end() :].strip())
    start, words = stamp(inside["time"] or behind["time"] or ""), rest.words
    start = rest.start if start is None else start
    speaks = bool(inside["colon"] or behind["colon"] or (start is not None and words))
    if words and not speaks:
        return _unlabelled(text)
    return _Paragraph(inside["name"].strip(), start, words, speaks)


def _unlabelled(text: str) -> _Paragraph:
    stamped = _STAMPED.match(text)
    return _Paragraph(
        None, stamp(stamped["time"]) if stamped else None, text[stamped.end() :] if stamped else text, speaks=False
    )
