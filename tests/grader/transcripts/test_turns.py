"""Turns: who is merged with whom, and that a citation can be checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.transcripts import Role, Segment, Transcript, Turn
from grader.transcripts.assembly import Piece, turns_of
from grader.transcripts.fillers import fillers, without_fillers
from rubrics.model import Span


def _pieces(*heard: tuple[str | None, float | None, float | None, str]) -> list[Piece]:
    return [
        Piece(text, f"line {number}", speaker, start, end)
        for number, (speaker, start, end, text) in enumerate(heard, start=1)
    ]


def _said(*heard: tuple[str | None, float | None, float | None, str]) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in turns_of(_pieces(*heard))]


def test_neighbouring_pieces_of_one_speaker_are_one_turn() -> None:
    assert _said(("Ada", 0, 1, "Hello."), ("Ada", 2, 3, "Hi."), ("Bob", 3, 4, "Oh."), ("Ada", 4, 5, "Yes.")) == [
        ("Ada", "Hello. Hi."),
        ("Bob", "Oh."),
        ("Ada", "Yes."),
    ]


def test_a_long_silence_after_a_finished_sentence_begins_a_new_turn() -> None:
    assert _said(("Ada", 0, 1, "Hello."), ("Ada", 3.1, 4, "Well.")) == [("Ada", "Hello."), ("Ada", "Well.")]


def test_a_long_silence_inside_a_sentence_does_not() -> None:
    assert _said(("Ada", 0, 1, "And,"), ("Ada", 9, 10, "well.")) == [("Ada", "And, well.")]


def test_where_times_are_unknown_no_silence_is_assumed() -> None:
    assert _said(("Ada", None, None, "Hello."), ("Ada", 60, None, "Well.")) == [("Ada", "Hello. Well.")]


def test_without_speakers_pieces_are_joined_only_to_whole_sentences() -> None:
    assert _said((None, 0, 1, "Why is"), (None, 1, 2, "that?"), (None, 2, 3, "Because.")) == [
        (None, "Why is that?"),
        (None, "Because."),
    ]


def test_without_speakers_and_punctuation_every_piece_stays_alone() -> None:
    assert len(_said((None, 0, 1, "why is that"), (None, 1, 2, "because"), (None, 2, 3, "it is"))) == 3


def test_a_clock_that_starts_over_begins_a_new_turn_and_keeps_the_order() -> None:
    turns = turns_of(_pieces(("Ada", 90, None, "Part one."), ("Ada", 0, None, "Part two."), ("Ada", None, None, "On.")))
    assert [(turn.start, turn.text) for turn in turns] == [(90, "Part one."), (0, "Part two. On.")]
    transcript = Transcript(file="a.txt", format="test", turns=turns)
    assert transcript.setbacks == (turns[1],)


def test_an_end_before_the_start_is_no_end() -> None:
    assert turns_of(_pieces(("Ada", 5, 4, "Hello.")))[0].end is None


def test_a_citation_names_turn_range_time_and_place_and_is_checked() -> None:
    turns = turns_of(_pieces(("Ada", 0, 1, "Hello."), ("Bob", 3, 4, "Attention is"), ("Bob", 4, 5, "linear.")))
    transcript = Transcript(file="a.vtt", format="WebVTT", turns=turns)
    citation = turns[1].cite(Span(start=13, end=19))
    assert (citation.turn, citation.text, citation.speaker, citation.time, citation.source) == (
        1,
        "linear",
        "Bob",
        4,
        "line 3",
    )
    assert transcript.verifies(citation)
    assert not transcript.verifies(citation.model_copy(update={"text": "quadratic"}))
    assert not transcript.verifies(citation.model_copy(update={"turn": 2}))


def test_words_that_are_not_there_cannot_be_cited() -> None:
    turn = turns_of(_pieces(("Ada", 0, 1, "Hello.")))[0]
    with pytest.raises(ValueError, match="no words at 3-9"):
        turn.cite(Span(start=3, end=9))


def test_segments_must_cover_the_text() -> None:
    with pytest.raises(ValidationError, match="the segments end at 2"):
        Turn(index=0, speaker=None, text="abc", segments=(Segment(span=Span(start=0, end=2), source="line 1"),))


def test_roles_are_given_to_a_copy() -> None:
    transcript = Transcript(file="a", format="test", turns=turns_of(_pieces(("Ada", 0, 1, "Hello."))))
    asked = transcript.with_roles(lambda _: Role.INTERVIEWER)
    assert (transcript.turns[0].role, asked.turns[0].role) == (Role.UNKNOWN, Role.INTERVIEWER)


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("Um, it is, uh, linear.", "it is, linear."),
        ("Hmm {vocalsound} yes", "yes"),
        ("er sagt um drei, uhr", "er sagt um drei, uhr"),
        ("the uh-huh umbrella", "the uh-huh umbrella"),
    ],
)
def test_fillers_are_hidden_in_the_view(text: str, view: str) -> None:
    assert without_fillers(text) == view


_TIME = st.none() | st.floats(0, 1e5)


@given(st.lists(st.tuples(st.sampled_from([None, "Ada", "田中"]), _TIME, _TIME, st.text(max_size=30)), max_size=30))
def test_no_word_is_lost_and_none_changes_its_place(
    heard: list[tuple[str | None, float | None, float | None, str]],
) -> None:
    turns = turns_of(_pieces(*heard))
    assert "".join("".join(turn.text for turn in turns).split()) == "".join("".join(text for *_, text in heard).split())
    assert all(segment.span.of(turn.text).strip() for turn in turns for segment in turn.segments)
    assert all(turn.end is None or turn.start is None or turn.start <= turn.end for turn in turns)
    if turns:
        transcript = Transcript(file="a.txt", format="test", turns=turns)
        assert transcript == Transcript.model_validate_json(transcript.model_dump_json())


def test_fillers_are_ranges_of_the_stored_text() -> None:
    text = "It is, uh, linear."
    assert [span.of(text) for span in fillers(text)] == ["uh, "]
