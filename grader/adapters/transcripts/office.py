"""DOCX of Teams and Google Meet, opened by python-docx after a look at what the archive unpacks to.

Teams puts a whole turn into one paragraph, its heading first, with line breaks. Meet puts the notes an AI wrote and
the speech into one stream: speech is only what stands as `Name: text` below a line that is nothing but a time.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from grader.adapters.transcripts.names import labelled, speaker
from grader.adapters.transcripts.otter import HEADING, heard_under_headings
from grader.adapters.transcripts.source import Heard, Source
from grader.adapters.transcripts.times import STAMP, stamp
from grader.transcripts.assembly import Piece
from rubrics.errors import RubricFileError
from rubrics.sources.archives import DOCX, refuse_bombs

if TYPE_CHECKING:
    from docx.document import Document

MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
"""Bytes that all parts of a document may unpack to; pictures of the speakers take most of it."""

_CLOCK: Final = re.compile(rf"\s*({STAMP})\s*")
_EVENT: Final = re.compile(r".{1,80} (?:started|stopped) transcription\s*")


def read_docx(source: Source) -> Heard:
    """The speech in a Word document; InvalidTranscript where it is damaged, a bomb, or holds none."""
    paragraphs = [
        (f"paragraph {number}", text)
        for number, paragraph in enumerate(_opened(source).paragraphs, start=1)
        for text in paragraph.text.split("\n")
    ]
    if any(HEADING.fullmatch(text) for _, text in paragraphs):
        return _teams(paragraphs)
    if any(_CLOCK.fullmatch(text) for _, text in paragraphs):
        return _meet(paragraphs)
    raise source.error(
        "holds no lines `Name   0:04` (Teams) or `00:00:00` above `Name: text` (Meet); export it as text"
    )


def _opened(source: Source) -> Document:
    stream = io.BytesIO(source.raw)
    try:
        refuse_bombs(stream, source.file, unpacked=MAX_UNPACKED_BYTES, kind=DOCX)
    except RubricFileError as error:
        raise source.error(error.problem) from error
    import docx  # noqa: PLC0415 - 0.3 s with lxml, only where a document is read

    try:
        return docx.Document(stream)
    except Exception as error:  # python-docx and lxml name no common base of what a broken document raises
        raise source.error(f"is no readable Word document: {type(error).__name__}; export it again") from error


def _teams(paragraphs: list[tuple[str, str]]) -> Heard:
    heard = Heard("Teams DOCX")
    lines = []
    for place, text in paragraphs:
        if _EVENT.fullmatch(text):
            heard.remark(place, f"no speech, left out: {text.strip()}")
        else:
            lines.append((place, text))
    heard_under_headings(heard, lines, set())
    return heard


def _meet(paragraphs: list[tuple[str, str]]) -> Heard:
    heard = Heard("Google Meet DOCX")
    time: float | None = None
    for place, text in paragraphs:
        if clock := _CLOCK.fullmatch(text):
            time = stamp(clock[1])
            continue
        name, words = labelled(text.strip())
        if time is not None and name:
            heard.pieces.append(Piece(words, place, speaker(name), time))
        elif text.strip():
            heard.remark(place, f"no speech (notes of the meeting), left out: {text.strip()}")
    return heard
