"""Interviews over HTTP: handed in, asked back about, put right, reported, erased."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Label
from grader.fakes import FakeJudge

SAID = """Ada: So, why are there tides?
Bo: The gravity of the moon pulls the oceans.
Ada: Mm-hmm.
Bo: That happens twice a day.
Ada: Now, why does ice float on water?
Bo: Frozen crystals have a lower density than the liquid.
Ada: That was it, thank you.
"""


def rubric(question: str, point: str) -> dict[str, Any]:
    return {"rubric": {"question": question, "key_points": [{"id": "k1", "text": point}]}}


JSON = {"Content-Type": "application/json"}
PLAN = [
    rubric("Why are there tides?", "The gravity of the moon pulls the oceans."),
    rubric("Why does ice float on water?", "Frozen crystals have a lower density than the liquid."),
    rubric("What makes a volcano erupt?", "Dissolved gas drives the magma upwards."),
]


def interview(**changes: Any) -> dict[str, Any]:
    return {
        "file": {"name": "interview.txt", "content": SAID},
        "questions": PLAN,
        "interviewers": ["Ada"],
        "candidates": ["Bo"],
        **changes,
    }


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    judges: dict[str, Any] = {"fake": FakeJudge({"k1": Label.COVERED})}
    found: TestClient = serve(judges=judges, default_judge="fake")
    return found


def handed_in(client: TestClient, **changes: Any) -> Any:
    response = client.post("/v1/transcripts", json=interview(**changes))
    assert response.status_code == 201, response.text
    return response


def questions(shown: dict[str, Any]) -> list[dict[str, Any]]:
    (bo,) = shown["report"]["candidates"]
    return list(bo["questions"])


def test_an_interview_is_graded_question_by_question(client: TestClient) -> None:
    response = handed_in(client, candidate_ref="c-1")
    shown = response.json()
    assert shown["status"] == "graded"
    assert [each["asked"] for each in questions(shown)] == [True, True, False]
    assert [each["turns"] for each in questions(shown)] == [[1, 3], [5], []]
    grade = questions(shown)[0]["grade"]
    assert client.get(f"/v1/grades/{grade['id']}").json()["candidate_ref"] == "c-1"
    assert client.get(response.headers["Location"]).json() == shown


def test_a_file_may_come_in_base64(client: TestClient) -> None:
    file = {"name": "interview.txt", "content_base64": base64.b64encode(SAID.encode()).decode()}
    assert handed_in(client, file=file).json()["status"] == "graded"


def test_where_nobody_shows_who_asks_the_caller_is_asked_and_answers(client: TestClient) -> None:
    file = {"name": "x.txt", "content": "Ada: We met by the sea on Monday.\nBo: We met by the lake on Monday.\n" * 3}
    response = handed_in(client, file=file, interviewers=[], candidates=[])
    shown = response.json()
    assert shown["status"] == "needs_roles"
    assert {each["speaker"] for each in shown["report"]["unclear"]} == {"Ada", "Bo"}
    told = client.patch(
        f"{response.headers['Location']}/alignment",
        json={"roles": {"Ada": "interviewer", "Bo": "candidate"}},
        headers={"If-Match": response.headers["ETag"]},
    )
    assert (told.status_code, told.json()["status"], told.json()["version"]) == (200, "graded", 2)


def test_a_turn_put_right_makes_a_new_version_and_the_old_one_stays(client: TestClient) -> None:
    response = handed_in(client)
    before = response.json()
    place = f"{response.headers['Location']}/alignment"
    assert client.patch(place, json={"turns": {"3": None}}).status_code == 428
    changed = client.patch(place, json={"turns": {"3": None}}, headers={"If-Match": response.headers["ETag"]})
    assert changed.status_code == 200
    assert [each["turns"] for each in questions(changed.json())] == [[1], [5], []]
    old, new = (questions(shown)[0]["grade"] for shown in (before, changed.json()))
    assert new["regrade_of"] == old["id"]
    assert questions(changed.json())[1]["grade"]["id"] == questions(before)[1]["grade"]["id"]
    assert client.get(f"{response.headers['Location']}?version=1").json() == before
    again = client.patch(place, json={"turns": {"3": None}}, headers={"If-Match": response.headers["ETag"]})
    assert again.status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"roles": {"Cleo": "candidate"}}, "/roles"),
        ({"turns": {"99": None}}, "/turns"),
        ({"turns": {"1": "nothing"}}, "/turns"),
    ],
)
def test_what_is_not_in_the_interview_cannot_be_changed(client: TestClient, body: Any, pointer: str) -> None:
    response = handed_in(client)
    place = f"{response.headers['Location']}/alignment"
    refused = client.patch(place, json=body, headers={"If-Match": response.headers["ETag"]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"file": {"name": "x.vtt", "content": "WEBVTT\n"}}, "/file"),
        ({"file": {"name": "x", "content": "a", "content_base64": "YQ=="}}, "/file"),
        ({"questions": []}, "/questions"),
        ({"questions": [PLAN[0], PLAN[0]]}, "/questions"),
        ({"judge": "nobody"}, "/judge"),
    ],
)
def test_what_cannot_be_graded_is_refused_with_its_place(client: TestClient, changes: Any, pointer: str) -> None:
    refused = client.post("/v1/transcripts", json=interview(**changes))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_a_report_is_one_file_in_each_form_and_side_by_side(client: TestClient) -> None:
    one, other = (handed_in(client).json()["id"] for _ in range(2))
    page = client.get(f"/v1/transcripts/{one}/report?beside={other}")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert "side by side" in page.text
    sheet = client.get(f"/v1/transcripts/{one}/report?form=csv").text
    assert sheet.count("\n") == 4
    assert client.get(f"/v1/transcripts/{one}/report?form=json").json()["version"] == 1
    assert client.get(f"/v1/transcripts/{one}/report?beside=none").status_code == 404


def test_one_key_hands_in_one_interview(client: TestClient) -> None:
    first, again = (
        client.post("/v1/transcripts", json=interview(), headers={"Idempotency-Key": "interview-1"}) for _ in range(2)
    )
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_what_is_not_waited_for_is_taken_in_and_comes_later(client: TestClient) -> None:
    response = client.post("/v1/transcripts", json=interview(), headers={"Prefer": "respond-async"})
    assert response.status_code == 202
    place = response.headers["Location"]
    assert any(client.get(place).json()["status"] == "graded" for _ in range(1_000))


def test_a_candidates_interviews_are_handed_out_and_erased(client: TestClient) -> None:
    place = handed_in(client, candidate_refs={"Bo": "c-erase"}).headers["Location"]
    held = client.get("/v1/candidates/c-erase/export").json()
    assert "moon pulls the oceans" in held["interviews"][0]["commission"]
    assert client.delete("/v1/candidates/c-erase").json()["interviews"] == 1
    assert client.get(place).status_code == 404
    assert client.get("/v1/candidates/c-erase/export").json()["interviews"] == []


def test_a_larger_file_than_other_bodies_is_taken_and_a_huge_one_is_not(client: TestClient) -> None:
    long = {"name": "x.txt", "content": SAID, "content_base64": None}
    body = json.dumps(interview(file=long)).encode()
    taken = client.post("/v1/transcripts", content=body + b" " * (2 * 1024 * 1024), headers=JSON)
    assert taken.status_code == 201
    huge = {"name": "x.txt", "content": "a" * (17 * 1024 * 1024)}
    assert client.post("/v1/transcripts", json=interview(file=huge)).status_code == 413
