"""What every TranscriptReader promises, whatever it can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.adapters.transcripts import SniffingReader
from grader.errors import InvalidTranscript
from grader.fakes import FakeTranscriptReader
from grader.transcripts import Role

if TYPE_CHECKING:
    from grader.ports import TranscriptReader

READERS = {
    "fake": (FakeTranscriptReader(), b"Ada\tWhy?\nBen\tSo.\nBen\tAnd on.\n"),
    "sniffing": (SniffingReader(), b"Ada: Why?\nBen: So.\nBen: And on.\n"),
}


@pytest.fixture(params=READERS)
def given(request: pytest.FixtureRequest) -> Any:
    return READERS[request.param]


def test_turns_have_speakers_places_and_no_role_yet(given: tuple[TranscriptReader, bytes]) -> None:
    reader, raw = given
    transcript = reader.read(raw, "interview.txt")
    assert transcript.file == "interview.txt"
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [("Ada", "Why?"), ("Ben", "So. And on.")]
    assert [turn.source for turn in transcript.turns] == ["line 1", "line 2 – line 3"]
    assert {turn.role for turn in transcript.turns} == {Role.UNKNOWN}


@pytest.mark.parametrize("raw", [b"", b"neither a speaker nor a word of his"])
def test_what_is_no_interview_is_refused_by_its_name(given: tuple[TranscriptReader, bytes], raw: bytes) -> None:
    with pytest.raises(InvalidTranscript, match=r"^interview\.txt") as refused:
        given[0].read(raw, "interview.txt")
    assert refused.value.file == "interview.txt"
