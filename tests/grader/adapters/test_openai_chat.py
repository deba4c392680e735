"""Whatever a chat endpoint does, a grade comes out: never an exception, never a zero for a technical failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.adapters.openai_chat import OpenAiChatModel
from grader.domain import Flag, Grade, Label, Status
from grader.errors import JudgeFailure
from grader.grading import Grader, Request
from grader.judges.llm import LlmJudge, Prices
from grader.ports import Completion
from grader.prompting import response_schema
from rubrics.model import Rubric

from .fake_llm_server import Ending, FakeLlmServer, Reply, fails, says, sends

Connect = Callable[..., OpenAiChatModel]

MUCH_LATER = 3
"""Seconds after which a deadline of a fraction of a second has not held."""

ANSWER = "The moon pulls the water of the oceans. The earth turns below."
MOON = {
    "key_point_id": "moon",
    "quotes": ["The moon pulls the water"],
    "reason": "It names the pull of the moon.",
    "verdict": "covered",
}
TURN = {"key_point_id": "turn", "quotes": [], "reason": "No bulges are named.", "verdict": "missing"}
GOOD = json.dumps({"verdicts": [MOON, TURN]})
GOOD_REPLY = says(GOOD)
DEEP = "[" * 5_000 + "]" * 5_000

UNANSWERED: dict[str, tuple[Reply, str]] = {
    "400": (fails(400), "request_rejected"),
    "401": (fails(401), "unauthenticated"),
    "403": (fails(403), "unauthenticated"),
    "404": (fails(404), "model_not_found"),
    "409": (fails(409), "endpoint_error"),
    "413": (fails(413), "endpoint_error"),
    "422": (fails(422), "endpoint_error"),
    "429": (fails(429), "rate_limited"),
    "500": (fails(500), "endpoint_error"),
    "503 with HTML": (Reply(b"<h1>Bad gateway</h1>", 503, "text/html"), "endpoint_error"),
    "529": (fails(529), "endpoint_error"),
    "HTML": (Reply(b"<html>Sign in</html>", content_type="text/html"), "bad_response"),
    "nothing": (Reply(), "bad_response"),
    "204": (Reply(status=204), "bad_response"),
    "truncated JSON": (Reply(GOOD_REPLY.body[:60]), "bad_response"),
    "null": (sends(None), "bad_response"),
    "a list": (sends([]), "bad_response"),
    "a string": (sends("covered"), "bad_response"),
    "an error with 200": (sends({"error": {"message": "overloaded"}}), "bad_response"),
    "no choices": (sends({"choices": []}), "bad_response"),
    "null choices": (sends({"choices": None}), "bad_response"),
    "no message": (sends({"choices": [{"finish_reason": "stop", "message": None}]}), "bad_response"),
    "content that is no text": (says({"text": GOOD}), "bad_response"),
    "a finish reason that is no text": (says(GOOD, finish_reason={"type": "stop"}), "bad_response"),
    "half a surrogate pair": (says("\ud800"), "bad_response"),
    "gzip that is none": (replace(GOOD_REPLY, headers={"Content-Encoding": "gzip"}), "unreachable"),
    "a reset before the reply": (Reply(status=None, ending=Ending.RESET), "unreachable"),
    "a close before the reply": (Reply(status=None), "unreachable"),
    "a reset within the body": (Reply(b"{", missing_bytes=99, ending=Ending.RESET), "unreachable"),
    "a close within the body": (Reply(b"{", missing_bytes=99), "unreachable"),
}
UNUSABLE: dict[str, tuple[Reply, str]] = {
    "a refusal": (says(None, refusal="I cannot help with that."), "refused"),
    "a content filter": (says("", finish_reason="content_filter"), "content_filter"),
    "too few tokens": (says(GOOD[:40], finish_reason="length"), "truncated"),
    "no finish reason": (says(GOOD, finish_reason=None), "truncated"),
    "no content": (says(None), "empty_reply"),
    "white space": (says(" \n"), "empty_reply"),
    "prose": (says("I'm sorry, I cannot grade this."), "invalid_reply"),
    "JSON in a fence": (says(f"```json\n{GOOD}\n```"), "invalid_reply"),
    "two objects": (says(GOOD + GOOD), "invalid_reply"),
    "JSON cut off": (says(GOOD[:-3]), "invalid_reply"),
    "another shape": (says('{"score": 999}'), "invalid_reply"),
    "an extra field": (says(json.dumps({"verdicts": [MOON | {"score": 1}, TURN]})), "invalid_reply"),
    "a missing field": (says('{"verdicts": [{"key_point_id": "moon", "verdict": "covered"}]}'), "invalid_reply"),
    "a verdict in capitals": (says(GOOD.replace("covered", "COVERED")), "invalid_reply"),
    "a verdict with a space": (says(GOOD.replace("covered", "covered ")), "invalid_reply"),
    "a number that is none": (says(GOOD.replace('"covered"', "NaN")), "invalid_reply"),
    "deep nesting": (says(DEEP), "invalid_reply"),
    "ten thousand verdicts": (says(json.dumps({"verdicts": [MOON] * 10_000})), "invalid_reply"),
    "no verdicts": (says('{"verdicts": []}'), "no_verdict"),
    "unknown ids": (says(GOOD.replace("moon", "mars").replace("turn", "halt")), "no_verdict"),
    "every id twice": (says(json.dumps({"verdicts": [MOON, TURN, MOON, TURN]})), "ambiguous_verdict"),
    "our own word for failure": (
        says(GOOD.replace("covered", "ungraded").replace("missing", "ungraded")),
        "ambiguous_verdict",
    ),
}


async def ask(model: OpenAiChatModel, rubric: Rubric) -> Completion:
    return await model.complete(system="s", user="u", schema_name="verdicts", schema=response_schema(rubric))


async def grade(model: OpenAiChatModel, rubric: Rubric, prices: Prices = Prices()) -> Grade:  # noqa: B008 - immutable
    return await Grader({"llm": LlmJudge(model, b"secret", prices)}, "llm").grade(Request(rubric, ANSWER))


def assert_ungraded(found: Grade, reason: str) -> None:
    assert (found.status, found.score, found.score_interval) == (Status.UNGRADED, None, (0.0, 1.0))
    assert {(point.verdict, point.credit, point.reason) for point in found.points} == {(Label.UNGRADED, None, reason)}
    assert found.flags == (Flag.JUDGE_FAILED,)


@pytest.mark.parametrize(("reply", "reason"), UNANSWERED.values(), ids=UNANSWERED)
async def test_a_call_without_an_answer_fails_with_its_reason_and_leaves_the_score_open(
    server: FakeLlmServer, connect: Connect, rubric: Rubric, reply: Reply, reason: str
) -> None:
    server.replies = [reply]
    model = connect(server.base_url)
    with pytest.raises(JudgeFailure) as failure:
        await ask(model, rubric)
    assert failure.value.reason == reason
    assert_ungraded(await grade(model, rubric), reason)


@pytest.mark.parametrize(("reply", "reason"), UNUSABLE.values(), ids=UNUSABLE)
async def test_an_answer_that_is_no_judgement_leaves_the_points_ungraded_and_the_score_open(
    server: FakeLlmServer, connect: Connect, rubric: Rubric, reply: Reply, reason: str
) -> None:
    server.replies = [reply]
    assert_ungraded(await grade(connect(server.base_url), rubric), reason)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=None, ending=Ending.HANG),
        Reply(b"{", missing_bytes=10**6, ending=Ending.HANG),
        Reply(b"{", missing_bytes=10**6, ending=Ending.DRIP),
    ],
    ids=["hangs at once", "hangs in the body", "drips"],
)
async def test_the_deadline_holds_however_slowly_bytes_come(
    server: FakeLlmServer, connect: Connect, rubric: Rubric, reply: Reply
) -> None:
    server.replies = [reply]
    async with asyncio.timeout(MUCH_LATER):
        assert_ungraded(await grade(connect(server.base_url, deadline_seconds=0.15), rubric), "timeout")


async def test_the_deadline_covers_the_retries(server: FakeLlmServer, connect: Connect, rubric: Rubric) -> None:
    server.replies = [replace(fails(429), headers={"Retry-After": "100"})]
    async with asyncio.timeout(MUCH_LATER):
        found = await grade(connect(server.base_url, deadline_seconds=0.15, max_retries=5), rubric)
    assert_ungraded(found, "timeout")


async def test_an_endpoint_that_is_not_there_is_unreachable(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    closed_port = server.base_url
    await server.__aexit__()
    assert_ungraded(await grade(connect(closed_port), rubric), "unreachable")


async def test_a_point_without_a_verdict_is_ungraded_by_itself(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    server.replies = [says(json.dumps({"verdicts": [MOON, TURN, TURN]}))]
    found = await grade(connect(server.base_url), rubric)
    assert [(point.verdict, point.reason) for point in found.points] == [
        (Label.COVERED, "It names the pull of the moon."),
        (Label.UNGRADED, "ambiguous_verdict"),
    ]
    assert (found.score, found.score_interval) == (None, (0.75, 1.0))


async def test_a_good_answer_becomes_a_grade_that_says_what_it_cost(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    server.replies = [GOOD_REPLY]
    found = await grade(connect(server.base_url), rubric, Prices(input=10, output=20))
    assert (found.status, found.score, found.missed) == (Status.GRADED, 0.75, ("turn",))
    assert [item.text for point in found.points for item in point.evidence] == ["The moon pulls the water"]
    assert found.usage.model_dump() == {"llm_calls": 1, "input_tokens": 120, "output_tokens": 30, "cost_usd": 0.0018}


async def test_a_call_that_was_answered_is_paid_for_even_if_the_answer_is_useless(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    server.replies = [says("nonsense")]
    found = await grade(connect(server.base_url), rubric)
    assert (found.usage.llm_calls, found.usage.input_tokens, found.usage.output_tokens) == (1, 120, 30)


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None, "completion_tokens": None}])
async def test_a_server_that_counts_no_tokens_is_believed_all_the_same(
    server: FakeLlmServer, connect: Connect, rubric: Rubric, usage: object
) -> None:
    server.replies = [sends(json.loads(GOOD_REPLY.body) | {"usage": usage})]
    found = await grade(connect(server.base_url), rubric)
    assert (found.score, found.usage.input_tokens) == (0.75, 0)


async def test_a_server_that_sends_only_what_is_needed_is_understood(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    minimal = {"choices": [{"message": {"content": GOOD}, "finish_reason": "stop"}]}
    server.replies = [replace(sends(minimal), content_type="text/plain")]
    assert (await grade(connect(server.base_url), rubric)).score == 0.75


async def test_a_passing_failure_is_tried_again(server: FakeLlmServer, connect: Connect, rubric: Rubric) -> None:
    server.replies = [replace(fails(503), headers={"Retry-After-Ms": "1"}), GOOD_REPLY]
    assert (await grade(connect(server.base_url, max_retries=1), rubric)).score == 0.75
    assert len(server.received) == 2


async def test_the_request_carries_two_messages_and_a_strict_schema(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    server.replies = [GOOD_REPLY]
    await grade(connect(server.base_url), rubric)
    (request,) = server.received
    assert request.path == "/v1/chat/completions"
    assert (request.body["model"], [message["role"] for message in request.body["messages"]]) == (
        "fake-model",
        ["system", "user"],
    )
    assert ANSWER in request.body["messages"][1]["content"]
    assert request.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "verdicts", "strict": True, "schema": response_schema(rubric)},
    }


async def test_the_key_travels_in_the_header_and_nowhere_else(
    server: FakeLlmServer, connect: Connect, rubric: Rubric
) -> None:
    server.replies = [fails(401, "Incorrect API key provided: sk-very-secret.")]
    with_password = server.base_url.replace("//", "//user:hunter2@") + "?token=hunter2"
    model = connect(with_password)
    with pytest.raises(JudgeFailure) as failure:
        await ask(model, rubric)
    found = await grade(model, rubric)
    told: list[Any] = [str(failure.value), model.identity, found.model_dump_json()]
    assert not [text for text in map(str, told) if "sk-very-secret" in text or "hunter2" in text]
    assert model.identity == {"model": "fake-model", "endpoint": server.base_url + "/"}
