"""Cursors: what they say comes back exactly, and only in the list they belong to."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import MAX_LENGTH, Cursors
from api.errors import Problem
from grader.ports import Place

CURSORS = Cursors(b"a secret of the deployment", "acme {}")
PLACE = Place(datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC), "0a4c8f5e-7d1b-4c57-9d52-3f0e6f1f2f10")


def test_a_place_comes_back_as_it_was() -> None:
    cursor = CURSORS.seal(PLACE)
    assert CURSORS.open(cursor) == PLACE
    assert len(cursor) <= MAX_LENGTH
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "other",
    [
        Cursors(b"a secret of the deployment", "other {}"),
        Cursors(b"a secret of the deployment", 'acme {"status":"graded"}'),
        Cursors(b"another secret altogether.", "acme {}"),
    ],
)
def test_it_is_worth_nothing_in_another_list_or_another_deployment(other: Cursors) -> None:
    with pytest.raises(Problem) as refused:
        other.open(CURSORS.seal(PLACE))
    assert (refused.value.status, refused.value.slug) == (400, "invalid-cursor")


@given(position=st.integers(0, 200), char=st.characters())
def test_no_character_of_it_can_be_changed(position: int, char: str) -> None:
    cursor = CURSORS.seal(PLACE)
    position %= len(cursor)
    changed = cursor[:position] + char + cursor[position + 1 :]
    with suppress(Problem):  # the last character of base64 has bits that say nothing: then it is the same cursor
        assert CURSORS.open(changed) == PLACE


@given(st.text(max_size=MAX_LENGTH))
def test_nothing_made_up_is_a_cursor(text: str) -> None:
    with pytest.raises(Problem):
        CURSORS.open(text)
