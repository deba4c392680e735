"""Half the price: over a fake with a clock of the test's own, and over the files and batches of a loopback server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.adapters.chat.bulk import OpenAiBulkChatModel
from grader.adapters.chat.dialect import Dialect
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.caching import on_behalf_of
from grader.deferring import DeferredChatModel
from grader.errors import JudgeFailure
from grader.fakes import FakeBulkJobStore
from grader.ports import BulkJob, ChatRequest, Completion, Subject
from tests.chat_server import ChatServer, Received, Reply, says

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def request(user: str) -> ChatRequest:
    return {"system": "s", "user": user, "schema_name": "n", "schema": {}}


def repeated(received: Received) -> Reply:
    """The user's words as the answer."""
    return says(received.body["messages"][1]["content"])


@dataclass
class Desk:
    """A server with files and batches, a clock that jumps, and models like those of processes that come and go."""

    server: ChatServer
    jobs: FakeBulkJobStore = field(default_factory=FakeBulkJobStore)
    at: datetime = NOON
    models: list[DeferredChatModel] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def process(self) -> DeferredChatModel:
        """Another process on the same tables."""
        endpoint = Endpoint(self.server.base_url)
        bulk = OpenAiBulkChatModel("m", endpoint, Dialect("m", endpoint, ChatOptions()))
        self.models.append(DeferredChatModel(bulk, self.jobs, sleep=self.sleep, now=lambda: self.at))
        return self.models[-1]

    @property
    def handed_in(self) -> int:
        """Requests that the endpoint was given, and will want money for."""
        files = [self.server.desk.files[batch["input_file_id"]] for batch in self.server.desk.batches.values()]
        return sum(len(file.splitlines()) for file in files)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with ChatServer([repeated]) as server:
        made = Desk(server)
        yield made
        for model in made.models:
            await model.close()


async def asked(model: DeferredChatModel, *users: str) -> list[str]:
    """What is answered to all of these, asked at once; the reason where there is no answer."""

    async def one(user: str) -> str:
        try:
            return (await model.complete(**request(user))).text
        except JudgeFailure as failure:
            return failure.reason

    return list(await asyncio.gather(*map(one, users)))


async def until(happened: Callable[[], bool]) -> None:
    """Return when it has happened."""
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - it happens in the code under test
            await asyncio.sleep(0.01)


async def test_what_is_asked_at_once_is_one_job_and_each_gets_its_own_answer(desk: Desk) -> None:
    users = [f"question {number}" for number in range(40)]
    assert await asked(desk.process(), *users, "question 7") == [*users, "question 7"]
    assert (len(desk.server.desk.batches), desk.handed_in) == (1, 40)


async def test_each_tenant_has_jobs_of_its_own(desk: Desk) -> None:
    model = desk.process()

    async def one(tenant: str) -> Completion:
        with on_behalf_of(Subject(tenant)):
            return await model.complete(**request("the same"))

    await asyncio.gather(one("acme"), one("other"))
    assert len(desk.server.desk.batches) == 2


async def test_who_asks_after_a_crash_waits_for_the_job_that_is_there(desk: Desk) -> None:
    desk.server.desk.polls = 1_000_000
    first = desk.process()
    waiting = asyncio.create_task(asked(first, "a", "b"))
    await until(lambda: any(job.job_id for job in desk.jobs.jobs.values()))
    waiting.cancel()
    await first.close()
    desk.server.desk.polls = 1
    for batch in desk.server.desk.batches.values():
        batch["left"] = 0
    assert await asked(desk.process(), "b", "a", "c") == ["b", "a", "c"]
    assert desk.handed_in == 3, "a and b were paid for once"


async def test_a_crash_before_the_job_s_id_was_noted_costs_nothing_either(desk: Desk) -> None:
    desk.jobs = jobs = Unnoted()
    first = desk.process()
    asking = asyncio.create_task(asked(first, "a"))
    await until(lambda: bool(desk.server.desk.batches))
    asking.cancel()
    await first.close()
    assert [job.job_id for job in jobs.jobs.values()] == [""]
    jobs.alive = True
    assert await asked(desk.process(), "a") == ["a"]
    assert desk.handed_in == 1


async def test_a_crash_before_the_job_was_handed_in_is_mended_after_ten_minutes(desk: Desk) -> None:
    first = desk.process()
    first.bulk.submit = never  # type: ignore[method-assign]
    asking = asyncio.create_task(asked(first, "a"))
    await until(lambda: bool(desk.jobs.jobs))
    asking.cancel()
    await first.close()
    before = desk.at
    assert await asked(desk.process(), "a") == ["a"]
    assert timedelta(minutes=10) < desk.at - before < timedelta(minutes=20)
    assert desk.handed_in == 1


async def test_what_a_job_left_out_is_handed_in_once_more_and_then_has_failed(desk: Desk) -> None:
    desk.server.desk.fate = "expired"  # each job leaves out its last request
    assert await asked(desk.process(), "a", "b", "c") == ["a", "b", "no_result"]
    assert desk.handed_in == 4


async def test_one_request_that_fails_is_one_failure_and_may_be_asked_again(desk: Desk) -> None:
    def picky(received: Received) -> Reply:
        user = received.body["messages"][1]["content"]
        return Reply(b'{"error": {"message": "no", "code": null}}', 400) if user == "b" else says(user)

    desk.server.play(picky)
    model = desk.process()
    assert await asked(model, "a", "b", "c") == ["a", "request_rejected", "c"]
    desk.server.play(repeated)
    assert await asked(model, "b") == ["b"]


async def test_a_job_that_is_not_taken_fails_its_requests_and_holds_none(desk: Desk) -> None:
    desk.server.desk.fate = "failed"
    model = desk.process()
    assert await asked(model, "a", "b") == ["bulk_job_failed"] * 2
    desk.server.desk.fate = "completed"
    assert await asked(model, "a", "b") == ["a", "b"]


async def test_whoever_asks_again_in_the_same_process_gets_a_new_answer(desk: Desk) -> None:
    model = desk.process()
    assert await asked(model, "a") == ["a"]
    assert await asked(model, "a") == ["a"]
    assert desk.handed_in == 2
    assert await asked(desk.process(), "a") == ["a"]
    assert desk.handed_in == 2, "another process finds the reply where it is"


async def test_two_processes_with_the_same_requests_hand_them_in_once(desk: Desk) -> None:
    found = await asyncio.gather(asked(desk.process(), "a", "b"), asked(desk.process(), "b", "a"))
    assert found == [["a", "b"], ["b", "a"]]
    assert desk.handed_in == 2


@dataclass
class Unnoted(FakeBulkJobStore):
    """For a while processes die before they can note the endpoint's id."""

    alive: bool = False

    async def accepted(self, tenant: str, job: BulkJob) -> None:
        if not self.alive:
            await asyncio.Event().wait()
        await super().accepted(tenant, job)


async def never(*_: Any, **__: Any) -> str:
    await asyncio.Event().wait()
    return ""
