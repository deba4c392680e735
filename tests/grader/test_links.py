"""A link lets in whoever holds it, to one order, for one purpose, and cannot be made by others."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.links import LinkExpired, Links, Purpose

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


def test_a_link_to_a_report_counts_until_the_end_of_its_last_day() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    token = at(noon).token(Purpose.REPORT, ORDER)
    assert at(noon + timedelta(days=90)).read(Purpose.REPORT, token) == ORDER
    with pytest.raises(LinkExpired):
        at(noon + timedelta(days=91)).read(Purpose.REPORT, token)
    assert at(noon).token(Purpose.REPORT, ORDER) == at(noon + timedelta(hours=11)).token(Purpose.REPORT, ORDER)
    later = at(noon + timedelta(days=50)).token(Purpose.REPORT, ORDER)
    assert at(noon + timedelta(days=140)).read(Purpose.REPORT, later) == ORDER
    forged = token[:20] + later[20:26] + token[26:]
    assert forged != token
    assert at(noon).read(Purpose.REPORT, forged) is None, "its day is signed"


def at(now: datetime) -> Links:
    return Links(b"the deployment's secret", "https://grader.example", now=lambda: now)
