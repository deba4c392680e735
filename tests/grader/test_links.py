"""A link lets in whoever holds it, to one order, for one purpose, and cannot be made by others."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from grader.links import Links, Purpose

LINKS = Links(b"the deployment's secret", "https://grader.example")
ORDER = str(uuid.UUID(int=7))


@given(st.uuids())
def test_a_link_leads_back_to_its_order(order: uuid.UUID) -> None:
    url = LINKS.url(Purpose.INVITATION, str(order))
    token = url.removeprefix("https://grader.example/assessment/")
    assert LINKS.read(Purpose.INVITATION, token) == str(order)
    assert LINKS.read(Purpose.REPORT, token) is None
    assert Links(b"another secret", "").read(Purpose.INVITATION, token) is None


@given(st.integers(0, 42), st.sampled_from("Ab_-9"))
def test_a_changed_link_leads_nowhere_else(place: int, put: str) -> None:
    token = LINKS.token(Purpose.INVITATION, ORDER)
    changed = token[:place] + put + token[place + 1 :]
    assert LINKS.read(Purpose.INVITATION, changed) in ({ORDER} if changed == token else {None, ORDER})
    if place < 42:  # the last character holds two bits that are read by nobody
        assert changed == token or LINKS.read(Purpose.INVITATION, changed) is None


@given(st.text(max_size=60))
def test_what_is_no_link_is_none(text: str) -> None:
    assert LINKS.read(Purpose.INVITATION, text) is None
