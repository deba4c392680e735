"""The question bank over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from rubrics.bank import Bank


def test_every_question_of_the_bank_is_listed_by_id(client: TestClient, bank: Bank) -> None:
    found = client.get("/v1/questions").json()
    assert [question["id"] for question in found["questions"]] == [question.id for question in bank.questions()]
    assert found["total"] == len(found["questions"]) >= 46


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("category=deep learning", "category", "Deep Learning"),
        ("difficulty=medium", "difficulty", "medium"),
        ("text=sliding window", "id", "DL0028"),
        ("text=SLIDING&difficulty=medium&category=Deep Learning", "id", "DL0028"),
    ],
)
def test_filters_leave_the_questions_that_fit_them_all(client: TestClient, query: str, field: str, value: str) -> None:
    found = client.get(f"/v1/questions?{query}").json()
    assert found["total"] == len(found["questions"]) > 0
    assert {question[field] for question in found["questions"]} == {value}


def test_a_filter_that_nothing_fits_gives_an_empty_list(client: TestClient) -> None:
    assert client.get("/v1/questions?text=quidditch").json() == {"questions": [], "total": 0}


def test_one_question_is_read_by_its_id(client: TestClient) -> None:
    question = client.get("/v1/questions/DL0028").json()
    assert set(question) == {"id", "title", "text", "category", "difficulty", "tags"}
    assert (question["id"], question["title"]) == ("DL0028", "Sliding Window Attention")


def test_neither_key_points_nor_reference_answers_leave_the_service(client: TestClient, bank: Bank) -> None:
    listed = client.get("/v1/questions").text
    rubrics = [bank.rubric(question.id) for question in bank.questions()]
    assert not [point.id for rubric in rubrics for point in rubric.key_points if point.text in listed]


def test_an_unknown_question_is_not_found(client: TestClient) -> None:
    response = client.get("/v1/questions/XX9999")
    assert (response.status_code, response.json()["detail"]) == (404, "There is no such question.")


def test_an_unknown_difficulty_is_refused_with_those_there_are(client: TestClient) -> None:
    response = client.get("/v1/questions?difficulty=brutal")
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == "query:difficulty"
    assert "'easy', 'medium' or 'hard'" in error["detail"]
