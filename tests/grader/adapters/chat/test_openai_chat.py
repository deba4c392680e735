"""One try of a call: what goes out, what comes back, and what is learned from a refusal."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

import pytest

from grader.adapters.chat.openai_chat import OpenAiChatModel
from grader.adapters.chat.options import Endpoint
from grader.errors import JudgeFailure
from grader.ports import ChatRequest, Completion
from tests.chat_server import ChatServer, Step, fails, says, sends, without

Connect = Callable[..., OpenAiChatModel]

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
QUESTION = "Why are there tides? Because the moon pulls the water."
REQUEST: ChatRequest = {"system": "Rules.", "user": QUESTION, "schema_name": "verdicts", "schema": SCHEMA}
EVERYTHING = {"temperature": 0.0, "seed": 7, "reasoning_effort": "low", "max_output_tokens": 500}


async def bodies(server: ChatServer, model: OpenAiChatModel, *script: Step, calls: int = 1) -> list[dict[str, object]]:
    """The bodies of the requests that so many completions took."""
    server.play(*script)
    server.received.clear()
    for _ in range(calls):
        await model.complete(**REQUEST)
    return [request.body for request in server.received]


async def test_nothing_optional_is_sent_unasked(server: ChatServer, connect: Connect) -> None:
    assert await bodies(server, connect(server.base_url), "honest") == [
        {
            "model": "loopback-1",
            "messages": [{"role": "system", "content": "Rules."}, {"role": "user", "content": QUESTION}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "verdicts", "schema": SCHEMA, "strict": True},
            },
        }
    ]


async def test_what_the_operator_sets_is_sent(server: ChatServer, connect: Connect) -> None:
    (body,) = await bodies(server, connect(server.base_url, **EVERYTHING), "honest")
    sent = {name: body.get(name) for name in ("temperature", "seed", "reasoning_effort", "max_tokens")}
    assert sent == {"temperature": 0.0, "seed": 7, "reasoning_effort": "low", "max_tokens": 500}


@pytest.mark.parametrize(
    ("behaviour", "formats"),
    [
        ("honest", ["json_schema"]),
        ("no json_schema", ["json_schema", "json_object"]),
        ("no response_format", ["json_schema", "json_object", None]),
    ],
)
async def test_the_response_format_is_found_out_once_and_remembered(
    server: ChatServer, connect: Connect, behaviour: str, formats: list[str | None]
) -> None:
    model = connect(server.base_url)
    sent = await bodies(server, model, behaviour, calls=3)
    used = [(body.get("response_format") or {"type": None})["type"] for body in sent]  # type: ignore[index]
    assert used == formats + formats[-1:] * 2


async def test_calls_at_the_same_time_find_it_out_together(server: ChatServer, connect: Connect) -> None:
    server.play("no response_format")
    model = connect(server.base_url, **EVERYTHING)
    found = await asyncio.gather(*(model.complete(**REQUEST) for _ in range(5)))
    assert len(found) == 5
    assert server.calls <= 5 * 3
    assert len(await bodies(server, model, "no response_format")) == 1


async def test_a_schema_that_is_not_enforced_stands_in_the_rules(server: ChatServer, connect: Connect) -> None:
    for behaviour in ("no json_schema", "no response_format"):
        *_, body = await bodies(server, connect(server.base_url), behaviour)
        system, user = (message["content"] for message in body["messages"])  # type: ignore[attr-defined]
        assert system.startswith("Rules.\n\n")
        assert json.dumps(SCHEMA) in system
        assert user == QUESTION


async def test_what_a_model_refuses_by_name_is_dropped_once_and_remembered(
    server: ChatServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    model = connect(server.base_url, **EVERYTHING)
    sent = await bodies(server, model, "no options", calls=2)
    names = {"temperature", "seed", "reasoning_effort", "max_tokens", "max_completion_tokens"}
    assert len(sent) == 7  # five refusals, and two that are accepted
    assert not names & sent[-1].keys()
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 5


async def test_the_limit_of_tokens_has_another_name_in_reasoning_families(server: ChatServer, connect: Connect) -> None:
    sent = await bodies(server, connect(server.base_url, max_output_tokens=500), "no max_tokens", calls=2)
    assert [(body.get("max_tokens"), body.get("max_completion_tokens")) for body in sent] == [
        (500, None),
        (None, 500),
        (None, 500),
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        fails(400, "temperature is not supported"),
        fails(422, "Extra inputs are not permitted: `temperature`"),
        fails(400, "Unsupported value", param="temperature", code="unsupported_value"),
        sends({"detail": "no temperature"}, 422),
        sends({"detail": [{"loc": ["body", "temperature"], "msg": "extra", "input": 0.5}]}, 422),
        sends({"error": "temperature: not allowed"}, 400),
    ],
    ids=["message", "422", "param", "detail", "FastAPI", "bare text"],
)
async def test_a_refusal_names_its_parameter_in_many_ways(server: ChatServer, connect: Connect, refusal: Step) -> None:
    model = connect(server.base_url, temperature=0.5)
    sent = await bodies(server, model, refusal, "honest")
    assert ["temperature" in body for body in sent] == [True, False]


@pytest.mark.parametrize("message", ["bad request", "seedy request", "max_tokens_total is too small", ""])
async def test_a_refusal_that_names_nothing_that_was_sent_is_final(
    server: ChatServer, connect: Connect, message: str
) -> None:
    server.play(fails(400, message))
    with pytest.raises(JudgeFailure, match="400"):
        await connect(server.base_url, seed=1, max_output_tokens=5).complete(**REQUEST)
    assert server.calls == 1


async def test_a_parameter_refused_again_and_again_does_not_go_on_for_ever(
    server: ChatServer, connect: Connect
) -> None:
    server.play(fails(400, "temperature and response_format are not supported"))
    with pytest.raises(JudgeFailure) as failure:
        await connect(server.base_url, temperature=1.0).complete(**REQUEST)
    assert failure.value.reason == "request_rejected"
    assert failure.value.usage.llm_calls == server.calls == 4


async def test_everything_that_the_endpoint_counts_is_kept(server: ChatServer, connect: Connect) -> None:
    server.play(says("{}"))
    found = await connect(server.base_url).complete(**REQUEST)
    assert found == Completion(
        text="{}",
        model="loopback-1",
        finish_reason="stop",
        input_tokens=120,
        output_tokens=30,
        cached_input_tokens=80,
        reasoning_tokens=10,
        fingerprint="fp_1",
    )


@pytest.mark.parametrize(
    "usage", [None, {}, [], "many", {"prompt_tokens": None}, {"prompt_tokens": -1}, {"prompt_tokens_details": 3}]
)
async def test_a_server_that_counts_no_tokens_or_wrongly_is_believed_all_the_same(
    server: ChatServer, connect: Connect, usage: object
) -> None:
    server.play(sends(json.loads(says("{}").body) | {"usage": usage}))
    found = await connect(server.base_url).complete(**REQUEST)
    assert (found.text, found.input_tokens, found.cached_input_tokens) == ("{}", 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "covered",
        {"choices": None},
        {"choices": [{"finish_reason": "stop", "message": None}]},
        {"choices": [{"finish_reason": {"type": "stop"}, "message": {"content": "{}"}}]},
        {"choices": [{"finish_reason": "stop", "message": {"content": {"text": "{}"}}}]},
        {"choices": [{"finish_reason": "stop", "message": {"content": "\ud800"}}]},
    ],
)
async def test_json_that_is_no_completion_is_a_bad_response(server: ChatServer, connect: Connect, body: object) -> None:
    server.play(sends(body))
    with pytest.raises(JudgeFailure) as failure:
        await connect(server.base_url).complete(**REQUEST)
    assert failure.value.reason == "bad_response"


async def test_a_bad_response_that_states_its_usage_is_paid_for(server: ChatServer, connect: Connect) -> None:
    server.play("no choices")
    with pytest.raises(JudgeFailure) as failure:
        await connect(server.base_url).complete(**REQUEST)
    usage = failure.value.usage
    assert (usage.llm_calls, usage.input_tokens, usage.cached_input_tokens, usage.output_tokens) == (1, 120, 80, 30)


async def test_a_server_that_sends_only_what_is_needed_is_understood(server: ChatServer, connect: Connect) -> None:
    server.play(sends({"choices": [{"message": {"content": "{}"}}]}))
    found = await connect(server.base_url).complete(**REQUEST)
    assert (found.text, found.model, found.finish_reason) == ("{}", "", "")


async def test_the_key_and_the_words_of_the_request_are_told_to_nobody_else(
    server: ChatServer, connect: Connect
) -> None:
    with_password = server.base_url.replace("//", "//user:hunter2@") + "?token=hunter2"
    told = [str(connect(with_password).identity)]
    for reply in (fails(401, "Incorrect key: sk-very-secret."), fails(400, f"bad input: {QUESTION}, sorry")):
        server.play(reply)
        with pytest.raises(JudgeFailure) as failure:
            await connect(server.base_url).complete(**REQUEST)
        told.append(str(failure.value))
    assert not [text for text in told if "sk-very" in text or "hunter2" in text or "tides" in text]
    assert server.received[0].headers["authorization"] == "Bearer sk-very-secret"


async def test_the_identity_names_model_endpoint_and_what_is_set(server: ChatServer, connect: Connect) -> None:
    assert connect(server.base_url, temperature=0.0).identity == {
        "model": "loopback-1",
        "endpoint": server.base_url + "/",
        "temperature": "0.0",
    }


async def test_nothing_of_the_sdks_own_settings_is_sent(
    server: ChatServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "from-the-shell")
    await bodies(server, connect(server.base_url), "honest")
    headers = server.received[0].headers
    assert "from-the-shell" not in str(headers)
    assert headers["accept-encoding"] == "identity"


async def test_text_that_cannot_be_sent_is_a_rejected_request(server: ChatServer, connect: Connect) -> None:
    with pytest.raises(JudgeFailure) as failure:
        await connect(server.base_url).complete(**REQUEST | {"user": "\ud800"})
    assert failure.value.reason == "request_rejected"


def test_an_endpoint_shows_neither_its_key_nor_its_password() -> None:
    endpoint = Endpoint("http://user:hunter2@127.0.0.1/v1?token=hunter2", "sk-very-secret")
    assert endpoint.name == "http://127.0.0.1/v1/"
    assert not [
        text for text in (repr(endpoint), endpoint.name, endpoint.hide("no sk-very-secret")) if "secret" in text
    ]
    assert "hunter2" not in repr(endpoint)


async def test_a_model_that_refuses_one_thing_and_then_hangs_has_one_time_for_both(
    server: ChatServer, connect: Connect
) -> None:
    server.play(without("seed"), "hang")
    with pytest.raises(JudgeFailure) as failure:
        await connect(server.base_url, seed=1, timeout=3).complete(**REQUEST)
    assert (failure.value.reason, failure.value.usage.llm_calls) == ("timeout", 2)
