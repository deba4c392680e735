"""How long a client says it wants to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.preferences import is_async, patience


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 25),
        ("", 25),
        ("respond-async", 0),
        ("Respond-Async", 0),
        (" respond-async ", 0),
        ("respond-async, wait=5", 5),
        ("wait=5", 5),
        ('wait="5"', 5),
        ("wait=100", 25),
        ("wait=0", 0),
        ("wait=soon", 25),
        ("wait=-1", 25),
        ("return=minimal, respond-async;foo=1", 0),
        ("respond-asynchronously", 25),
        ("💥", 25),
    ],
)
def test_a_client_waits_as_long_as_it_says_and_never_longer_than_usual(prefer: str | None, seconds: float) -> None:
    assert patience(prefer, 25) == seconds


@pytest.mark.parametrize(("prefer", "asked"), [("respond-async", True), ("wait=5", False), (None, False)])
def test_only_who_asks_for_a_promise_is_told_that_it_was_heard(prefer: str | None, *, asked: bool) -> None:
    assert is_async(prefer) is asked


@given(st.text(max_size=100))
def test_no_preference_is_an_error(prefer: str) -> None:
    assert 0 <= patience(prefer, 25) <= 25
