"""Bulk jobs over the files and batches endpoints, on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from grader.adapters.chat.bulk import MAX_REQUESTS, OpenAiBulkChatModel
from grader.adapters.chat.dialect import Dialect
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.errors import JudgeFailure
from grader.ports import BulkProgress, BulkState, ChatRequest, Completion
from tests.chat_server import ChatServer, Received, Reply, fails, says

IDS = ["a", "b", "c"]


def request(user: str) -> ChatRequest:
    return {"system": "s", "user": user, "schema_name": "n", "schema": {}}


REQUESTS = {each: request(f"question {each}") for each in IDS}


def repeated(received: Received) -> Reply:
    """The user's words as the answer."""
    return says(received.body["messages"][1]["content"])


@pytest.fixture
async def bulk(server: ChatServer) -> AsyncIterator[OpenAiBulkChatModel]:
    endpoint = Endpoint(server.base_url, "sk-very-secret")
    model = OpenAiBulkChatModel("loopback-1", endpoint, Dialect("loopback-1", endpoint, ChatOptions(seed=3)))
    yield model
    await model.close()


async def ended(bulk: OpenAiBulkChatModel, job: str) -> BulkProgress:
    """The progress of a job that has ended."""
    while (progress := await bulk.poll(job)).state is BulkState.RUNNING:
        pass
    return progress


def reasons(found: dict[str, Completion | JudgeFailure]) -> dict[str, str]:
    return {each: got.reason if isinstance(got, JudgeFailure) else got.text for each, got in found.items()}


async def test_every_request_gets_its_own_answer_whatever_the_order(
    server: ChatServer, bulk: OpenAiBulkChatModel
) -> None:
    server.play(repeated)
    job = await bulk.submit(REQUESTS)
    assert (await bulk.poll(job)).state is BulkState.RUNNING
    assert (await ended(bulk, job)).state is BulkState.ENDED
    found = await bulk.collect(job, IDS)
    assert reasons(found) == {each: f"question {each}" for each in IDS}
    assert list(found) == IDS
    assert all(isinstance(each, Completion) and each.input_tokens == 120 for each in found.values())


async def test_a_line_of_the_file_is_what_the_live_model_would_send(
    server: ChatServer, bulk: OpenAiBulkChatModel
) -> None:
    await bulk.submit(REQUESTS)
    (content,) = server.desk.files.values()
    first = json.loads(content.splitlines()[0])
    assert (first["custom_id"], first["method"], first["url"]) == ("a", "POST", "/v1/chat/completions")
    assert first["body"]["messages"][1] == {"role": "user", "content": "question a"}
    assert (first["body"]["seed"], first["body"]["response_format"]["type"]) == (3, "json_schema")


async def test_one_request_that_fails_is_one_failure(server: ChatServer, bulk: OpenAiBulkChatModel) -> None:
    server.play(repeated, fails(400, "x", code="context_length_exceeded"), fails(429))
    job = await bulk.submit(REQUESTS)
    await ended(bulk, job)
    assert reasons(await bulk.collect(job, IDS)) == {"c": "question c", "b": "context_too_long", "a": "rate_limited"}


async def test_a_job_that_ran_out_of_time_gives_what_was_done(server: ChatServer, bulk: OpenAiBulkChatModel) -> None:
    server.play(repeated)
    server.desk.fate = "expired"
    job = await bulk.submit(REQUESTS)
    await ended(bulk, job)
    assert reasons(await bulk.collect(job, IDS)) == {"a": "question a", "b": "question b", "c": "no_result"}


async def test_a_job_that_was_not_taken_says_why(server: ChatServer, bulk: OpenAiBulkChatModel) -> None:
    server.desk.fate = "failed"
    job = await bulk.submit(REQUESTS)
    progress = await ended(bulk, job)
    assert (progress.state, progress.message) == (BulkState.FAILED, "invalid_json_line: line 1 is no JSON")
    with pytest.raises(JudgeFailure, match="invalid_json_line"):
        await bulk.collect(job, IDS)


async def test_results_are_not_collected_before_the_end(server: ChatServer, bulk: OpenAiBulkChatModel) -> None:
    server.desk.polls = 10
    job = await bulk.submit(REQUESTS)
    with pytest.raises(JudgeFailure) as failure:
        await bulk.collect(job, IDS)
    assert failure.value.reason == "not_ended"


async def test_a_cancelled_job_has_no_result_for_what_was_not_done(
    server: ChatServer, bulk: OpenAiBulkChatModel
) -> None:
    server.desk.polls = 10
    job = await bulk.submit(REQUESTS)
    await bulk.cancel(job)
    assert reasons(await bulk.collect(job, IDS)) == dict.fromkeys(IDS, "no_result")


async def test_lines_that_are_broken_or_nobodys_are_left_out(server: ChatServer, bulk: OpenAiBulkChatModel) -> None:
    server.play(repeated)
    job = await bulk.submit(REQUESTS)
    await ended(bulk, job)
    output = server.desk.batches[job]["output_file_id"]
    server.desk.files[output] += b'\nnot json\n{}\n[]\n{"custom_id": "stranger", "response": null}\n'
    assert reasons(await bulk.collect(job, IDS)) == {each: f"question {each}" for each in IDS}


@pytest.mark.parametrize("requests", [{}, dict.fromkeys(map(str, range(MAX_REQUESTS + 1)), request("u"))])
async def test_a_job_of_the_wrong_size_is_refused_before_it_is_sent(
    server: ChatServer, bulk: OpenAiBulkChatModel, requests: dict[str, ChatRequest]
) -> None:
    with pytest.raises(JudgeFailure) as failure:
        await bulk.submit(requests)
    assert (failure.value.reason, server.received) == ("request_rejected", [])


async def test_a_job_that_nobody_knows_is_a_failure_by_name(server: ChatServer, bulk: OpenAiBulkChatModel) -> None:
    with pytest.raises(JudgeFailure) as failure:
        await bulk.poll("batch_77")
    assert failure.value.reason == "model_not_found"
    assert server.received[0].path.endswith("/batches/batch_77")
