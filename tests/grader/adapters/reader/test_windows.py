"""A long answer is cut at ends of sentences, and nothing of it is left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.adapters.reader.windows import windows


def test_a_short_text_is_one_window() -> None:
    assert windows(10, [0, 5], limit=10) == [range(10)]


def test_a_window_ends_with_a_sentence_and_the_next_begins_with_its_last_one() -> None:
    assert windows(10, [0, 3, 6, 9], limit=7) == [range(6), range(3, 10)]


def test_a_sentence_longer_than_a_window_is_cut() -> None:
    assert windows(10, [0], limit=4) == [range(4), range(4, 8), range(8, 10)]


@given(st.integers(0, 300), st.sets(st.integers(0, 300)), st.integers(1, 60))
def test_windows_cover_everything_in_order_and_none_is_too_long(length: int, starts: set[int], limit: int) -> None:
    found = windows(length, sorted(starts), limit)
    assert {place for window in found for place in window} == set(range(length))
    assert all(len(window) <= limit for window in found)
    assert [window.start for window in found] == sorted(window.start for window in found)
