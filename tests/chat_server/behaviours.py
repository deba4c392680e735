"""Named behaviours of a chat endpoint: each makes one reply of one request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .decisions import decides
from .judging import LIES, honest, judgement, verdict
from .wire import Ending, Received, Reply

Behaviour = Callable[[Received], Reply]

USAGE = {
    "prompt_tokens": 120,
    "completion_tokens": 30,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 80},
    "completion_tokens_details": {"reasoning_tokens": 10},
}


def says(content: object, *, finish_reason: object = "stop", **message: object) -> Reply:
    """A 200 with one choice that says `content`, with the usage of USAGE."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content, **message},
    }
    return sends(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "loopback-1",
            "system_fingerprint": "fp_1",
            "choices": [choice],
            "usage": USAGE,
        }
    )


def sends(body: object, status: int = 200, **headers: str) -> Reply:
    """A reply with this JSON body; `_` in a header's name stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, headers=named)


def fails(
    status: int, message: str = "no", *, code: str | None = None, param: str | None = None, **headers: str
) -> Reply:
    """An error in the form of the OpenAI API."""
    return sends({"error": {"message": message, "type": "error", "code": code, "param": param}}, status, **headers)


def _lying(lie: Callable[[dict[str, Any]], str]) -> Behaviour:
    return lambda request: says(lie(request.body))


def honestly(request: Received) -> Reply:
    """Verdicts, or decisions, by the simple rule of `judging`."""
    if request.path.endswith("/decisions"):
        return sends(decides(request.body))
    return says(judgement(honest(request.body)))


def always(reply: Reply) -> Behaviour:
    """The same reply to every request."""
    return lambda _request: reply


def wrapped(before: str, after: str) -> Behaviour:
    """The honest text with other text around it."""
    return lambda request: says(before + judgement(honest(request.body)) + after)


def twisted(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Behaviour:
    """The honest verdicts, changed."""
    return lambda request: says(judgement(change(honest(request.body))))


def without(*names: str, then: Behaviour = honestly) -> Behaviour:
    """Refuse a request that has one of these parameters, by name, as OpenAI does; answer any other."""

    def behave(request: Received) -> Reply:
        found = next((name for name in names if name in request.body), None)
        if found is None:
            return then(request)
        message = f"Unsupported parameter: '{found}' is not supported with this model."
        return fails(400, message, code="unsupported_parameter", param=found)

    return behave


def without_format(*types: str) -> Behaviour:
    """Refuse these types of `response_format`; where another is asked for, or none, answer honestly."""

    def behave(request: Received) -> Reply:
        wanted = request.body.get("response_format", {}).get("type")
        if wanted in types:
            return fails(400, f"This response_format type is unavailable now: {wanted}", code="invalid_request_error")
        return honestly(request)

    return behave


HONEST_REPLY = says(judgement([verdict("k1", "covered", "It is so.")]))
_HTML = Reply(b"<html><title>Sign in</title></html>", content_type="text/html")
_IN_BODY = Reply(b'{"choices": [', missing_bytes=1_000_000)

BEHAVIOURS: dict[str, Behaviour] = {
    "honest": honestly,
    # F6, F7: limits
    "429": always(fails(429, "slow down")),
    "429 for 2 s": always(fails(429, "slow down", Retry_After="2")),
    "429 for 20 ms": always(fails(429, "slow down", Retry_After_Ms="20")),
    "429 for half a second": always(fails(429, "slow down", Retry_After="0.5")),
    "429 until a date": always(
        fails(429, "slow down", Date="Sat, 21 Nov 2026 12:00:00 GMT", Retry_After="Sat, 21 Nov 2026 12:10:00 GMT")
    ),
    "429 for 600 s": always(fails(429, "slow down", Retry_After="600")),
    "429 for ever": always(fails(429, "slow down", Retry_After="1e300")),
    "429 with garbage": always(fails(429, "slow down", Retry_After="soon")),
    "429 for less than nothing": always(fails(429, "slow down", Retry_After="-5")),
    "out of quota": always(fails(429, "You exceeded your current quota", code="insufficient_quota")),
    "payment required": always(fails(402, "Insufficient credits")),
    # F8: the endpoint fails
    **{str(status): always(fails(status, f"error {status}")) for status in (500, 502, 503, 504, 529)},
    "503 with HTML": always(Reply(b"<h1>Bad gateway</h1>", 503, "text/html")),
    # F9, F10: slow
    "hang": always(Reply(status=None, ending=Ending.HANG)),
    "hang in the body": always(replace(_IN_BODY, ending=Ending.HANG)),
    "drip": always(replace(_IN_BODY, ending=Ending.DRIP)),
    "flood": always(replace(_IN_BODY, missing_bytes=10**12, ending=Ending.FLOOD)),
    "slow": lambda request: replace(honestly(request), delay=0.1),
    # F11: the connection breaks
    "reset": always(Reply(status=None, ending=Ending.RESET)),
    "close": always(Reply(status=None)),
    "reset in the body": always(replace(_IN_BODY, ending=Ending.RESET)),
    "close in the body": always(_IN_BODY),
    # F12: 200, and no chat completion
    "HTML": always(_HTML),
    "nothing": always(Reply()),
    "204": always(Reply(status=204)),
    "redirect": always(Reply(status=302, headers={"Location": "http://127.0.0.1:9/"})),
    "gzip that is none": always(replace(HONEST_REPLY, headers={"Content-Encoding": "gzip"})),
    "byte order mark": lambda request: replace(honestly(request), body=b"\xef\xbb\xbf" + honestly(request).body),
    "wrong content type": lambda request: replace(honestly(request), content_type="text/plain"),
    "no choices": always(sends({"choices": [], "usage": USAGE})),
    "error with 200": always(sends({"error": {"message": "overloaded", "code": 503}})),
    # F13, F15: it stops, or does not want to
    "length": always(says('{"verdicts": [{"key_point_id": "k1", "quo', finish_reason="length")),
    "refusal": always(says(None, refusal="I cannot help with that.")),
    "sorry": always(says("I'm sorry, I cannot grade this.")),
    "content filter": always(says("", finish_reason="content_filter")),
    "content filter 400": always(fails(400, "The response was filtered", code="content_filter", param="prompt")),
    "empty": always(says("")),
    # F14: another form
    "fenced": wrapped("```json\n", "\n```"),
    "text around": wrapped("Here is my judgement:\n", "\nI hope {this} helps."),
    "thinks aloud": wrapped("<think>k1 is {covered}, I believe.</think>", ""),
    "two objects": lambda request: says(judgement(honest(request.body)) * 2),
    "cut off": lambda request: says(judgement(honest(request.body))[:-3]),
    "wrong ids": twisted(lambda verdicts: [entry | {"key_point_id": "x"} for entry in verdicts]),
    "ids twice": twisted(lambda verdicts: verdicts * 2),
    "one id missing": twisted(lambda verdicts: verdicts[1:]),
    "no ids": twisted(lambda _verdicts: []),
    "one id more": twisted(lambda verdicts: [*verdicts, verdict("extra", "covered")]),
    "unknown verdicts": twisted(lambda verdicts: [entry | {"verdict": "Covered "} for entry in verdicts]),
    "numbers for verdicts": twisted(lambda verdicts: [entry | {"verdict": 999} for entry in verdicts]),
    "ten thousand verdicts": twisted(lambda verdicts: [*verdicts, verdict("k1", "covered")] * 10_000),
    "deep nesting": always(says("[" * 5_000 + "]" * 5_000)),
    "a megabyte of quote": twisted(lambda verdicts: [entry | {"quotes": ["x" * 900_000]} for entry in verdicts[:1]]),
    # the caller is wrong
    "400": always(fails(400, "bad request")),
    "401": always(fails(401, "Incorrect API key provided: sk-very-secret.")),
    "403": always(fails(403, "not for you")),
    "404": always(fails(404, "The model does not exist", code="model_not_found")),
    "422": always(fails(422, "unprocessable")),
    "too long": always(fails(400, "maximum context length is 8192 tokens", code="context_length_exceeded")),
    # what models and servers cannot do
    "no temperature": without("temperature"),
    "no seed": without("seed"),
    "no max_tokens": without("max_tokens"),
    "no options": without("temperature", "seed", "reasoning_effort", "max_tokens", "max_completion_tokens"),
    "no json_schema": without_format("json_schema"),
    "no response_format": without_format("json_schema", "json_object"),
    # F16, the judge lies:
    **{name: _lying(lie) for name, lie in LIES.items()},
    # F17: another model behind the same name
    "another model": lambda request: replace(
        honestly(request), body=honestly(request).body.replace(b"loopback-1", b"loopback-2").replace(b"fp_1", b"fp_2")
    ),
}
"""Every behaviour by its name."""
