"""The list of grades: filtered, in pages, the newest first."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.access import LOCAL

ANSWER = "In sliding window attention each token attends only to the tokens inside a local window of fixed size."


@pytest.fixture(scope="module")
def filled(serve: Any) -> TestClient:
    """An application with seven grades of three candidates."""
    client: TestClient = serve()
    for number in range(7):
        question = "DL0028" if number % 2 else "DL0001"
        body = {"question_id": question, "answer": ANSWER, "candidate_ref": f"c-{number % 3}"}
        assert client.post("/v1/grades", json=body).status_code == 201
    return client


def pages(client: TestClient, **filters: Any) -> list[list[dict[str, Any]]]:
    """Every page, one after the other."""
    found, cursor = [], None
    while True:
        response = client.get("/v1/grades", params=filters | ({"cursor": cursor} if cursor else {}))
        assert response.status_code == 200, response.text
        found.append(response.json()["grades"])
        cursor = response.json()["next"]
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_show_every_grade_once_the_newest_first(filled: TestClient, limit: int) -> None:
    found = pages(filled, limit=limit)
    grades = [grade for page in found for grade in page]
    assert all(len(page) == limit for page in found[:-1])
    assert len({grade["id"] for grade in grades}) == len(grades) == 7
    assert [grade["created_at"] for grade in grades] == sorted((grade["created_at"] for grade in grades), reverse=True)


def test_a_filter_shows_what_fits_and_nothing_else(filled: TestClient) -> None:
    assert {grade["question_id"] for page in pages(filled, question_id="DL0028") for grade in page} == {"DL0028"}
    assert {grade["candidate_ref"] for page in pages(filled, candidate_ref="c-1", limit=1) for grade in page} == {"c-1"}
    assert pages(filled, status="ungraded") == [[]]
    assert pages(filled, candidate_ref="nobody") == [[]]


def test_since_a_moment_shows_what_was_made_then_or_later(filled: TestClient) -> None:
    (all_of_them,) = pages(filled, limit=50)
    since = all_of_them[2]["created_at"]
    assert [grade["id"] for grade in pages(filled, since=since)[0]] == [grade["id"] for grade in all_of_them[:3]]


def test_a_grade_made_meanwhile_moves_nothing_on_the_next_page(filled: TestClient) -> None:
    first = filled.get("/v1/grades", params={"limit": 3}).json()
    before = filled.get("/v1/grades", params={"limit": 3, "cursor": first["next"]}).json()
    filled.post("/v1/grades", json={"question_id": "DL0028", "answer": ANSWER, "candidate_ref": "late"})
    assert filled.get("/v1/grades", params={"limit": 3, "cursor": first["next"]}).json()["grades"] == before["grades"]


def test_a_cursor_holds_for_its_filter_only(filled: TestClient) -> None:
    cursor = filled.get("/v1/grades", params={"limit": 1}).json()["next"]
    response = filled.get("/v1/grades", params={"limit": 1, "cursor": cursor, "candidate_ref": "c-1"})
    assert (response.status_code, response.json()["type"]) == (400, "urn:answer-grader:problem:invalid-cursor")
    assert filled.get("/v1/grades", params={"limit": 2, "cursor": cursor}).status_code == 200


def test_what_a_person_was_content_with_is_for_review_no_longer_in_the_list_and_by_itself(serve: Any) -> None:
    client: TestClient = serve()
    body = {"question_id": "DL0028", "answer": ANSWER}
    made = client.post("/v1/grades", json=body)
    ((waiting,),) = pages(client, status="needs_review")
    assert (waiting["id"], waiting["outcome"]) == (made.json()["id"], None)
    application = client.app.state.application  # type: ignore[attr-defined]
    assert client.portal is not None

    async def settled() -> bool:
        grade = await application.store.find("local", made.json()["id"])
        return bool(await application.triage.settle(LOCAL, grade))

    assert client.portal.call(settled)
    assert pages(client, status="needs_review") == [[]]
    ((found,),) = pages(client, status="graded")
    alone = client.get(made.headers["Location"]).json()
    assert (found["status"], alone["status"], found["outcome"]) == ("needs_review",) * 2 + (alone["review"]["outcome"],)
    assert (found["outcome"]["status"], found["outcome"]["score"]) == ("graded", made.json()["score"])
