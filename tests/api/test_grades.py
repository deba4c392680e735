"""Grading over HTTP: three ways to name the yardstick, one shape of the answer."""

from __future__ import annotations

from datetime import datetime
from itertools import cycle
from typing import Any

from starlette.testclient import TestClient

from grader.domain import Flag, Label
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, FakeJudge
from grader.judges.llm import LlmJudge
from rubrics.bank import Bank

ANSWER = (
    "In sliding window attention each token attends only to the tokens inside a local window of fixed size. "
    "The cost falls from O(n^2) to O(n w)."
)
RUBRIC = {
    "question": "Why are there tides?",
    "key_points": [
        {"id": "moon", "text": "The gravity of the moon pulls the water.", "weight": 3, "required": True},
        {"id": "sun", "text": "The gravity of the sun adds to it.", "weight": 1},
    ],
}
NUMBER = (int, float)
POINT_FIELDS: dict[str, Any] = {
    "key_point_id": str,
    "text": str,
    "topic": str,
    "weight": NUMBER,
    "required": bool,
    "penalty": bool,
    "verdict": str,
    "credit": NUMBER,
    "confidence": NUMBER,
    "similarity": NUMBER,
    "judged_by": str,
    "reason": str,
    "evidence": list,
    "feedback": str,
    "hints": list,
}
GRADE_FIELDS: dict[str, Any] = {
    "id": str,
    "status": str,
    "question_id": str,
    "rubric_hash": str,
    "candidate_ref": str,
    "score": NUMBER,
    "score_interval": list,
    "passed": type(None),
    "points": list,
    "groups": list,
    "missed": list,
    "contradicted": list,
    "feedback": dict,
    "flags": list,
    "usage": dict,
    "provenance": dict,
    "created_at": str,
    "regrade_of": type(None),
    "review": type(None),
}


def grade(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/v1/grades", json={"answer": ANSWER, **body})
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def assert_fields(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert set(found) == set(expected)
    wrong = {name: found[name] for name, kind in expected.items() if not isinstance(found[name], kind)}
    assert wrong == {}


def test_an_answer_to_a_question_of_the_bank_is_graded_in_the_shape_the_contract_fixes(client: TestClient) -> None:
    found = grade(client, question_id="DL0028", candidate_ref="c-17")
    assert_fields(found, GRADE_FIELDS)
    for point in found["points"]:
        assert_fields(point, POINT_FIELDS)
    assert (found["question_id"], found["candidate_ref"]) == ("DL0028", "c-17")
    assert found["rubric_hash"].startswith("sha256:")
    assert found["score_interval"] == [found["score"], found["score"]]
    assert set(found["feedback"]) == {"summary", "strengths", "improvements", "next_step"}
    assert set(found["usage"].values()) == {0}
    assert datetime.fromisoformat(found["created_at"]).utcoffset() is not None


def test_evidence_is_a_character_range_of_the_answer(client: TestClient) -> None:
    evidence = [item for point in grade(client, question_id="DL0028")["points"] for item in point["evidence"]]
    assert evidence
    assert all(item["text"] == ANSWER[item["start"] : item["end"]] for item in evidence)


def test_an_answer_is_graded_against_a_rubric_sent_with_it(client: TestClient) -> None:
    found = grade(client, rubric=RUBRIC, answer="The gravity of the moon pulls the water.")
    assert [(point["key_point_id"], point["weight"], point["required"]) for point in found["points"]] == [
        ("moon", 3, True),
        ("sun", 1, False),
    ]
    assert found["points"][0]["verdict"] == "covered"


def test_an_answer_is_graded_against_a_reference_answer_sent_with_it(client: TestClient) -> None:
    reference = "The gravity of the moon pulls the water. The earth turns under two bulges of water."
    found = grade(client, question="Why are there tides?", reference_answer=reference, answer=reference)
    assert len(found["points"]) >= 2
    assert found["score"] == 1.0


def test_the_same_question_text_has_the_same_id(client: TestClient) -> None:
    assert grade(client, rubric=RUBRIC)["question_id"] == grade(client, rubric=RUBRIC)["question_id"]


def test_a_new_grade_names_the_place_it_can_be_read_again(client: TestClient) -> None:
    response = client.post("/v1/grades", json={"answer": ANSWER, "question_id": "DL0028"})
    assert response.headers["Location"] == f"/v1/grades/{response.json()['id']}"
    assert client.get(response.headers["Location"]).json() == response.json()


def test_an_unknown_grade_is_not_found(client: TestClient) -> None:
    response = client.get("/v1/grades/nobody-has-this")
    assert (response.status_code, response.json()["type"]) == (404, "urn:answer-grader:problem:not-found")


def test_the_judge_that_is_asked_for_judges(client: TestClient) -> None:
    found = grade(client, question_id="DL0028", judge="fake")
    assert [point["verdict"] for point in found["points"]] == [
        "covered",
        "partial",
        "missing",
        "missing",
        "contradicted",
    ]
    assert (found["missed"], found["contradicted"], found["status"]) == (["k3", "k4"], ["k5"], "graded")
    assert found["score"] == 0.4
    assert found["provenance"]["judge"]["name"] == "fake"


def test_an_unknown_judge_is_refused_with_the_names_there_are(client: TestClient) -> None:
    response = client.post("/v1/grades", json={"answer": ANSWER, "question_id": "DL0028", "judge": "oracle"})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["detail"]) == ("/judge", "There is fake, similarity.")


def test_feedback_by_an_llm_that_is_not_there_is_refused(client: TestClient) -> None:
    response = client.post("/v1/grades", json={"answer": ANSWER, "question_id": "DL0028", "llm_feedback": True})
    (error,) = response.json()["errors"]
    assert (response.status_code, error["pointer"], error["code"]) == (422, "/llm_feedback", "no_llm")


def test_a_blank_answer_is_graded_zero_without_asking_a_judge(client: TestClient) -> None:
    found = grade(client, question_id="DL0028", answer=" \n ")
    assert (found["score"], found["status"], found["flags"]) == (0.0, "graded", ["blank"])
    assert {point["judged_by"] for point in found["points"]} == {"rules"}


def test_a_judge_that_fails_leaves_the_score_open_instead_of_zero(serve: Any) -> None:
    broken = LlmJudge(FakeChatModel([JudgeFailure("content_filter", "nothing was said")]), b"secret")
    found = grade(serve(judges={"llm": broken}, default_judge="llm"), question_id="DL0028")
    assert (found["status"], found["score"], found["score_interval"]) == ("ungraded", None, [0.0, 1.0])
    assert {(point["verdict"], point["credit"], point["reason"]) for point in found["points"]} == {
        ("ungraded", None, "content_filter")
    }


def test_while_the_judge_is_down_there_is_no_grade_and_nothing_is_stored(serve: Any) -> None:
    broken = LlmJudge(FakeChatModel([JudgeFailure("timeout", "no answer within 90 s")]), b"secret")
    client = serve(judges={"llm": broken}, default_judge="llm")
    response = client.post("/v1/grades", json={"answer": ANSWER, "question_id": "DL0028"})
    assert (response.status_code, response.json()["type"]) == (503, "urn:answer-grader:problem:judge-unavailable")
    assert client.get("/v1/grades").json()["grades"] == []


def test_one_point_that_nobody_could_judge_leaves_the_others_their_verdicts(serve: Any) -> None:
    one_missing = FakeJudge({"k1": Label.COVERED, "k2": Label.UNGRADED})
    found = grade(serve(judges={"fake": one_missing}, default_judge="fake"), question_id="DL0028")
    assert (found["status"], found["score"]) == ("ungraded", None)
    assert {point["verdict"] for point in found["points"]} == {"covered", "ungraded", "missing"}


def test_hidden_characters_are_removed_and_reported(client: TestClient) -> None:
    found = grade(client, question_id="DL0028", answer=ANSWER + "\u202e\u200b")
    assert Flag.HIDDEN_TEXT in found["flags"]
    assert found["provenance"]["removed_characters"] == {"bidi": 1, "zero_width": 1}


def runs_of_eight_words(text: str) -> set[str]:
    words = text.casefold().split()
    return {" ".join(words[start : start + 8]) for start in range(len(words) - 7)}


def test_hints_give_no_key_point_away_whatever_the_verdicts(serve: Any, bank: Bank) -> None:
    every_label = FakeJudge({f"k{number}": label for number, label in zip(range(1, 51), cycle(Label))})
    client = serve(judges={"fake": every_label}, default_judge="fake")
    for question in bank.questions():
        answer = "I would rather talk about the weather of last week."
        response = client.post("/v1/grades", json={"question_id": question.id, "answer": answer, "feedback": "hints"})
        assert response.status_code == 201
        shown = " ".join(response.text.casefold().split())
        points = bank.rubric(question.id).key_points
        assert [run for point in points for run in runs_of_eight_words(point.text) if run in shown] == []


def test_feedback_can_be_switched_off(client: TestClient) -> None:
    found = grade(client, question_id="DL0028", feedback="none")
    assert found["feedback"] == {"summary": "", "strengths": [], "improvements": [], "next_step": ""}
    assert {(point["feedback"], tuple(point["hints"])) for point in found["points"]} == {("", ())}
