r"""Markdown with bold speakers: `**Name:** text`, escaped time stamps `\[04:03\]`, paragraphs that go on unlabelled."""

from __future__ import annotations

import re
from typing import Final

from grader.adapters.transcripts.names import MAX_NAME, speaker
from grader.adapters.transcripts.source import Heard, Source, line
from grader.adapters.transcripts.times import STAMP, stamp
from grader.transcripts.assembly import Piece

_BOLD: Final = re.compile(
    rf"(?:[-*>]\s+)?(?P<mark>\*\*|__)(?P<name>[^*_:：\n]{{1,{MAX_NAME}}}?)"
    rf"(?:\s*[\[(]?(?P<time>{STAMP})[\])]?)?\s*(?P<colon>[:：])?(?P=mark)"
    rf"(?:\s*\\?[\[(](?P<behind>{STAMP})\\?[\])])?\s*(?P<outside>[:：])?(?:\s+|$)(?P<text>.*)"
)
_STAMPED: Final = re.compile(rf"\s*\\?[\[(](?P<time>{STAMP})\\?[\])]\s*")
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>-])")
MIN_LABELS: Final = 2
"""Bold labels that make a text an interview; a single one may be a heading."""


def is_markdown(source: Source) -> bool:
    """Whether speakers are named in bold."""
    return sum(_label(text) is not None for text in source.lines) >= MIN_LABELS


def read_markdown(source: Source) -> Heard:
    """What every bold name says, in all paragraphs up to the next; escapes are undone, links stay as they are."""
    heard = Heard("Markdown")
    name: str | None = None
    for number, text in enumerate(source.lines, start=1):
        match = _BOLD.fullmatch(text.rstrip())
        if match and not _says_whose(match):
            match = None
            if _is_scene(text):
                heard.remark(line(number), f"no speech, left out: {text.strip()}")
                continue
        start = stamp(match["time"] or match["behind"] or "") if match else None
        name = match["name"].strip() if match else name
        words = match["text"] if match else text
        if stamped := _STAMPED.match(words):
            start, words = stamp(stamped["time"]), words[stamped.end() :]
        if not words.strip():
            continue
        if name is None or words.startswith("#"):
            heard.remark(line(number), f"no speech, left out: {words.strip()}")
            continue
        heard.pieces.append(Piece(_ESCAPED.sub(r"\1", words), line(number), speaker(name), start, joint="\n"))
    return heard


def _label(text: str) -> re.Match[str] | None:
    match = _BOLD.fullmatch(text.rstrip())
    return match if match and _says_whose(match) else None


def _says_whose(match: re.Match[str]) -> bool:
    """Whether bold words are a label: a colon follows them, or a time and then words."""
    return bool(match["colon"] or match["outside"] or (match["time"] and match["text"]))


def _is_scene(text: str) -> bool:
    r"""Whether a paragraph is bold words and at most a time: `**Jingle** \[28:43\]`."""
    match = _BOLD.fullmatch(text.rstrip())
    return match is not None and not _STAMPED.sub("", match["text"]).strip()
