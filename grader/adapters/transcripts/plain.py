"""Plain text, a label in front of what each speaker says: `Speaker: text`, with or without times.

Also says what is not speech: chat logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from grader.adapters.transcripts.names import MAX_NAME, labels_of, speaker
from grader.adapters.transcripts.source import Heard, Source, line
from grader.adapters.transcripts.times import STAMP, stamp
from grader.transcripts.assembly import Piece

CHAT_SHARE: Final = 0.5
"""Share of lines that look like a chat message, from which a file is a chat log."""

_CHAT: Final = re.compile(rf"{STAMP}(?:\t\s*[^\t:]{{1,80}}:?\t|\s+From\s.{{1,120}}?:(?:\s|$))")
_LEADING: Final = re.compile(rf"\s*(?:\[(?P<square>{STAMP})\]|\((?P<round>{STAMP})\)|(?P<bare>{STAMP}))[\s,–-]+(?=\S)")
_AFTER_NAME: Final = re.compile(
    rf"(?P<name>[^:：\n]{{1,{MAX_NAME}}}?)\s*[\[(]?(?P<time>{STAMP})[\])]?\s*[:：](?:\s+|$)(?P<text>.*)"
)


def is_chat(source: Source) -> bool:
    """Whether this is what people typed during a meeting."""
    lines = [text for text in source.lines if text.strip()]
    return sum(_CHAT.match(text) is not None for text in lines) >= CHAT_SHARE * len(lines)


def is_plain(source: Source) -> bool:
    """Whether speakers are named in front of what they say."""
    return bool(labels_of(text for _, text in map(_timed, source.lines)).names)


def read_plain(source: Source) -> Heard:
    """What every label's speaker says; lines without a label go on with the one before."""
    timed = [_timed(text) for text in source.lines]
    labels = labels_of(text for _, text in timed)
    heard = Heard("plain text")
    current: str | None = None
    blank = False
    for number, (start, text) in enumerate(timed, start=1):
        name, words = labels.split(text.strip())
        current = name or current
        joint = "\n" if blank else " "
        blank = not text.strip()
        if current:
            heard.pieces.append(Piece(words, line(number), speaker(current), start, joint=joint))
        elif words:
            heard.remark(line(number), f"above the first speaker, left out: {words}")
    for name in labels.doubtful:
        heard.remark(name, "stands before a colon only once; taken for words, not for a speaker")
    return heard


def pieces_in_one_cell(cell: str, place: str) -> Iterable[Piece]:
    """A whole interview in one table cell, turns joined with a pipe; a piece without a label is nobody's."""
    parts = [part.strip() for part in cell.split("|")]
    labels = labels_of(parts)
    for number, part in enumerate(parts, start=1):
        name, words = labels.split(part)
        yield Piece(words, f"{place}, piece {number}", speaker(name))


def _timed(text: str) -> tuple[float | None, str]:
    """The time stamp before or behind a line's label, and the line without it."""
    if leading := _LEADING.match(text):
        return stamp(leading["square"] or leading["round"] or leading["bare"]), text[leading.end() :]
    if named := _AFTER_NAME.fullmatch(text.strip()):
        return stamp(named["time"]), f"{named['name']}: {named['text']}"
    return None, text
