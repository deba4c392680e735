"""Grades that come later: promised with 202, shown while they are made, and made whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from grader.domain import Judgement, Submission
from grader.errors import JudgeFailure
from grader.fakes import FakeJudge
from tests.patience import until

ASK = {"question_id": "DL0028", "answer": "Each token attends to a window of its neighbours.", "candidate_ref": "c-9"}
LATER = {"Prefer": "respond-async"}


class HeldJudge(FakeJudge):
    """A judge that says nothing until it is let go."""

    held = True

    async def judge(self, submission: Submission) -> Judgement:
        while type(self).held:  # noqa: ASYNC110 - the test lets it go from another thread
            await anyio.sleep(0.01)
        return await super().judge(submission)


@pytest.fixture
def held() -> Iterator[type[HeldJudge]]:
    """A new kind of held judge, let go when the test ends."""

    class Held(HeldJudge):
        pass

    yield Held
    Held.held = False


def soon(client: TestClient, place: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What stands at `place` as soon as it fits."""
    return until(lambda: client.get(place).json(), fits)


def is_made(found: dict[str, Any]) -> bool:
    return found["status"] in {"graded", "needs_review", "ungraded"}


def test_who_asks_for_a_promise_gets_one_and_finds_the_grade_where_it_says(client: TestClient) -> None:
    promised = client.post("/v1/grades", json=ASK, headers=LATER)
    assert promised.status_code == 202
    assert promised.headers["Preference-Applied"] == "respond-async"
    assert promised.headers["Retry-After"]
    assert (promised.json()["status"], promised.json()["score"]) == ("queued", None)
    grade = soon(client, promised.headers["Location"], is_made)
    assert (grade["id"], grade["candidate_ref"]) == (promised.json()["id"], "c-9")
    direct = client.post("/v1/grades", json=ASK).json()
    assert grade["points"] == direct["points"]


def test_a_grade_that_takes_too_long_is_promised_and_shown_while_it_is_made(serve: Any, held: type[HeldJudge]) -> None:
    client = serve(judges={"held": held()}, default_judge="held", answer_seconds=0.05)
    promised = client.post("/v1/grades", json=ASK)
    assert (promised.status_code, promised.json()["status"]) == (202, "running")
    assert "Preference-Applied" not in promised.headers
    shown = client.get(promised.headers["Location"])
    assert (shown.status_code, shown.json()["status"]) == (200, "running")
    assert shown.headers["Retry-After"]
    assert "answer" not in shown.json()
    held.held = False
    assert is_made(soon(client, promised.headers["Location"], is_made))


def test_a_promise_outlives_the_service_that_gave_it(
    serve: Any, build: Any, held: type[HeldJudge], tmp_path: Path
) -> None:
    ends = build(judges={"held": held()}, default_judge="held", data_dir=tmp_path)
    with TestClient(ends, base_url="http://localhost") as before:
        places = [before.post("/v1/grades", json=ASK, headers=LATER).headers["Location"] for _ in range(6)]
    after = serve(judges={"held": FakeJudge()}, default_judge="held", data_dir=tmp_path)
    for place in places:
        assert is_made(soon(after, place, is_made))


def test_more_than_can_wait_is_refused_at_once(serve: Any, held: type[HeldJudge]) -> None:
    client = serve(judges={"held": held()}, default_judge="held", backlog_limit=2)
    answers = [client.post("/v1/grades", json=ASK, headers=LATER) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 503, 503]
    assert answers[-1].json()["type"] == "urn:answer-grader:problem:temporary-reduced-capacity"
    assert answers[-1].headers["Retry-After"]
    assert client.get("/v1/questions").status_code == 200


def test_a_promise_that_cannot_be_kept_is_not_given(client: TestClient) -> None:
    too_long = client.post("/v1/grades", json=ASK | {"answer": "解" * 19_000}, headers=LATER)
    assert too_long.status_code == 422
    unknown = client.post("/v1/grades", json=ASK | {"question_id": "nobody"}, headers=LATER)
    assert unknown.status_code == 404


def test_while_the_judge_is_down_a_promise_stays_a_promise(serve: Any) -> None:
    down = FakeJudge(failure=JudgeFailure("unreachable", "nobody answers"))
    client = serve(judges={"down": down}, default_judge="down")
    promised = client.post("/v1/grades", json=ASK, headers=LATER)
    shown = soon(client, promised.headers["Location"], lambda found: found["reason"] != "")
    assert (shown["status"], shown["reason"]) == ("queued", "judge_unavailable")


def test_a_promised_grade_is_not_in_the_list_before_it_is_made(serve: Any, held: type[HeldJudge]) -> None:
    client = serve(judges={"held": held()}, default_judge="held")
    promised = client.post("/v1/grades", json=ASK, headers=LATER)
    assert client.get("/v1/grades").json()["grades"] == []
    held.held = False
    soon(client, promised.headers["Location"], is_made)
    assert len(client.get("/v1/grades").json()["grades"]) == 1
