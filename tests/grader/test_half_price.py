"""Answers graded by an LLM at half the price, end to end over a loopback endpoint."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from grader.adapters.embedding import BatchingEmbedder
from grader.bootstrap import Services, Storage, build_deferred_grader, build_deferred_model
from grader.domain import Status
from grader.errors import ConfigurationError
from grader.fakes import FakeEncoder, FakeJudge, FakeReader
from grader.grading import Grader, Request
from grader.settings import Settings
from rubrics.bank import Bank
from tests.chat_server import ChatServer

ANSWERS = (
    "Each token attends only to a local window of tokens.",
    "Memory grows with the length times the width of the window.",
    "Tokens see neighbours.",
)


async def shortly(_seconds: float) -> None:
    """Little time passes for the test."""
    await asyncio.sleep(0.1)


async def test_answers_are_graded_by_jobs_at_half_the_price(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with ChatServer(["honest"]) as server:
        settings = Settings(
            data_dir=tmp_path, llm_model="m", llm_base_url=server.base_url, llm_input_price=2, llm_output_price=8
        )
        embedder = BatchingEmbedder(FakeEncoder())
        storage = Storage(settings)
        live = Grader({"fake": FakeJudge({})}, "fake", embedder)
        async with Services(settings, Bank(), embedder, live, storage) as it:
            model = build_deferred_model(settings, storage)
            model.sleep = shortly
            grader = build_deferred_grader(it, FakeReader(), model)
            asked = [Request(it.bank.rubric("DL0028"), answer, "llm") for answer in ANSWERS]
            grades = await asyncio.gather(*map(grader.grade, asked))
            again = await grader.grade(asked[0])
            await model.close()
        assert [grade.status is Status.UNGRADED for grade in grades] == [False] * 3
        files = [server.desk.files[batch["input_file_id"]] for batch in server.desk.batches.values()]
        assert sum(len(file.splitlines()) for file in files) == len(ANSWERS)
        assert {each.path.split("/")[2].split("?")[0] for each in server.received} == {"files", "batches"}
        for grade in grades:
            usage = grade.usage
            assert usage.llm_calls == 1
            full = (usage.input_tokens * 2 + usage.output_tokens * 8) / 1e6
            assert usage.cost_usd == pytest.approx(full / 2, abs=1e-6)
        assert (again.usage.llm_calls, again.usage.cached_calls) == (0, 1), "the reply is in the cache, as any other"


async def test_without_an_llm_there_is_no_half_price(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ConfigurationError):
        build_deferred_model(settings, Storage(settings))
