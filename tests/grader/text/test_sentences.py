"""Splitting never loses a character, and cuts where a sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.text.sentences import MAX_SENTENCE_WORDS, sentences, split

texts = st.text(st.sampled_from("ab1. !?\n\t,(e.g)½文。x=+-"), max_size=200)


@given(texts | st.text(max_size=80))
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(span.of(text) for span in split(text)) == text


@given(texts)
def test_sentences_have_words_and_no_loose_ends(text: str) -> None:
    for span in sentences(text):
        piece = span.of(text)
        assert piece == piece.strip()
        assert any(char.isalnum() for char in piece)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("The rate is 0.9, e.g. for Adam. Then it decays.", ["The rate is 0.9, e.g. for Adam.", "Then it decays."]),
        ("y = F(x) + x. The rest follows.", ["y = F(x) + x.", "The rest follows."]),
        ("1. Faster\n2. Smaller. Cheaper", ["1. Faster", "2. Smaller.", "Cheaper"]),
        ("(1) First. (2) Second.", ["(1) First.", "(2) Second."]),
        ("- a\n\n- b", ["- a", "- b"]),
        ("它很好。第二句！", ["它很好。", "第二句！"]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("...", []),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in sentences(text)] == expected


def test_speech_without_full_stops_is_cut_at_pauses() -> None:
    text = "so the thing is that depth helps, and then you get features " * 20
    pieces = [span.of(text) for span in sentences(text)]
    assert all(len(piece.split()) <= MAX_SENTENCE_WORDS for piece in pieces)
    assert all(piece.startswith(("so ", "and ")) for piece in pieces[1:])
