"""The decisions API on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from grader.adapters.chat.decisions import MAX_QUESTIONS, OpenAiDecisionModel
from grader.adapters.chat.options import Endpoint
from grader.errors import JudgeFailure
from grader.ports import Choice
from tests.chat_server import ChatServer, Step, sends

VALUES = {"covered": "It is said.", "partial": "In part.", "missing": "It is not.", "contradicted": "The opposite."}
CHOICES = [Choice("gravity pulls water", VALUES), Choice("nothing like that", VALUES)]
TEXT = "The moon's gravity pulls the water."


def answer(**changed: Any) -> dict[str, Any]:
    probabilities = [{"value": value, "probability": 0.25} for value in VALUES]
    return {"type": "choice", "choice": "covered", "confidence": 0.5, "probabilities": probabilities} | changed


@pytest.fixture
async def connect(server: ChatServer) -> AsyncIterator[Callable[[float], OpenAiDecisionModel]]:
    """Makes models that give up after so many seconds."""
    async with AsyncExitStack() as open_models:

        def make(timeout: float) -> OpenAiDecisionModel:
            made = OpenAiDecisionModel("gpt-6-luna", Endpoint(server.base_url, "sk-very-secret"), timeout=timeout)
            open_models.push_async_callback(made.close)
            return made

        yield make


@pytest.fixture
def model(connect: Callable[[float], OpenAiDecisionModel]) -> OpenAiDecisionModel:
    return connect(60)


async def test_each_question_gets_a_probability_of_each_value(server: ChatServer, model: OpenAiDecisionModel) -> None:
    found = await model.decide(TEXT, CHOICES)
    first, second = found.probabilities
    assert first is not None
    assert second is not None
    assert max(first, key=first.__getitem__) == "covered"
    assert max(second, key=second.__getitem__) == "missing"
    assert sum(first.values()) == pytest.approx(1)
    assert (found.usage.llm_calls, found.usage.input_tokens, found.model) == (1, 200, "loopback-decisions-1")
    body = server.received[0].body
    assert (body["model"], body["input"], len(body["questions"])) == ("gpt-6-luna", TEXT, 2)
    assert body["questions"][0] == {
        "type": "choice",
        "name": "q0",
        "instructions": "gravity pulls water",
        "choices": [{"value": value, "description": meaning} for value, meaning in VALUES.items()],
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "refusal", "name": "q1"},
        {"type": "predicate", "probability": 0.3},
        answer(probabilities=[]),
        answer(probabilities=[{"value": "excellent", "probability": 1.0}]),
    ],
    ids=["refusal", "predicate", "nothing", "another value"],
)
async def test_a_question_that_is_declined_or_answered_otherwise_has_no_distribution(
    server: ChatServer, model: OpenAiDecisionModel, odd: dict[str, Any]
) -> None:
    server.play(sends({"model": "m", "answers": [answer(), odd]}))
    found = await model.decide(TEXT, CHOICES)
    assert found.probabilities == (dict.fromkeys(VALUES, 0.25), None)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (sends({"model": "m", "answers": [answer()]}), "bad_response"),
        (sends({"model": "m"}), "bad_response"),
        (
            sends({"answers": [answer(probabilities=[{"value": "covered", "probability": 2}]), answer()]}),
            "bad_response",
        ),
        ("HTML", "bad_response"),
        ("flood", "bad_response"),
        ("401", "unauthenticated"),
        ("404", "model_not_found"),
        ("429", "rate_limited"),
        ("500", "endpoint_error"),
        ("reset", "unreachable"),
    ],
    ids=str,
)
async def test_a_call_that_gives_no_decisions_fails_by_name(
    server: ChatServer, model: OpenAiDecisionModel, step: Step, reason: str
) -> None:
    server.play(step)
    with pytest.raises(JudgeFailure) as failure:
        await model.decide(TEXT, CHOICES)
    assert (failure.value.reason, failure.value.usage.llm_calls) == (reason, 1)


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
async def test_a_call_has_its_time_however_slowly_bytes_come(
    server: ChatServer, connect: Callable[[float], OpenAiDecisionModel], behaviour: str
) -> None:
    server.play(behaviour)
    with pytest.raises(JudgeFailure) as failure:
        await connect(0.2).decide(TEXT, CHOICES)
    assert failure.value.reason == "timeout"


async def test_more_questions_than_a_call_takes_are_not_sent(server: ChatServer, model: OpenAiDecisionModel) -> None:
    with pytest.raises(JudgeFailure) as failure:
        await model.decide(TEXT, CHOICES[:1] * (MAX_QUESTIONS + 1))
    assert (failure.value.reason, server.received) == ("request_rejected", [])


def test_the_reply_of_the_server_is_one_the_sdk_knows() -> None:
    from openai.types import Decision  # noqa: PLC0415 - half a second, for this test only

    assert Decision.model_validate(json.loads(json.dumps({"model": "m", "answers": [answer()], "usage": USAGE})))


USAGE = {
    "input_tokens": 1,
    "output_tokens": 0,
    "total_tokens": 1,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
