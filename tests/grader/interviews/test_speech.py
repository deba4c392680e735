"""What people take back, leave open or only stammer is no part of their answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.interviews.speech import Why, left_out


def kept(text: str) -> str:
    """What is left of a text."""
    for each in reversed(left_out(text)):
        text = text[: each.span.start] + text[each.span.end :]
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("The cost is n squared. No wait, it is n times w.", "it is n times w."),
        ("It needs more memory, no, scratch that, it needs less memory.", "it needs less memory."),
        ("I like it. It is linear in d, sorry, I meant quadratic in n.", "I like it. quadratic in n."),
        ("Keys come from the decoder. Actually no, they come from the encoder.", "they come from the encoder."),
    ],
)
def test_the_last_clear_word_counts(said: str, meant: str) -> None:
    assert kept(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "It either makes generation faster or slower, one of the two.",
        "I'm not sure, it increases or decreases the variance.",
        "It has fewer parameters, or maybe the other way round.",
    ],
)
def test_both_ways_at_once_is_none(said: str) -> None:
    assert kept(said) == ""
    assert {each.why for each in left_out(said)} == {Why.BOTH_WAYS}


@pytest.mark.parametrize(
    "said",
    [
        "A one by one convolution can lower or raise the number of channels.",
        "You can make it smaller or larger, whatever you need.",
        "Adam is more or less momentum and RMSprop put together.",
        "It does not depend on whether the input is positive or negative.",
        "Wait until the loss no longer falls, that was what they did.",
        "I actually had a deep network with and without it, and it is very, very stable.",
    ],
)
def test_what_only_sounds_like_it_stays(said: str) -> None:
    assert kept(said) == said


def test_fillers_and_stammering_are_left_out() -> None:
    assert kept("Uh, the, the softmax, um, sums to to one.") == "the softmax, sums to one."
    assert kept("It um converges in the first er epochs.") == "It converges in the first epochs."
    assert kept("Wir machen das, um zu lernen, und er auch.") == "Wir machen das, um zu lernen, und er auch."


@given(st.lists(st.sampled_from("no wait , . sorry scratch that it the the either faster or slower um I".split())))
def test_what_is_left_out_never_overlaps(parts: list[str]) -> None:
    text = " ".join(parts)
    ends = [0, *(each.span.end for each in left_out(text))]
    assert all(end <= each.span.start for end, each in zip(ends, left_out(text), strict=False))
    assert ends[-1] <= len(text)
