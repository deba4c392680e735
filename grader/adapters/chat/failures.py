"""What an SDK error means to a grade: a reason, words for the operator, and how long to wait."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import openai

from grader.adapters.chat.dialect import Refusal
from grader.adapters.chat.options import Endpoint
from grader.domain import Usage
from grader.errors import JudgeFailure

MAX_MESSAGE_CHARACTERS: Final = 200

LONGEST_RETRY_AFTER: Final = 86_400.0
"""Seconds; whatever an endpoint says, a day is long enough to look again."""

REPEATED_CHARACTERS: Final = 24
"""A run of this length that stands in the request and in an error message is no chance: servers that validate with
pydantic repeat their input, and a candidate's words must not reach a log."""

_BY_CODE: Final = {
    "context_length_exceeded": "context_too_long",
    "string_above_max_length": "context_too_long",
    "content_filter": "content_filter",
    "content_policy_violation": "content_filter",
    "insufficient_quota": "quota_exhausted",
    "billing_hard_limit_reached": "quota_exhausted",
    "model_not_found": "model_not_found",
}
"""Error codes that say more than their status does."""

_BY_STATUS: Final = {
    400: "request_rejected",
    401: "unauthenticated",
    402: "quota_exhausted",
    403: "unauthenticated",
    404: "model_not_found",
    408: "timeout",
    409: "endpoint_error",
    413: "context_too_long",
    425: "endpoint_error",
    429: "rate_limited",
}

_TOO_LONG: Final = re.compile(r"context (length|window|size)|maximum context|(prompt|input) is too long", re.IGNORECASE)
"""How servers without error codes say that a request does not fit: vLLM, llama.cpp and Ollama among them."""

_REFUSING: Final = frozenset({400, 404, 422})
"""Statuses by which endpoints refuse a parameter; OpenRouter's is 404."""


def refusal(error: openai.APIError) -> Refusal | None:
    """What was refused; None where the error is of another kind."""
    if not isinstance(error, openai.APIStatusError) or error.status_code not in _REFUSING:
        return None
    return Refusal(_words(error), error.param if isinstance(error.param, str) else None)


def failure(error: openai.APIError, endpoint: Endpoint, sent: str, calls: int) -> JudgeFailure:
    """The failure that ends a try after `calls` calls; what it repeats of the text `sent` is not told."""
    text = endpoint.hide(_words(error))[:MAX_MESSAGE_CHARACTERS]
    if _repeats(text, sent):
        text = "(its message repeats the request and is not shown)"
    status = f" {error.status_code}" if isinstance(error, openai.APIStatusError) else ""
    return JudgeFailure(
        _reason(error),
        f"{type(error).__name__}{status} from {endpoint.name}: {text}",
        retry_after=_retry_after(error),
        usage=Usage(llm_calls=calls),
    )


def reason_of(status: int, code: str | None, words: str) -> str:
    """The reason that an error's status, code and words give, the most telling first."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status in (400, 422) and _TOO_LONG.search(words):
        return "context_too_long"
    other = "endpoint_error" if status >= 500 else "request_rejected"  # noqa: PLR2004 - HTTP's own line
    return _BY_STATUS.get(status, other)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, in [0, LONGEST_RETRY_AFTER], of the forms endpoints use; None for none, garbage and the past.

    `retry-after-ms` in milliseconds, `retry-after` in seconds, whole or not, or as an HTTP date; a date counts from
    the reply's own `Date`, so that clocks that disagree do no harm, and from `now` where it has none.
    """
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        seconds = _number(headers.get(name)) * unit
        if seconds >= 0:
            return min(seconds, LONGEST_RETRY_AFTER)
    until = _date(headers.get("retry-after"))
    if until is None:
        return None
    seconds = (until - (_date(headers.get("date")) or now)).total_seconds()
    return min(seconds, LONGEST_RETRY_AFTER) if seconds >= 0 else None


def _reason(error: openai.APIError) -> str:
    if not isinstance(error, openai.APIStatusError):
        # A timeout of the transport is one of connecting: reading is bounded by the deadline alone.
        return "unreachable" if isinstance(error, openai.APIConnectionError) else "endpoint_error"
    return reason_of(error.status_code, error.code, _words(error))


def _words(error: openai.APIError) -> str:
    """The endpoint's own words, not the SDK's rendering of the whole body."""
    if not isinstance(error, openai.APIStatusError):
        return error.message
    body: Any = error.body
    said = body.get("message", body.get("detail")) if isinstance(body, dict) else body
    if isinstance(said, list):  # FastAPI's form: where, what is wrong, and the input, which is left out
        said = "; ".join(f"{each.get('loc')} {each.get('msg')}" for each in said if isinstance(each, dict))
    return said if isinstance(said, str) and not said.lstrip().startswith("<") else "no words of its own"


def _repeats(message: str, text: str) -> bool:
    starts = range(max(len(message) - REPEATED_CHARACTERS + 1, 0))
    return any(message[start : start + REPEATED_CHARACTERS] in text for start in starts)


def _retry_after(error: openai.APIError) -> float | None:
    if not isinstance(error, openai.APIStatusError):
        return None
    return retry_after(error.response.headers, datetime.now(UTC))


def _number(text: str | None) -> float:
    """The number in a header, not-a-number where there is none."""
    try:
        found = float(text or "nan")
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
