"""A scripted chat endpoint on loopback, models that talk to it, and a clock that a test can hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from grader.adapters.chat.breaker import GuardedChatModel
from grader.adapters.chat.clock import Clock
from grader.adapters.chat.limits import LimitedChatModel
from grader.adapters.chat.openai_chat import OpenAiChatModel
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.adapters.chat.retrying import RetryingChatModel
from grader.ports import ChatModel
from rubrics.model import KeyPoint, Question, Rubric
from tests.chat_server import ChatServer

API_KEY = "sk-very-secret"


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps, and remembers how long."""

    time: float = 100.0
    slept: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """This time as the layers see it."""
        return Clock(now=lambda: self.time, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> FakeTime:
    """A time that stands still."""
    return FakeTime()


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatServer]:
    """An endpoint that waits for its script."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with ChatServer() as running:
        yield running


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., OpenAiChatModel]]:
    """Makes models of an endpoint, without layers; they give up after a minute if not told otherwise."""
    async with AsyncExitStack() as open_models:

        def model(base_url: str | None, *, timeout: float = 60, **options: Any) -> OpenAiChatModel:
            transport, name = options.pop("transport", None), options.pop("model", "loopback-1")
            endpoint = Endpoint(base_url, API_KEY)
            made = OpenAiChatModel(name, endpoint, timeout=timeout, options=ChatOptions(**options), transport=transport)
            open_models.push_async_callback(made.close)
            return made

        yield model


@pytest.fixture
def layered(connect: Callable[..., OpenAiChatModel]) -> Callable[..., ChatModel]:
    """Makes models with all their layers, as bootstrap does, with a minute, 3 tries and hardly a wait."""

    def model(base_url: str, *, deadline: float = 60, timeout: float = 60, tries: int = 3, **options: Any) -> ChatModel:
        one_try = GuardedChatModel(connect(base_url, timeout=timeout, **options))
        limited = LimitedChatModel(one_try, concurrency=8, tokens_per_minute=None, longest_wait=deadline)
        return RetryingChatModel(limited, deadline=deadline, tries=tries, chance=lambda: 0.01)

    return model


@pytest.fixture
def rubric() -> Rubric:
    """Two points about tides."""
    return Rubric(
        question=Question(id="q1", title="Tides", text="Why are there tides?"),
        key_points=(
            KeyPoint(id="moon", text="The moon's gravity pulls the water.", weight=3),
            KeyPoint(id="turn", text="The earth turns under two bulges."),
        ),
    )
