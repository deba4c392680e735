"""Captions: WebVTT (Zoom, Teams, Meet, voice tags, YouTube), SRT, and Whisper's text with times.

Nothing said is lost: words whose time cannot be read, or that stand apart from any time, are kept without one and
remarked upon. Format: w3.org/TR/webvtt1; SRT has no standard.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from grader.adapters.transcripts.names import labels_of, speaker
from grader.adapters.transcripts.source import Heard, Source, line
from grader.adapters.transcripts.times import STAMP, stamp
from grader.transcripts.assembly import Piece

ARROW: Final = "-->"

_TIMES: Final = re.compile(rf"\s*(?:\[\s*)?(?P<start>{STAMP})\s*-->\s*(?P<end>{STAMP})\s*(?:\]|(?=\s|$))(?P<rest>.*)")
_BROKEN: Final = re.compile(r"[\s\d:.,\[\]]*-->\s*(?:[\d:][^\s\]]*)?\]?(?P<rest>.*)")
_COMMENT: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]{0,200})?\s(?P<name>[^>\n]{1,100})>")
_TAG: Final = re.compile(rf"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>\n]{{0,200}})?>|<{STAMP}>", re.IGNORECASE)
_SETTING: Final = re.compile(r"(?<!\S)(?:align|line|position|region|size|vertical|[XY][12]):\S+")
_ROLLING: Final = re.compile(r"WEBVTT[^\n]*\n(?:[^\n]+\n)*?Kind: captions")


@dataclass
class _Cue:
    """Some lines of text with the time that stands above them; `number` is the line the cue begins at."""

    number: int
    start: float | None
    end: float | None
    lines: list[str]
    timed: bool = True


def read_webvtt(source: Source) -> Heard:
    """The cues of a WebVTT file; speakers from voice tags, else from labels in front of the words."""
    heard = Heard("WebVTT")
    head = next((number for number, text in enumerate(source.lines) if not text.strip() or ARROW in text), 1)
    cues = [cue for cue in _cues(source.lines, head, heard) if not _is_comment(cue)]
    if _ROLLING.match(source.text):
        _unroll(cues, heard)
    return _spoken(cues, heard)


def read_captions(source: Source) -> Heard:
    """The captions of an SRT file, or of text with lines of `MM:SS.mmm --> MM:SS.mmm`."""
    timed = next((text for text in source.lines if ARROW in text), "")
    inline, srt = timed.lstrip().startswith("["), "," in timed.partition(ARROW)[0]
    heard = Heard("text with times" if inline else "SRT" if srt else "captions")
    return _spoken(list(_cues(source.lines, 0, heard)), heard)


def _is_comment(cue: _Cue) -> bool:
    return not cue.timed and bool(cue.lines) and _COMMENT.match(cue.lines[0]) is not None


def _cues(lines: list[str], first: int, heard: Heard) -> Iterator[_Cue]:
    """The blocks of a file, each with its time or without; an id above a time is no text."""
    for number, block in _blocks(lines, first):
        at = next((index for index, text in enumerate(block) if ARROW in text), None)
        if at is None:
            words = block[1:] if len(block) > 1 and block[0].strip().isdecimal() else block
            yield _Cue(number, None, None, words, timed=False)
            continue
        if at > 1:
            yield _Cue(number, None, None, block[: at - 1], timed=False)
        times = _TIMES.match(block[at])
        rest = (times or _BROKEN.match(block[at]) or {"rest": block[at]})["rest"]
        start, end = (stamp(times["start"]), stamp(times["end"])) if times else (None, None)
        if start is None:
            heard.remark(line(number + at), "has no readable time; its words are kept without one")
        yield _Cue(number + at, start, end, [_SETTING.sub("", rest).strip(), *block[at + 1 :]])


def _blocks(lines: list[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """Lines between blank lines, with the number of the first; a further time begins a block of its own."""
    block: list[str] = []
    for number, text in enumerate([*lines[first:], ""], start=first + 1):
        timed = ARROW in text and any(ARROW in each for each in block)
        if block and (timed or not text.strip()):
            last_is_id = timed and len(block) > 1 and block[-1].strip().isdecimal()
            carried = [block.pop()] if last_is_id else []
            yield number - len(block) - len(carried), block
            block = carried
        if text.strip():
            block.append(text)


def _unroll(cues: list[_Cue], heard: Heard) -> None:
    """Take out lines that YouTube repeats from the caption before, so that nothing is said twice."""
    originals = [[_plain(text) for text in cue.lines if _plain(text)] for cue in cues]
    repeated = 0
    for (before, after), cue in zip(pairwise(originals), cues[1:], strict=True):
        if before and after and after[0] == before[-1]:
            cue.lines = after[1:]
            repeated += 1
    if repeated:
        heard.remark(line(1), f"rolling captions: {repeated} repeated lines left out")


def _spoken(cues: list[_Cue], heard: Heard) -> Heard:
    """Whose words each cue holds."""
    has_voices = any(_VOICE.search(text) for cue in cues for text in cue.lines)
    labels = labels_of(_plain(" ".join(cue.lines)) for cue in cues)
    current: str | None = None
    for cue in cues:
        if not cue.timed:
            heard.remark(line(cue.number), "stands under no time; its words are kept without one")
        raw = " ".join(cue.lines)
        if has_voices:
            heard.pieces += _voices(cue, raw)
            continue
        name, words = labels.split(_plain(raw))
        current = name if name or (labels.on_every_piece and cue.timed) else current
        heard.pieces.append(Piece(words, line(cue.number), speaker(current), cue.start, cue.end))
    for name in () if has_voices else labels.doubtful:
        heard.remark(name, "stands before a colon only once; taken for words, not for a speaker")
    return heard


def _voices(cue: _Cue, raw: str) -> Iterator[Piece]:
    """The parts of a cue, one for each voice tag, and what stands before the first or behind a closed one."""
    at, name = 0, None
    for match in [*_VOICE.finditer(raw), None]:
        said = raw[at : match.start() if match else len(raw)]
        inside, closed, outside = said.partition("</v>")
        yield Piece(_plain(inside), line(cue.number), speaker(name), cue.start, cue.end)
        yield Piece(_plain(outside), line(cue.number), None if closed else speaker(name), cue.start, cue.end)
        at, name = (match.end(), html.unescape(match["name"])) if match else (at, name)


def _plain(text: str) -> str:
    """The words of a cue without tags and entities, with single blanks; unknown tags are words."""
    return " ".join(html.unescape(_TAG.sub("", _VOICE.sub("", text))).split())
