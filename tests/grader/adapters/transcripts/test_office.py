"""DOCX of Teams and Google Meet, made here with python-docx."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest

from grader.errors import InvalidTranscript


def _document(*paragraphs: str, style: str | None = None) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text, style=style)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_teams_puts_a_whole_turn_into_one_paragraph(read: Any) -> None:
    transcript = read(
        _document(
            "Ada Lovelace started transcription",
            "Ada Lovelace   0:04\nWhat is attention?\nAnd why?",
            "田中   1:02:05\nA weighted sum.",
            "Ada Lovelace stopped transcription",
        )
    )
    assert transcript.format == "Teams DOCX"
    assert [(turn.speaker, turn.start, turn.text) for turn in transcript.turns] == [
        ("Ada Lovelace", 4, "What is attention? And why?"),
        ("田中", 3725, "A weighted sum."),
    ]
    assert [remark.source for remark in transcript.remarks] == ["paragraph 1", "paragraph 4"]


def test_meet_mixes_notes_of_an_ai_with_speech(read: Any) -> None:
    transcript = read(
        _document(
            "Notizen",
            "Summary: Ada asked about attention.",
            "Next steps",
            "Ada: will read the paper.",
            "Transkript",
            "00:00:00",
            "Ada Lovelace: What is attention?",
            "José: A weighted sum.",
            "00:05:00",
            "Ada Lovelace: Good.",
            "Transcription ended after 00:06:10",
        )
    )
    assert transcript.format == "Google Meet DOCX"
    assert [(turn.speaker, turn.start, turn.text) for turn in transcript.turns] == [
        ("Ada Lovelace", 0, "What is attention?"),
        ("José", 0, "A weighted sum."),
        ("Ada Lovelace", 300, "Good."),
    ]
    assert [remark.source for remark in transcript.remarks] == [f"paragraph {at}" for at in (1, 2, 3, 4, 5, 11)]


def test_a_document_without_speech_is_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="holds no lines"):
        read(_document("Dear Ada,", "thank you."))


def _zip(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (lambda: _zip(word__document="", word__bomb=" "), "is an archive, but no Word document"),
        (lambda: _zip(**{"word__document.xml": " " * (65 * 2**20)}), "unpacks to more than 64 MiB"),
        (lambda: _zip(**{"word__document.xml": "<x/>"}), "is no readable Word document"),
        (lambda: _zip(**{f"part{number}": "" for number in range(501)}), "has 501 parts"),
        (lambda: _document("Ada   0:04\nHello.")[:-200], "is a damaged or encrypted archive"),
    ],
)
def test_bombs_and_broken_archives_are_refused(read: Any, raw: Any, message: str) -> None:
    with pytest.raises(InvalidTranscript, match=message):
        read(raw())


def test_entities_of_a_document_are_not_resolved(read: Any, tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    with zipfile.ZipFile(io.BytesIO(_document("Ada   0:04\nHello MARK."))) as archive:
        parts = {name.replace("/", "__"): archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()}
    start = parts["word__document.xml"].index("<w:document")
    body = parts["word__document.xml"][start:].replace("MARK", "&leak;")
    parts["word__document.xml"] = f'<!DOCTYPE x [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>{body}'
    assert "the secret" not in read(_zip(**parts)).model_dump_json()
