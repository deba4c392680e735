"""What is too large, damaged, or no transcript at all: a clear error with a place and a way out."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from grader.adapters.transcripts.sniffing import MAX_BYTES, MAX_PIECES
from grader.adapters.transcripts.source import MAX_LINE, MAX_LINES
from grader.errors import InvalidTranscript


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "interview: is empty"),
        (b" \n ", "interview: is empty"),
        (b"%PDF-1.7 ...", "is a PDF; export the transcript as text, VTT or DOCX"),
        (b"ID3\x04", "is a sound recording"),
        (b"RIFF....WAVE", "is a sound recording"),
        (b"\xd0\xcf\x11\xe0", "save it as DOCX without a password"),
        (b"\x1f\x8b\x08", "is compressed; unpack it first"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"Just a letter.\nWith two lines.\n", r"a text needs speakers in front of what they say: `Name: text`"),
        (
            "Ann: Why?\nBen: Für dich.\n".encode("latin-1"),
            r"interview, line 2: is not UTF-8 \(byte 16\); save it as UTF-8",
        ),
        ("Ann: Why?\n".encode("utf-16-le"), "holds a null character"),
        (b"WEBVTT\n", "is WebVTT, but nobody says a word in it"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "nobody says a word in it"),
        (
            b'{"segments": [{"start": 1, "text": "Hel',
            r"interview, line 1, column \d+: ends in the middle; it was cut off",
        ),
        (b'{"segments": [}', r"line 1, column \d+: is not valid JSON"),
        (b'{"a":' * 100_000, "is nested too deeply"),
        (b'{"segments": [{"text": "half a \\ud83d character"}]}', r"segments\[0\]: holds characters that are no text"),
        (b'{"segments": [{"text": "a \\u0000"}]}', r"segments\[0\]: holds characters that are no text"),
        (b'text,speaker\n"a,b\n', r"interview, line 2: is no valid table"),
    ],
)
def test_what_cannot_be_read_is_refused(read: Any, raw: bytes, message: str) -> None:
    with pytest.raises(InvalidTranscript, match=message) as refused:
        read(raw)
    assert refused.value.file == "interview"


def test_utf_16_with_its_mark_is_read(said: Any) -> None:
    assert said("Ann: Why?\r\nBen: So.\r\n".encode("utf-16")) == [("Ann", "Why?"), ("Ben", "So.")]


def test_a_file_that_is_too_long_is_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="is longer than 32 MiB"):
        read(b"a" * (MAX_BYTES + 1))


@pytest.mark.slow
def test_too_many_captions_are_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="captions or words, 200000 are allowed; split it"):
        read(b'{"segments": [' + b'{"text": "a"}, ' * MAX_PIECES + b'{"text": "a"}]}')


def test_too_many_lines_are_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="lines, 200000 are allowed; split it"):
        read(b"a\n" * MAX_LINES)


def test_a_line_that_is_too_long_is_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="interview, line 2: has 200001 characters"):
        read(b"Ann: a\n" + b"a" * (MAX_LINE + 1))


LONG = MAX_LINE // 10
LINES = {
    "blanks": " " * LONG,
    "arrow": " " * (LONG // 2) + "-->" + " " * (LONG // 2),
    "voice": "00:01.000 --> 00:02.000\n" + "<v" + " " * (LONG // 2) + "<v " * (LONG // 6),
    "tags": "00:01.000 --> 00:02.000\n" + "<c" * (LONG // 2),
    "settings": "00:01.000 --> 00:02.000" + " align" * (LONG // 6),
    "colons": "a:" * (LONG // 2),
    "bold": "**a" + " " * (LONG // 2) + "**a**" * (LONG // 10),
    "stamps": "00:00" * (LONG // 5),
    "pipes": "text\n" + "|" * LONG,
    "ids": "1\n" * (MAX_LINES // 20),
    "escapes": "**a:** " + "\\" * LONG,
}


@pytest.mark.parametrize("begin", ["", "WEBVTT\n\n", "Ann: a\nBen: b\nAnn: c\n"])
@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_no_line_takes_long(read: Any, begin: str, text: str) -> None:
    started = time.process_time()
    with suppress(InvalidTranscript):
        read(f"{begin}{text}\n")
    assert time.process_time() - started < 5
