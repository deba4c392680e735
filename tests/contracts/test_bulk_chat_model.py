"""What every BulkChatModel promises: a job that ends, with a completion or a failure for every id."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from grader.adapters.chat.bulk import OpenAiBulkChatModel
from grader.adapters.chat.dialect import Dialect
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.errors import JudgeFailure
from grader.fakes import FakeBulkChatModel, FakeChatModel, completion
from grader.ports import BulkChatModel, BulkState, ChatRequest, Completion
from tests.chat_server import ChatServer, fails, says

REQUEST: ChatRequest = {"system": "s", "user": "u", "schema_name": "n", "schema": {}}


@pytest.fixture(params=["fake", "openai"])
async def bulk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BulkChatModel]:
    """Each model in turn; it answers one request and fails on the others."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    if request.param == "fake":
        yield FakeBulkChatModel(FakeChatModel([completion("{}"), JudgeFailure("request_rejected", "no")]))
        return
    async with ChatServer([says("{}"), fails(400)]) as server:
        endpoint = Endpoint(server.base_url)
        model = OpenAiBulkChatModel("m", endpoint, Dialect("m", endpoint, ChatOptions()))
        yield model
        await model.close()


async def test_a_job_ends_with_an_outcome_for_every_id_in_order(bulk: BulkChatModel) -> None:
    job = await bulk.submit({"a": REQUEST, "b": REQUEST})
    while (await bulk.poll(job)).state is BulkState.RUNNING:
        pass
    found = await bulk.collect(job, ["b", "a", "stranger"])
    assert list(found) == ["b", "a", "stranger"]
    assert sum(isinstance(each, Completion) for each in found.values()) == 1
    reasons = {each.reason for each in found.values() if isinstance(each, JudgeFailure)}
    assert reasons == {"request_rejected", "no_result"}


async def test_a_job_is_found_again_by_the_name_it_was_handed_in_under(bulk: BulkChatModel) -> None:
    await bulk.submit({"a": REQUEST})
    job = await bulk.submit({"a": REQUEST}, name="ours")
    await bulk.submit({"a": REQUEST}, name="other")
    assert await bulk.find("ours") == job
    assert await bulk.find("nobody's") is None


async def test_of_a_forgotten_job_nothing_can_be_had_any_more(bulk: BulkChatModel) -> None:
    job = await bulk.submit({"a": REQUEST})
    while (await bulk.poll(job)).state is BulkState.RUNNING:
        pass
    await bulk.forget(job)
    await bulk.forget(job)
    with pytest.raises(JudgeFailure):
        await bulk.collect(job, ["a"])


async def test_a_job_that_nobody_submitted_is_a_failure(bulk: BulkChatModel) -> None:
    with pytest.raises(JudgeFailure):
        await bulk.poll("batch_77")


def test_the_identity_is_text(bulk: BulkChatModel) -> None:
    assert {"model", "endpoint"} <= bulk.identity.keys()
