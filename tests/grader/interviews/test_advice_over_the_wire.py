"""What an interview leaves open is asked of a real endpoint: one call, only about what is open, kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from grader.adapters.chat.openai_chat import OpenAiChatModel
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.bootstrap import build_services
from grader.fakes import FakeEmbedder
from grader.interviews.adviser import Adviser
from grader.interviews.preparing import Commission, Prepared, prepare
from grader.interviews.roles import Hints
from grader.settings import Settings
from grader.transcripts import Role, Transcript
from tests.chat_server import ChatServer, fails, says
from tests.grader.interviews.test_adviser import DOUBTFUL, UNCLEAR, WANTED, interview, place, reply

UNKNOWN = replace(WANTED, hints=Hints())


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with ChatServer() as running:
        yield running


async def advised(server: ChatServer, said: Transcript, wanted: Commission) -> Prepared:
    model = OpenAiChatModel("loopback-1", Endpoint(server.base_url, "sk-x"), timeout=10, options=ChatOptions())
    try:
        return await prepare(FakeEmbedder(), said, wanted, {}, Adviser(model, b"secret"))
    finally:
        await model.close()


async def test_only_the_turn_in_doubt_is_asked_about_and_goes_where_the_endpoint_says(server: ChatServer) -> None:
    server.play(says(reply(**{"3": "ice"})))
    prepared = await advised(server, DOUBTFUL, WANTED)
    assert place(prepared, 3) == ("ice", "llm")
    assert place(prepared, 1) == ("tides", "alignment")
    (asked,) = server.received
    schema = asked.body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["decisions"]["items"]["properties"]["item"]["enum"] == ["3"]
    assert prepared.report.usage.input_tokens == 120


async def test_an_endpoint_without_schemas_is_asked_without_one(server: ChatServer) -> None:
    refused = fails(400, "response_format json_schema is not supported", param="response_format")
    server.play(refused, says(f"```json\n{reply(**{'3': 'ice'})}\n```"))
    assert place(await advised(server, DOUBTFUL, WANTED), 3) == ("ice", "llm")


async def test_speakers_nobody_is_sure_of_are_asked_about(server: ChatServer) -> None:
    server.play(says(reply(Ada="interviewer", Bo="candidate")), says(reply()))
    prepared = await advised(server, interview(*UNCLEAR), UNKNOWN)
    assert not prepared.unclear
    assert {each.speaker: each.role for each in prepared.report.roles} == {
        "Ada": Role.INTERVIEWER,
        "Bo": Role.CANDIDATE,
    }


async def test_without_speakers_each_turn_is_asked_about(server: ChatServer) -> None:
    words = (
        "The moon.",
        "The gravity of the moon pulls the oceans.",
        "Right, the moon.",
        "Crystals of ice have a lower density than the liquid.",
    )
    labels = {str(n): "candidate" if n % 2 else "interviewer" for n in range(len(words))}
    server.play(says(reply(**labels)), says(reply()))
    prepared = await advised(server, interview(*((None, text) for text in words)), UNKNOWN)
    assert [turn.role.value for turn in prepared.report.transcript.turns] == list(labels.values())


@pytest.mark.parametrize("broken", [fails(500), says("Sorry, I would rather not."), says("", finish_reason="length")])
async def test_an_endpoint_that_is_no_help_leaves_the_interview_as_it_is_and_the_report_says_so(
    server: ChatServer, broken: object
) -> None:
    server.play(broken)
    alone = await prepare(FakeEmbedder(), DOUBTFUL, WANTED, {})
    prepared = await advised(server, DOUBTFUL, WANTED)
    assert prepared.report.alignment == alone.report.alignment
    assert prepared.report.problems


async def test_what_is_said_of_everybody_in_an_interview_is_in_no_cache(server: ChatServer, tmp_path: Path) -> None:
    server.play(says(reply(**{"3": "ice"})))
    settings = Settings(
        llm_model="loopback-1",
        llm_base_url=server.base_url,
        llm_api_key=SecretStr("sk-x"),
        data_dir=tmp_path,
        llm_cache_days=30,
    )
    async with build_services(settings) as services:
        for _ in range(2):
            assert place(await prepare(FakeEmbedder(), DOUBTFUL, WANTED, {}, services.adviser), 3) == ("ice", "llm")
    assert server.calls == 2
