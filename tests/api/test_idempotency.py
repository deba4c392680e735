"""A request that is sent again creates nothing again."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.access import LOCAL_TENANT, Scope
from grader.domain import Judgement, Submission
from grader.errors import StorageAway
from grader.fakes import FakeIdempotencyStore, FakeJudge
from grader.ports import GradeFilter
from tests.api.doors import GRADE, Doors, slug

DRAFT = {"question": "Why are there tides?", "reference_answer": "The moon pulls the water of the oceans."}


@pytest.fixture(scope="module")
def served(serve: Any) -> Doors:
    """An application without keys: everything belongs to `local`."""
    return Doors(serve())


@pytest.fixture
def doors(served: Doors) -> Iterator[Doors]:
    """The application with nothing answered yet."""
    kept = served.application.access.idempotency
    served.set(idempotency=FakeIdempotencyStore())
    yield served
    served.set(idempotency=kept)


def post(doors: Doors, key: str, body: Any = GRADE, path: str = "/v1/grades", **headers: str) -> Any:
    return doors.client.post(path, json=body, headers={"Idempotency-Key": key, **headers})


def records(doors: Doors) -> dict[Any, Any]:
    store = doors.application.access.idempotency
    assert isinstance(store, FakeIdempotencyStore)
    return store.records


@pytest.mark.parametrize(("path", "body"), [("/v1/grades", GRADE), ("/v1/rubrics/drafts", DRAFT)])
def test_the_same_request_gets_the_same_answer_again(doors: Doors, path: str, body: Any) -> None:
    first, second = post(doors, "k", body, path), post(doors, "k", body, path)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers.get("Location") == second.headers.get("Location")
    assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_on_a_real_database_too_the_same_request_gets_the_same_answer_again(served: Doors) -> None:
    first, second = post(served, "real"), post(served, "real")
    assert (first.content, second.headers["Idempotency-Replayed"]) == (second.content, "true")


def test_a_grade_that_was_asked_for_again_is_stored_once(doors: Doors) -> None:
    body = {**GRADE, "candidate_ref": "once"}
    for _ in range(3):
        post(doors, "k", body)
    page = doors.application.store.page
    found = doors.client.portal.call(lambda: page(LOCAL_TENANT, GradeFilter(candidate_ref="once"), limit=10))
    assert len(found) == 1


def test_without_a_key_every_request_creates(doors: Doors) -> None:
    one, other = (doors.client.post("/v1/grades", json=GRADE).json()["id"] for _ in range(2))
    assert one != other


def test_a_payload_counts_by_what_it_says_not_by_how_it_is_laid_out(doors: Doors) -> None:
    post(doors, "k")
    turned = json.dumps(dict(reversed(GRADE.items())), indent=3)
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    assert doors.client.post("/v1/grades", content=turned, headers=headers).headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/grades", {**GRADE, "answer": "Another."}), ("/v1/rubrics/drafts", DRAFT), ("/v1/grades?x=1", GRADE)],
)
def test_another_request_under_the_same_key_is_refused(doors: Doors, path: str, body: Any) -> None:
    post(doors, "k")
    response = post(doors, "k", body, path)
    assert (response.status_code, slug(response)) == (422, "idempotency-key-reused")


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "ü", "a b", '"', '"open', '"a\\b"', "a\tb", '""'])
def test_a_key_that_is_none_is_refused(doors: Doors, key: str) -> None:
    headers = {"Idempotency-Key": key.encode(), "Content-Type": "application/json"}
    response = doors.client.post("/v1/grades", content=json.dumps(GRADE), headers=headers)
    assert (response.status_code, slug(response)) == (400, "idempotency-key-invalid")


def test_two_keys_are_none(doors: Doors) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert slug(doors.client.post("/v1/grades", json=GRADE, headers=headers)) == "idempotency-key-invalid"


@pytest.mark.parametrize("key", ["x" * 255, "8e03978e-40d5-43dd-bc93-6894a57f9324", '"a \\"quoted\\" one"', "!#~"])
def test_a_key_of_visible_characters_is_one(doors: Doors, key: str) -> None:
    assert post(doors, key).status_code == 201


def test_a_structured_string_and_a_bare_word_are_the_same_key(doors: Doors) -> None:
    assert post(doors, "abc").content == post(doors, '"abc"').content


def test_where_nothing_is_created_the_key_means_nothing(doors: Doors) -> None:
    for _ in range(2):
        response = doors.client.get("/v1/questions", headers={"Idempotency-Key": ""})
        assert (response.status_code, "Idempotency-Replayed" in response.headers) == (200, False)


def test_a_request_that_was_not_valid_may_be_mended_under_its_key(doors: Doors) -> None:
    assert post(doors, "k", {**GRADE, "answer": 5}).status_code == 422
    assert post(doors, "k", {**GRADE, "judge": "nobody"}).status_code == 422
    assert post(doors, "k").status_code == 201


def test_an_answer_that_nothing_will_change_is_kept(doors: Doors) -> None:
    unknown = {**GRADE, "question_id": "XX9999"}
    first, second = post(doors, "k", unknown), post(doors, "k", unknown)
    assert (first.status_code, second.headers["Idempotency-Replayed"]) == (404, "true")


def test_a_failure_of_the_server_is_not_kept(serve: Any, encoder: Any) -> None:
    doors = Doors(serve(encoder=encoder(RuntimeError("broken"))))
    doors.set(idempotency=FakeIdempotencyStore())
    assert [post(doors, "k").status_code for _ in range(2)] == [500, 500]
    assert records(doors) == {}


def test_while_claims_cannot_be_kept_nothing_is_created(doors: Doors) -> None:
    class Away(FakeIdempotencyStore):
        async def claim(self, *_: object) -> Any:
            raise StorageAway("gone")

    doors.set(idempotency=Away())
    response = post(doors, "k")
    assert (response.status_code, slug(response)) == (503, "storage-unavailable")


def test_an_outcome_that_cannot_be_kept_is_answered_all_the_same(doors: Doors) -> None:
    class Forgetful(FakeIdempotencyStore):
        async def complete(self, *_: object) -> None:
            raise StorageAway("gone")

    doors.set(idempotency=Forgetful())
    assert post(doors, "k").status_code == 201


@dataclass(frozen=True)
class WaitingJudge(FakeJudge):
    """Judges when the test says so."""

    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    async def judge(self, submission: Submission) -> Judgement:
        self.begun.set()
        await asyncio.to_thread(self.go.wait, 10)
        return await super().judge(submission)


def test_while_the_first_is_under_way_the_second_is_told_to_wait(serve: Any) -> None:
    judge = WaitingJudge({})
    doors = Doors(serve(judges={"fake": judge}, default_judge="fake"))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, doors, "k")
        assert judge.begun.wait(10)
        second = post(doors, "k")
        other = post(doors, "k", {**GRADE, "answer": "Another."})
        judge.go.set()
        assert first.result().status_code == 201
    assert (second.status_code, slug(second), second.headers["Retry-After"]) == (409, "idempotency-in-progress", "1")
    assert slug(other) == "idempotency-key-reused"
    assert post(doors, "k").content == first.result().content


def lose_the_outcome(doors: Doors) -> str:
    """Make the process look as if it had died after claiming: its lease is over, its outcome was never kept."""
    (record,) = records(doors).values()
    record.outcome, record.lease_until = None, datetime.now(UTC) - timedelta(seconds=1)
    record.claim = replace(record.claim, holder="a process that died")
    return str(record.claim.resource_id)


def test_after_a_crash_behind_the_commit_the_next_try_finds_the_grade(doors: Doors) -> None:
    first = post(doors, "k")
    assert lose_the_outcome(doors) == first.json()["id"]
    second = post(doors, "k")
    assert (second.status_code, second.json()) == (201, first.json())
    assert post(doors, "k").headers["Idempotency-Replayed"] == "true"


def test_after_a_crash_before_the_commit_the_next_try_creates_what_the_first_would_have(doors: Doors) -> None:
    post(doors, "k")
    lose_the_outcome(doors)
    (record,) = records(doors).values()
    record.claim = replace(record.claim, resource_id="an id under which nothing was stored")
    assert post(doors, "k").json()["id"] == "an id under which nothing was stored"


def test_a_key_belongs_to_its_tenant(serve: Any) -> None:
    doors = Doors(serve())
    ones, others = doors.key(Scope.GRADE, tenant="one"), doors.key(Scope.GRADE, tenant="two")
    sent = {"json": GRADE, "headers": {"Idempotency-Key": "k"}}
    first = doors.send("POST", "/v1/grades", ones, **sent)
    second = doors.send("POST", "/v1/grades", others, **sent)
    again = doors.send("POST", "/v1/grades", doors.key(Scope.GRADE, tenant="one"), **sent)
    assert (second.status_code, "Idempotency-Replayed" in second.headers) == (201, False)
    assert first.json()["id"] != second.json()["id"]
    assert again.content == first.content
