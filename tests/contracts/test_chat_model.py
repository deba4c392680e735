"""What every ChatModel promises: an answer with its price, or a JudgeFailure; the same one to everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from grader.adapters.chat.breaker import GuardedChatModel
from grader.adapters.chat.limits import LimitedChatModel
from grader.adapters.chat.openai_chat import OpenAiChatModel
from grader.adapters.chat.options import Endpoint
from grader.adapters.chat.retrying import RetryingChatModel
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, completion
from grader.ports import ChatModel, ChatRequest
from tests.chat_server import BEHAVIOURS, Received

REQUEST: ChatRequest = {
    "system": "Rules.",
    "user": "Why?",
    "schema_name": "verdicts",
    "schema": {"type": "object"},
    "cache_key": "rubric 1",
}
KINDS = ("fake", "openai", "guarded", "limited", "retrying", "all layers")


def answering(behaviour: str) -> httpx2.MockTransport:
    """The endpoint of this behaviour, without a socket."""

    def handle(request: httpx2.Request) -> httpx2.Response:
        reply = BEHAVIOURS[behaviour](Received("POST", request.url.path, dict(request.headers), request.content))
        return httpx2.Response(reply.status or 500, headers=reply.headers, content=reply.body)

    return httpx2.MockTransport(handle)


def make(kind: str, behaviour: str) -> ChatModel:
    """A model of this kind whose endpoint behaves so."""
    if kind == "fake":
        return FakeChatModel([completion("{}") if behaviour == "honest" else JudgeFailure("unauthenticated", "no")])
    model: ChatModel = OpenAiChatModel("m", Endpoint(None, "sk-key"), timeout=5, transport=answering(behaviour))
    if kind in {"guarded", "all layers"}:
        model = GuardedChatModel(model)
    if kind in {"limited", "all layers"}:
        model = LimitedChatModel(model, concurrency=2, tokens_per_minute=1_000_000, longest_wait=1)
    if kind in {"retrying", "all layers"}:
        model = RetryingChatModel(model, deadline=5, tries=2)
    return model


@pytest.fixture(params=KINDS)
async def model(request: pytest.FixtureRequest) -> AsyncIterator[ChatModel]:
    """Each model in turn, answering."""
    made = make(request.param, "honest")
    yield made
    await made.close()


@pytest.fixture(params=KINDS)
async def failing(request: pytest.FixtureRequest) -> AsyncIterator[ChatModel]:
    """Each model in turn, refused."""
    made = make(request.param, "401")
    yield made
    await made.close()


async def test_an_answer_has_text_a_model_an_end_and_a_count(model: ChatModel) -> None:
    found = await model.complete(**REQUEST)
    assert found.text
    assert found.model
    assert (found.finish_reason, found.cached, found.calls) == ("stop", False, 1)
    assert found.usage.input_tokens > 0


async def test_an_endpoint_that_gives_no_answer_is_a_judge_failure_with_a_reason(failing: ChatModel) -> None:
    with pytest.raises(JudgeFailure) as failure:
        await failing.complete(**REQUEST)
    assert failure.value.reason == "unauthenticated"


async def test_many_may_ask_at_once(model: ChatModel) -> None:
    found = await asyncio.gather(*(model.complete(**REQUEST) for _ in range(20)))
    assert len({each.text for each in found}) == 1


def test_the_identity_names_the_model_and_holds_no_secret(model: ChatModel) -> None:
    assert model.identity == model.identity
    assert {"model", "endpoint"} <= model.identity.keys()
    assert all(isinstance(value, str) and "sk-key" not in value for value in model.identity.values())


async def test_closing_twice_does_no_harm(model: ChatModel) -> None:
    await model.complete(**REQUEST)
    await model.close()
    await model.close()
