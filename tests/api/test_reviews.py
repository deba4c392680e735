"""Over HTTP: why a grade is what it is, overrides, appeals, grading again, and what is held about a candidate."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.client import Client

ANSWER = "Each token attends only to the tokens inside a local window. marker-5521"
OVERRIDE = {"key_point_id": "k2", "verdict": "covered", "reason_code": "evidence_missed", "note": "It is there."}
APPEAL = {"key_point_id": "k2", "reason": "i_covered_this", "text": "I said so."}


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    """A client of an application with a judge that changes its mind."""
    found: TestClient = serve(default_judge="fake")
    return found


@pytest.fixture
def made(client: TestClient) -> Any:
    """The response to a new grade."""
    return graded(client)


def graded(client: TestClient, ref: str = "c-1") -> Any:
    body = {"question_id": "DL0028", "answer": ANSWER, "candidate_ref": ref}
    return client.post("/v1/grades", json=body)


def override(client: TestClient, made: Any, etag: str | None = None, **changed: object) -> Any:
    headers = {"If-Match": etag or made.headers["ETag"]}
    return client.post(f"{made.headers['Location']}/overrides", json={**OVERRIDE, **changed}, headers=headers)


def slug(response: Any) -> str:
    return str(response.json()["type"]).rpartition(":")[2]


def test_an_override_changes_what_counts_and_keeps_what_the_machine_said(client: TestClient, made: Any) -> None:
    response = override(client, made)
    assert response.status_code == 201
    assert response.json()["outcome"]["verdicts"]["k2"] == "covered"
    now = client.get(made.headers["Location"]).json()
    assert (now["score"], now["points"]) == (made.json()["score"], made.json()["points"])
    assert now["review"]["outcome"]["score"] > made.json()["score"]


def test_a_grade_nobody_spoke_of_has_no_review_and_the_same_version_as_when_it_was_made(
    client: TestClient, made: Any
) -> None:
    shown = client.get(made.headers["Location"])
    assert shown.json() == made.json()
    assert shown.json()["review"] is None
    assert shown.headers["ETag"] == made.headers["ETag"]


def test_an_override_on_a_version_that_is_no_longer_is_refused(client: TestClient, made: Any) -> None:
    assert override(client, made).status_code == 201
    late = override(client, made)
    assert (late.status_code, slug(late)) == (412, "precondition-failed")
    assert override(client, made, etag=late.headers["ETag"]).status_code == 201


def test_an_override_without_a_version_is_refused(client: TestClient, made: Any) -> None:
    response = client.post(f"{made.headers['Location']}/overrides", json=OVERRIDE)
    assert (response.status_code, slug(response)) == (428, "precondition-required")


def test_the_same_override_sent_twice_with_one_key_is_made_once(client: TestClient, made: Any) -> None:
    headers = {"If-Match": made.headers["ETag"], "Idempotency-Key": made.json()["id"]}
    url = f"{made.headers['Location']}/overrides"
    first, second = (client.post(url, json=OVERRIDE, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert len(client.get(f"{made.headers['Location']}/review").json()["overrides"]) == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"key_point_id": "k99"}, "/key_point_id"),
        ({"key_point_id": 5}, "/key_point_id"),
        ({"verdict": "splendid"}, "/verdict"),
        ({"reason_code": "because"}, "/reason_code"),
        ({"note": "  "}, "/note"),
        ({"note": "x" * 2_001}, "/note"),
        ({"evidence": [{"start": 0, "end": 5_000}]}, "/evidence"),
        ({"evidence": [{"start": 5, "end": 5}]}, "/evidence/0"),
        ({"evidence": [{"start": 0, "end": 5}] * 21}, "/evidence"),
    ],
)
def test_a_wrong_field_of_an_override_is_named(
    client: TestClient, made: Any, changed: dict[str, Any], pointer: str
) -> None:
    response = override(client, made, **changed)
    assert (response.status_code, slug(response)) == (422, "validation-error")
    assert [field["pointer"] for field in response.json()["errors"]] == [pointer]


def test_evidence_is_quoted_from_the_answer(client: TestClient, made: Any) -> None:
    review = override(client, made, evidence=[{"start": 5, "end": 10}]).json()
    assert review["overrides"][0]["evidence"] == [{"start": 5, "end": 10, "text": "token"}]


def test_an_appeal_is_answered_once(client: TestClient, made: Any) -> None:
    place = f"{made.headers['Location']}/appeals"
    assert client.post(place, json=APPEAL).json()["appeals"][0]["state"] == "open"
    upheld = {"state": "upheld", "answer": "The words are not there."}
    for _ in range(2):
        decided = client.put(f"{place}/1/decision", json=upheld)
        assert (decided.status_code, decided.json()["appeals"][0]["state"]) == (200, "upheld")
    other = client.put(f"{place}/1/decision", json={"state": "withdrawn", "answer": "Never mind."})
    assert (other.status_code, slug(other)) == (409, "appeal-closed")
    assert client.put(f"{place}/2/decision", json=upheld).status_code == 404


def test_an_explanation_says_how_the_score_came_about_and_what_the_ai_did(client: TestClient, made: Any) -> None:
    override(client, made)
    said = client.get(f"{made.headers['Location']}/explanation").json()
    assert said["rubric_hash"] == made.json()["rubric_hash"]
    assert said["requires_human_decision"] is True
    assert said["points"][1]["machine_verdict"] == "partial"
    assert said["points"][1]["verdict"] == "covered"
    assert "no decision about a person" in " ".join(said["summary"])
    assert "k2" in said["role_of_people"]


def test_grading_again_makes_a_new_grade_that_names_the_old_one(client: TestClient, made: Any) -> None:
    again = client.post(f"{made.headers['Location']}/regrades", json={"judge": "similarity"})
    assert again.status_code == 201
    assert again.json()["regrade_of"] == made.json()["id"]
    assert again.json()["provenance"]["answer_sha256"] == made.json()["provenance"]["answer_sha256"]
    assert again.json()["candidate_ref"] == "c-1"
    assert client.get(made.headers["Location"]).json() == made.json()
    assert client.get(again.headers["Location"]).json() == again.json()


def test_grading_again_by_a_judge_that_is_not_there_is_refused(client: TestClient, made: Any) -> None:
    response = client.post(f"{made.headers['Location']}/regrades", json={"judge": "oracle"})
    assert (response.status_code, slug(response)) == (422, "validation-error")


@pytest.mark.parametrize("path", ["review", "explanation"])
def test_of_a_grade_that_is_not_there_nothing_is_told(client: TestClient, path: str) -> None:
    assert client.get(f"/v1/grades/none/{path}").status_code == 404


@pytest.mark.parametrize("ref", ["c-2", "Ann Example <ann@example.org>", "a/b", "50%", "né 🪟", "export"])
def test_a_candidate_is_exported_and_erased_whatever_the_reference(client: TestClient, ref: str) -> None:
    made = graded(client, ref)
    override(client, made)
    with Client(http=client_of(client)) as typed:
        held = typed.export_candidate(ref)
        assert b"marker-5521" in held
        assert b"It is there." in held
        erased = typed.erase_candidate(ref)
    assert erased.grades == 1
    assert client.get(made.headers["Location"]).status_code == 404
    assert client.get(f"{made.headers['Location']}/review").status_code == 404


def client_of(client: TestClient) -> Any:
    """The same application for another user, who may close it."""

    class Borrowed:
        headers = client.headers

        def request(self, **arguments: Any) -> Any:
            known = {name: value for name, value in arguments.items() if name != "timeout"}
            return client.request(**{**known, "follow_redirects": False})

        def close(self) -> None:
            """It is not ours to close."""

    return Borrowed()


def test_what_was_answered_to_an_idempotency_key_is_erased_with_the_candidate(client: TestClient) -> None:
    body = {"question_id": "DL0028", "answer": ANSWER, "candidate_ref": "c-3"}
    first = client.post("/v1/grades", json=body, headers={"Idempotency-Key": "c-3-key"})
    client.delete("/v1/candidates/c-3")
    second = client.post("/v1/grades", json=body, headers={"Idempotency-Key": "c-3-key"})
    assert second.json()["id"] != first.json()["id"]
    client.delete("/v1/candidates/c-3")


def test_after_an_erasure_the_answer_can_no_longer_be_graded_again(client: TestClient, made: Any) -> None:
    place = made.headers["Location"]
    client.delete("/v1/candidates/c-1")
    assert client.post(f"{place}/regrades", json={}).status_code == 404


def test_nobody_has_a_reference_with_nul(client: TestClient) -> None:
    assert client.get("/v1/candidates/a%00b/export").status_code == 404


def stored(client: TestClient) -> Any:
    """The application's stores, and a way to await them where it runs."""
    assert client.portal is not None
    application: Any = client.app
    return application.state.application.services.storage, client.portal.call


def test_a_grade_whose_answer_is_not_kept_cannot_be_made_again(client: TestClient, made: Any) -> None:
    storage, call = stored(client)
    call(storage.bases.erase, "local", [made.json()["id"]])
    response = client.post(f"{made.headers['Location']}/regrades", json={})
    assert (response.status_code, slug(response)) == (409, "answer-not-kept")


def test_a_score_that_other_rules_made_cannot_be_overridden(client: TestClient, made: Any) -> None:
    storage, call = stored(client)
    grade = call(storage.grades.find, "local", made.json()["id"])
    other = grade.model_copy(update={"id": "of-other-rules", "score": 0.123})
    call(storage.grades.save, "local", other)
    place = "/v1/grades/of-other-rules"
    headers = {"If-Match": client.get(place).headers["ETag"]}
    response = client.post(f"{place}/overrides", json=OVERRIDE, headers=headers)
    assert (response.status_code, slug(response)) == (409, "not-recomputable")


def test_the_typed_client_does_all_of_it(client: TestClient) -> None:
    with Client(http=client_of(client)) as typed:
        grade = typed.grade(ANSWER, question_id="DL0028", candidate_ref="c-9")
        typed.appeal(grade.id, key_point_id="k2", reason="i_covered_this", text="I said so.")
        typed.decide_appeal(grade.id, 1, state="upheld", answer="You did not.")
        review = typed.override(grade.id, **OVERRIDE)  # type: ignore[arg-type]
        assert typed.get_grade(grade.id).review == review
        assert typed.explain(grade.id).outcome == review.outcome
        again = typed.regrade(grade.id, judge="similarity")
        assert {found.id for found in typed.grades(candidate_ref="c-9")} == {grade.id, again.id}
        assert typed.question("DL0028") in typed.questions(text="sliding")
        assert typed.erase_candidate("c-9").grades == 2
