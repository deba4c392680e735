"""The interviews as their tools would export them are read turn for turn as they were said."""

from __future__ import annotations

import pytest

from grader.adapters.transcripts import SniffingReader
from tests.grader.interviews.exported import exported, without_speakers
from tests.grader.interviews.scripted import Interview, interviews

NAMED = pytest.mark.parametrize("interview", interviews(), ids=lambda each: each.name)


@NAMED
def test_every_form_gives_the_same_turns(interview: Interview) -> None:
    name, raw = exported(interview)
    read = SniffingReader().read(raw, name)
    assert [(turn.speaker, turn.text) for turn in read.turns] == [
        (turn.speaker, turn.text) for turn in interview.transcript.turns
    ]
    timed = interview.form not in {"plain", "markdown"}
    assert all((turn.start is not None) is timed for turn in read.turns)
    if timed:
        assert max(abs(turn.start - line.start) for turn, line in zip(read.turns, interview.lines, strict=True)) <= 1


@NAMED
def test_without_speakers_every_word_is_there_and_nobodys(interview: Interview) -> None:
    name, raw = without_speakers(interview)
    read = SniffingReader().read(raw, name)
    assert {turn.speaker for turn in read.turns} == {None}
    assert " ".join(turn.text for turn in read.turns) == " ".join(line.text for line in interview.lines)


def test_at_least_four_forms_are_there() -> None:
    assert {"zoom", "otter", "deepgram", "plain"} <= {each.form for each in interviews()}
