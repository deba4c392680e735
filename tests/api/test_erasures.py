"""A candidate who is erased while a grade of theirs is made, on both databases: nothing of it survives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Judgement, Submission
from grader.fakes import FakeJudge

ASK = {"question_id": "DL0028", "answer": "Each token sees a window of its neighbours.", "candidate_ref": "c-1"}


class HeldUp(FakeJudge):
    """Judges only once it is let go."""

    begun: threading.Event
    let_go: threading.Event

    async def judge(self, submission: Submission) -> Judgement:
        self.begun.set()
        await asyncio.to_thread(self.let_go.wait)
        return await super().judge(submission)


@pytest.fixture
def judge() -> HeldUp:
    held_up = HeldUp({})
    held_up.begun, held_up.let_go = threading.Event(), threading.Event()
    return held_up


@pytest.fixture
def client(build: Callable[..., Any], judge: HeldUp, database_url: str) -> Iterator[TestClient]:
    app = build(database_url=database_url, judges={"fake": judge}, default_judge="fake")
    with TestClient(app, base_url="http://127.0.0.1") as running:
        yield running


def test_a_grade_whose_candidate_is_erased_meanwhile_is_refused_and_not_kept(client: TestClient, judge: HeldUp) -> None:
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(client.post, "/v1/grades", json=ASK)
        judge.begun.wait()
        assert client.delete("/v1/candidates/c-1").status_code == 200
        judge.let_go.set()
        refused = asking.result()
    assert refused.status_code == 409
    assert refused.json()["type"].endswith(":candidate-erased")
    assert client.get("/v1/grades").json()["grades"] == []
    assert client.post("/v1/grades", json=ASK).status_code == 201  # asked for after the erasure
