"""The tools for language models, asked over the protocol by the SDK's own client, in process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.access import LOCAL_TENANT
from grader.adapters.embedding import BatchingEmbedder
from grader.bootstrap import Services, Storage
from grader.domain import Label
from grader.fakes import FakeEncoder, FakeJudge
from grader.grading import Grader
from grader.settings import Settings
from rubrics.bank import Bank
from rubrics.model import KeyPoint, Question, Rubric
from rubrics.versions import State, drafted

pytest.importorskip("mcp")


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[Any]:
    """A client of the server, over a fake model and a SQLite file of its own."""
    from mcp import Client  # noqa: PLC0415 - only where the extra is installed

    from api.mcp_server import build_server  # noqa: PLC0415 - as above

    settings = Settings(data_dir=folder)
    embedder = BatchingEmbedder(FakeEncoder())
    grader = Grader({"fake": FakeJudge({"k1": Label.COVERED})}, "fake", embedder)
    services = Services(settings, Bank(), embedder, grader, Storage(settings))
    async with Client(build_server(services)) as connected:
        yield connected


async def test_there_are_three_tools_and_each_says_what_it_does(tmp_path: Path) -> None:
    async with asked(tmp_path) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {"list_questions", "grade_answer", "explain_grade"}
        assert all(tool.description for tool in tools)
        assert "ctx" not in tools[1].input_schema["properties"]


async def test_questions_are_listed_without_answers(tmp_path: Path) -> None:
    async with asked(tmp_path) as client:
        found = await client.call_tool("list_questions", {"text": "sliding"})
        (question,) = found.structured_content["result"]
        assert (question["id"], "reference_answer" in question) == ("DL0028", False)


async def test_an_answer_is_graded_kept_and_explained(tmp_path: Path) -> None:
    async with asked(tmp_path) as client:
        made = await client.call_tool("grade_answer", {"question_id": "DL0028", "answer": "A window of tokens."})
        grade = made.structured_content
        assert grade["points"][0]["verdict"] == "covered"
        said = (await client.call_tool("explain_grade", {"grade_id": grade["id"]})).structured_content
        assert (said["grade_id"], said["points"][0]["verdict"]) == (grade["id"], "covered")


async def test_a_published_question_is_listed_and_graded(tmp_path: Path) -> None:
    own = Rubric(
        question=Question(id="tides", title="Tides", text="Why are there tides?"),
        key_points=(KeyPoint(id="k1", text="The moon pulls the water."),),
    )
    storage, now = Storage(Settings(data_dir=tmp_path)), datetime.now(UTC)
    await storage.rubrics.keep(LOCAL_TENANT, drafted(own, [], now))
    await storage.rubrics.move(LOCAL_TENANT, own.content_hash, State.PUBLISHED, now)
    await storage.close()
    async with asked(tmp_path) as client:
        listed = (await client.call_tool("list_questions", {"text": "tides"})).structured_content["result"]
        assert [question["id"] for question in listed] == ["tides"]
        made = await client.call_tool("grade_answer", {"question_id": "tides", "answer": "The moon pulls."})
        assert made.structured_content["rubric_hash"] == own.content_hash


async def test_an_answer_is_graded_against_a_reference_sent_along(tmp_path: Path) -> None:
    async with asked(tmp_path) as client:
        sent = {
            "question": "Why are there tides?",
            "reference_answer": "The moon's gravity pulls the oceans. The earth turns below the bulges.",
            "answer": "The moon pulls.",
            "feedback": "hints",
        }
        grade = (await client.call_tool("grade_answer", sent)).structured_content
        assert "bulges" not in str(grade)


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("grade_answer", {"answer": "x"}, "either question_id"),
        ("grade_answer", {"answer": "x", "question_id": "DL9999"}, "no question"),
        ("grade_answer", {"answer": "x", "question_id": "DL0028", "judge": "oracle"}, "there is no judge"),
        ("grade_answer", {"answer": "x" * 20_001, "question_id": "DL0028"}, "20000 are allowed"),
        ("grade_answer", {"question_id": "DL0028"}, "answer"),
        ("explain_grade", {"grade_id": "none"}, "no such grade"),
    ],
)
async def test_a_wrong_call_is_told_what_is_wrong(
    tmp_path: Path, tool: str, arguments: dict[str, Any], message: str
) -> None:
    async with asked(tmp_path) as client:
        done = await client.call_tool(tool, arguments)
        assert done.is_error
        assert message in done.content[0].text


async def test_the_command_speaks_the_protocol_on_standard_output_only(tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("grader"), "mcp"]
    asked = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
    environment = {**os.environ, "GRADER_DATA_DIR": str(tmp_path)}
    done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        command, input=asked, capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert all(line.startswith("{") for line in done.stdout.splitlines())
