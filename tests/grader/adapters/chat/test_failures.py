"""What an endpoint's error means, and how long it asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.adapters.chat.failures import LONGEST_RETRY_AFTER, reason_of, retry_after

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": " 2 "}, 2.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after-ms": "x", "retry-after": "2"}, 2.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:07 GMT"}, 7.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:07 GMT", "date": "Sat, 21 Nov 2026 12:00:04 GMT"}, 3.0),
        ({"retry-after": "Saturday, 21-Nov-26 12:00:07 GMT"}, 7.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:07 +0200"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 11:59:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e300"}, LONGEST_RETRY_AFTER),
        ({"retry-after": "600"}, 600.0),
        ({"retry-after": "Sat, 21 Nov 9999 12:00:00 GMT"}, LONGEST_RETRY_AFTER),
        ({"retry-after": "Sat, 99 Nov 2026 99:00:00 GMT"}, None),
    ],
)
def test_retry_after_is_read_in_every_form_and_never_believed_beyond_reason(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, NOW) == seconds


@given(st.text(), st.text(), st.text())
def test_no_header_makes_a_wait_that_is_negative_endless_or_an_error(ms: str, after: str, date: str) -> None:
    found = retry_after({"retry-after-ms": ms, "retry-after": after, "date": date}, NOW)
    assert found is None or 0 <= found <= LONGEST_RETRY_AFTER


@pytest.mark.parametrize(
    ("status", "code", "words", "reason"),
    [
        (400, None, "", "request_rejected"),
        (400, "context_length_exceeded", "", "context_too_long"),
        (400, None, "This model's maximum context length is 8192 tokens", "context_too_long"),
        (400, None, "the request exceeds the available context size", "context_too_long"),
        (422, None, "prompt is too long", "context_too_long"),
        (413, None, "", "context_too_long"),
        (400, "content_filter", "", "content_filter"),
        (401, None, "", "unauthenticated"),
        (402, None, "", "quota_exhausted"),
        (403, None, "", "unauthenticated"),
        (404, "model_not_found", "", "model_not_found"),
        (408, None, "", "timeout"),
        (409, None, "", "endpoint_error"),
        (418, None, "", "request_rejected"),
        (429, None, "", "rate_limited"),
        (429, "insufficient_quota", "", "quota_exhausted"),
        (500, None, "maximum context length", "endpoint_error"),
        (529, None, "", "endpoint_error"),
        (302, None, "", "request_rejected"),
    ],
)
def test_an_error_has_the_reason_that_tells_most(status: int, code: str | None, words: str, reason: str) -> None:
    assert reason_of(status, code, words) == reason
