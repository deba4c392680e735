"""A quote counts only if the answer really says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.text.quotes import MAX_QUOTE_CHARACTERS, find_quote, says

ANSWER = "Pooling shrinks the feature maps.\nIt is “cheap” and does not learn any weights at all."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("shrinks the feature maps", "shrinks the feature maps"),
        ("POOLING  shrinks", "Pooling shrinks"),
        ('"maps. It is "cheap""', "maps.\nIt is “cheap"),
        ("does not learn any wieghts at all", "does not learn any weights at all."),
    ],
)
def test_a_quote_is_found_as_it_really_stands(quote: str, found: str) -> None:
    evidence = find_quote(ANSWER, quote)
    assert evidence is not None
    assert evidence.text == ANSWER[evidence.start : evidence.end]
    assert evidence.text.rstrip(".”") == found.rstrip(".”")


@pytest.mark.parametrize(
    "quote",
    [
        "enlarges the feature maps",
        "does learn any weights at all",  # one word away, and the opposite
        "It is not “cheap” and does not learn any weights at all",
        "",
        "...",
        "“”",
        "x" * (MAX_QUOTE_CHARACTERS + 1),
    ],
)
def test_what_the_answer_does_not_say_is_not_found(quote: str) -> None:
    assert find_quote(ANSWER, quote) is None


@given(st.text(max_size=120), st.text(max_size=60))
def test_evidence_is_always_a_slice_of_the_text(text: str, quote: str) -> None:
    evidence = find_quote(text, quote)
    assert evidence is None or text[evidence.start : evidence.end] == evidence.text


@given(st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=100), st.data())
def test_every_stretch_with_a_word_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    bare = quote.strip().strip("\"'“”‘’…").strip()
    if any(char.isalnum() for char in bare):
        assert find_quote(text, quote) is not None


def test_says_ignores_case_space_and_typographic_marks() -> None:
    assert says("What is “cold start”?", 'what  is "Cold')
    assert not says("What is cold start?", "warm start")
