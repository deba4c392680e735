"""A scripted chat endpoint on loopback, and models that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from grader.adapters.openai_chat import OpenAiChatModel
from rubrics.model import KeyPoint, Question, Rubric

from .fake_llm_server import FakeLlmServer

API_KEY = "sk-very-secret"


@pytest.fixture
async def server() -> AsyncIterator[FakeLlmServer]:
    """An endpoint that waits for its script."""
    async with FakeLlmServer() as running:
        yield running


@pytest.fixture
async def connect(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., OpenAiChatModel]]:
    """Makes models of an endpoint; they do not try again, and give up after 5 s if not told otherwise."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with AsyncExitStack() as open_models:

        def model(base_url: str, *, deadline_seconds: float = 5, max_retries: int = 0) -> OpenAiChatModel:
            made = OpenAiChatModel(
                model="fake-model",
                base_url=base_url,
                api_key=API_KEY,
                deadline_seconds=deadline_seconds,
                max_retries=max_retries,
            )
            open_models.push_async_callback(made.close)
            return made

        yield model


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
