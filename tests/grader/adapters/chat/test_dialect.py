"""How a request is put to each kind of endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from grader.adapters.chat.dialect import Dialect, Refusal
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.ports import ChatRequest

REQUEST: ChatRequest = {"system": "Rules.", "user": "Question.", "schema_name": "n", "schema": {"type": "object"}}


def dialect(url: str | None, **options: Any) -> Dialect:
    return Dialect("m", Endpoint(url), ChatOptions(**options))


@pytest.mark.parametrize(
    ("url", "is_openai"),
    [
        (None, True),
        ("https://eu.api.openai.com/v1", True),
        ("https://mine.openai.azure.com/openai/v1/", True),
        ("https://mine.services.ai.azure.com/openai/v1/", True),
        ("https://openrouter.ai/api/v1", False),
        ("https://api.openai.com.evil.example/v1", False),
        ("https://notopenai.com/v1", False),
        ("http://127.0.0.1:11434/v1", False),
        ("http://localhost:8000/openai.com/v1", False),
    ],
)
def test_only_openai_and_azure_are_sent_what_only_they_document(url: str | None, *, is_openai: bool) -> None:
    body = dialect(url, max_output_tokens=5).body(REQUEST)
    assert ("prompt_cache_key" in body) is is_openai
    assert ("max_completion_tokens" in body) is is_openai
    assert ("max_tokens" in body) is not is_openai


def test_requests_that_begin_alike_share_a_cache_key_and_others_do_not() -> None:
    asked = dialect(None)

    def key(**changed: Any) -> object:
        return asked.body({**REQUEST, **changed})["prompt_cache_key"]  # type: ignore[typeddict-item]

    assert key() == key(user="Another answer.")
    assert len({key(), key(system="Other rules."), key(cache_key="rubric 1"), key(cache_key="rubric 2")}) == 4
    assert "cache_key" not in asked.body({**REQUEST, "cache_key": "rubric 1"})


def test_openrouter_is_told_to_choose_a_provider_that_knows_the_parameters() -> None:
    routed = dialect("https://openrouter.ai/api/v1")
    body = routed.body(REQUEST)
    assert body["provider"] == {"require_parameters": True}
    assert routed.learn(body, Refusal("No endpoints found that can handle the requested parameters."))
    assert routed.response_format == "json_object"


def test_a_router_that_finds_no_provider_for_any_format_may_choose_among_all() -> None:
    routed, refusal = dialect("https://openrouter.ai/api/v1"), Refusal("cannot handle the requested parameters")
    assert [routed.learn(routed.body(REQUEST), refusal) for _ in range(4)] == [True, True, True, False]
    assert not {"provider", "response_format"} & routed.body(REQUEST).keys()


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("This response_format type is unavailable now"),
        Refusal("Invalid parameter", param="response_format"),
        Refusal("x", param="response_format.json_schema"),
        Refusal("This model does not support response format `json_schema`."),
        Refusal("Structured outputs are not available"),
        Refusal("failed to parse grammar"),
        Refusal("'json_schema' is not one of ['text', 'json_object']"),
    ],
)
def test_a_refused_format_is_recognised_in_many_words(refusal: Refusal) -> None:
    asked = dialect("http://127.0.0.1/v1")
    assert asked.learn(asked.body(REQUEST), refusal)
    assert asked.response_format == "json_object"


def test_an_old_refusal_does_not_step_down_twice() -> None:
    asked, refusal = dialect("http://127.0.0.1/v1"), Refusal("no response_format")
    sent = asked.body(REQUEST)
    assert asked.learn(sent, refusal)
    assert asked.learn(sent, refusal)
    assert asked.response_format == "json_object"


def test_the_last_rung_has_nothing_below() -> None:
    asked, refusal = dialect("http://127.0.0.1/v1"), Refusal("no response_format")
    assert [asked.learn(asked.body(REQUEST), refusal) for _ in range(3)] == [True, True, False]
    assert "response_format" not in asked.body(REQUEST)


def test_the_limit_tries_its_other_name_once_in_either_direction() -> None:
    for url, names in (
        (None, ["max_completion_tokens", "max_tokens"]),
        ("http://127.0.0.1/v1", ["max_tokens", "max_completion_tokens"]),
    ):
        asked = dialect(url, max_output_tokens=5)
        for name in names:
            sent = asked.body(REQUEST)
            assert sent[name] == 5
            assert asked.learn(sent, Refusal("unsupported", param=name))
        assert not {"max_tokens", "max_completion_tokens"} & asked.body(REQUEST).keys()
