"""Answers graded by an LLM at half the price, end to end: a batch, the engine, a loopback endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from grader.access import LOCAL
from grader.adapters.embedding import BatchingEmbedder
from grader.batch import Batches, NewBatch, NewRow, Options
from grader.bootstrap import (
    BatchWork,
    Services,
    Storage,
    build_access,
    build_batches,
    build_candidates,
    build_half_price,
)
from grader.bootstrap.judging import build_budget
from grader.domain import Grade
from grader.errors import ConfigurationError
from grader.fakes import FakeEncoder, FakeJudge, FakeReader
from grader.grading import Grader
from grader.ports import BatchState
from grader.settings import Settings
from rubrics.bank import Bank
from tests.chat_server import ChatServer

ANSWERS = (
    "Each token attends only to a local window of tokens.",
    "Memory grows with the length times the width of the window.",
    "Tokens see neighbours.",
)
RUBRIC = Bank().rubric("DL0028")
BY_JOBS = Options(judge="llm", half_price=True)


async def shortly(_seconds: float) -> None:
    """Little time passes for the test."""
    await asyncio.sleep(0.05)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with ChatServer(["honest"]) as made:
        yield made


@pytest.fixture
async def services(server: ChatServer, tmp_path: Path) -> AsyncIterator[Services]:
    """An LLM at two prices; the time between two looks at a job is short."""
    settings = Settings(
        data_dir=tmp_path, llm_model="m", llm_base_url=server.base_url, llm_input_price=2, llm_output_price=8
    )
    embedder, storage = BatchingEmbedder(FakeEncoder()), Storage(settings)
    live = Grader({"fake": FakeJudge({}), "llm": FakeJudge({}, name="llm")}, "fake", embedder)
    half_price = build_half_price(settings, live, FakeReader(), storage, build_budget(settings))
    half_price.model.sleep = shortly
    half_price = replace(half_price, cleaner=replace(half_price.cleaner, sleep=shortly))
    async with Services(settings, Bank(), embedder, live, storage, half_price=half_price) as made:
        yield made


@pytest.fixture
def work(services: Services) -> BatchWork:
    return build_batches(services.settings, services, build_access(services.settings, services.storage))


async def rows() -> AsyncIterator[NewRow]:
    for number, answer in enumerate(ANSWERS):
        yield NewRow(RUBRIC, answer, f"c-{number}")


async def completed(batches: Batches, batch_id: str) -> None:
    """Return when the batch is."""
    async with asyncio.timeout(60):
        while (await batches.find("local", batch_id)).state is not BatchState.COMPLETED:  # noqa: ASYNC110 - the engine does it
            await asyncio.sleep(0.05)


async def test_a_batch_is_graded_by_a_job_at_half_the_price_and_leaves_no_file_at_the_endpoint(
    server: ChatServer, work: BatchWork
) -> None:
    batches = work.batches
    batch = await batches.submit(LOCAL, NewBatch(options=BY_JOBS), rows())
    async with work.running():
        await completed(batches, batch.id)
        assert len(server.desk.files) == 2, "what was asked and what was answered, in case somebody must ask again"
    grades = [
        Grade.model_validate_json(row.result.grade or "")
        async for row in batches.all_rows("local", batch.id)
        if row.result
    ]
    assert [grade.usage.llm_calls for grade in grades] == [1, 1, 1]
    for usage in (grade.usage for grade in grades):
        full = (usage.input_tokens * 2 + usage.output_tokens * 8) / 1e6
        assert usage.cost_usd == pytest.approx(full / 2, abs=1e-6)
    assert len(server.desk.batches) == 1
    assert {each.path.split("/")[2].split("?")[0] for each in server.received} == {"files", "batches"}
    assert server.desk.files == {}


async def test_a_dry_run_counts_half_the_price(work: BatchWork) -> None:
    at_half = await work.batches.estimate(rows(), BY_JOBS, 1.0)
    in_full = await work.batches.estimate(rows(), Options(judge="llm"), 1.0)
    assert (at_half.takes.calls, at_half.takes.tokens) == (3, in_full.takes.tokens)
    assert at_half.takes.usd == pytest.approx(in_full.takes.usd / 2, abs=1e-5)


async def test_who_is_erased_while_a_job_is_under_way_gets_no_reply_and_the_files_go_when_it_ends(
    services: Services, server: ChatServer, work: BatchWork
) -> None:
    server.desk.polls = 1_000_000
    batches = work.batches
    batch = await batches.submit(LOCAL, NewBatch(options=BY_JOBS), rows())
    candidates = build_candidates(services.storage)
    async with work.running():
        async with asyncio.timeout(60):
            while not server.desk.batches:  # noqa: ASYNC110 - it happens in the code under test
                await asyncio.sleep(0.05)
        erasure = await candidates.erase(LOCAL, "c-0")
        assert (erasure.rows, erasure.bulk_requests) == (1, 1)
        for job in server.desk.batches.values():
            job["left"] = 0
        await completed(batches, batch.id)
    results = [row.result.status.value async for row in batches.all_rows("local", batch.id) if row.result]
    assert results[0] == "erased"
    assert "erased" not in results[1:]
    assert (await candidates.export(LOCAL, "c-0")).replies == ()
    half_price = services.half_price
    assert half_price is not None
    assert await replace(half_price.cleaner, now=lambda: batch.created_at + timedelta(hours=1)).clear() == 0, "all gone"
    assert server.desk.files == {}


@pytest.mark.parametrize(
    "options", [Options(half_price=True), Options(judge="llm", half_price=True, coached=True)], ids=["judge", "coach"]
)
async def test_half_the_price_is_refused_where_it_is_not_to_be_had(work: BatchWork, options: Options) -> None:
    with pytest.raises(ConfigurationError, match="half the price"):
        await work.batches.submit(LOCAL, NewBatch(options=options), rows())


async def test_without_an_llm_there_is_no_half_price(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    embedder, storage = BatchingEmbedder(FakeEncoder()), Storage(settings)
    grader = Grader({"llm": FakeJudge({}, name="llm")}, "llm", embedder)
    async with Services(settings, Bank(), embedder, grader, storage) as services:
        batches = build_batches(settings, services, build_access(settings, storage)).batches
        with pytest.raises(ConfigurationError, match="GRADER_LLM_MODEL"):
            await batches.submit(LOCAL, NewBatch(options=BY_JOBS), rows())
