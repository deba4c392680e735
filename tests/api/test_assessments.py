"""Tests and orders as a customer's own program sees them: set up, ordered, held for a person, released, cancelled."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.test_assessment_pages import link, order, send

SECONDS = 60


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    served: TestClient = serve(default_judge="fake")
    return served


def reaches(client: TestClient, made: dict[str, Any], wanted: str) -> Any:
    """The order once it is in this state."""
    deadline = time.monotonic() + SECONDS
    while (found := client.get(f"/v1/assessments/orders/{made['id']}").json())["state"] != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def taken(client: TestClient, **policy: object) -> dict[str, Any]:
    """An order that was handed in with one answer."""
    made = order(client, **policy)
    send(client, f"{link(made)}/start", consent="yes")
    send(client, f"{link(made)}/questions/1", answer="Each token attends to a window.", revision=0, go="next")
    send(client, f"{link(made)}/submission")
    return made


def test_a_result_waits_for_a_person_whose_corrections_are_in_it(client: TestClient) -> None:
    made = taken(client, review="always")
    held = reaches(client, made, "in_review")
    assert held in client.get("/v1/assessments/orders?state=in_review").json()["orders"]
    first = held["result"]["questions"][0]
    grade = client.get(f"/v1/grades/{first['grade_id']}")
    override = {"key_point_id": "k3", "verdict": "covered", "reason_code": "evidence_missed", "note": "It is there."}
    headers = {"If-Match": grade.headers["ETag"]}
    assert client.post(f"/v1/grades/{first['grade_id']}/overrides", json=override, headers=headers).status_code == 201
    done = client.post(f"/v1/assessments/orders/{made['id']}/release", json={}).json()
    assert (done["state"], done["result"]["released_by"]) == ("complete", "local")
    assert done["result"]["score"] > held["result"]["score"]
    assert "corrected by a person" in client.get(link(made, "report_url")).text


def test_a_step_that_cannot_follow_is_a_conflict(client: TestClient) -> None:
    place = f"/v1/assessments/orders/{order(client)['id']}"
    assert client.post(f"{place}/release", json={}).json()["type"].endswith("wrong-state")
    assert client.patch(place, json={"extra_minutes": 10}).json()["extra_minutes"] == 10
    assert client.post(f"{place}/cancellation", json={}).json()["state"] == "cancelled"
    assert client.post(f"{place}/cancellation", json={}).status_code == 200
    late = client.patch(place, json={"extra_minutes": 20})
    assert (late.status_code, late.json()["type"].rpartition(":")[2]) == (409, "wrong-state")


def test_an_order_is_created_once_under_one_idempotency_key(client: TestClient) -> None:
    test = client.post("/v1/assessments/tests", json={"name": "x", "question_ids": ["DL0028"]}).json()
    body, headers = {"test_id": test["id"], "candidate": {"ref": "c-1"}}, {"Idempotency-Key": "an-order"}
    first, again = (client.post("/v1/assessments/orders", json=body, headers=headers) for _ in range(2))
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first.json())


def test_a_candidate_begins_a_test_as_often_as_it_allows(client: TestClient) -> None:
    test = client.post("/v1/assessments/tests", json={"name": "x", "question_ids": ["DL0028"], "attempts": 1}).json()
    body = {"test_id": test["id"], "candidate": {"ref": "c-once"}}
    first, second = (client.post("/v1/assessments/orders", json=body).json() for _ in range(2))
    assert first["id"] != second["id"], "what was never begun is no attempt"
    send(client, f"{link(second)}/start", consent="yes")
    refused = client.post("/v1/assessments/orders", json=body)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "no-attempt-left")
    assert len(client.get("/v1/assessments/orders?limit=200").json()["orders"]) >= 2
    other = {**body, "candidate": {"ref": "c-other"}}
    assert client.post("/v1/assessments/orders", json=other).status_code == 201


def test_a_result_that_was_corrected_after_it_left_leaves_anew(client: TestClient) -> None:
    made = taken(client)
    done = reaches(client, made, "complete")
    place, first = f"/v1/assessments/orders/{made['id']}/release", done["result"]["questions"][0]["grade_id"]
    assert client.post(place, json={}).json() == done
    grade = client.get(f"/v1/grades/{first}")
    override = {"key_point_id": "k3", "verdict": "covered", "reason_code": "evidence_missed", "note": "It is there."}
    client.post(f"/v1/grades/{first}/overrides", json=override, headers={"If-Match": grade.headers["ETag"]})
    again = client.post(place, json={}).json()
    assert (again["result"]["corrections"], again["result"]["released_by"]) == (1, "local")
    assert again["result"]["score"] > done["result"]["score"]
    assert "corrected it after" in client.get(link(made, "report_url")).text


def test_lists_of_orders_go_on_by_cursor(client: TestClient) -> None:
    for _ in range(3):
        order(client)
    page = client.get("/v1/assessments/orders?limit=2").json()
    more = client.get("/v1/assessments/orders", params={"limit": 2, "cursor": page["next"]}).json()
    assert not {each["id"] for each in page["orders"]} & {each["id"] for each in more["orders"]}
    assert client.get("/v1/assessments/orders", params={"state": "complete", "cursor": page["next"]}).status_code == 400


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"question_ids": ["DL0028", "DL9999"]}, "/question_ids/1"),
        ({"question_ids": ["DL0028", "DL0028"]}, "/question_ids"),
        ({"question_ids": []}, "/question_ids"),
        ({"judge": "nobody"}, "/judge"),
        ({"minutes": 0}, "/minutes"),
        ({"feedback": "all"}, "/feedback"),
    ],
)
def test_a_test_that_could_not_be_taken_is_refused(client: TestClient, change: dict[str, Any], pointer: str) -> None:
    body = {"name": "x", "question_ids": ["DL0028"], **change}
    refused = client.post("/v1/assessments/tests", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_test_is_listed_and_retired_and_then_not_ordered(client: TestClient) -> None:
    made = client.post("/v1/assessments/tests", json={"name": "x", "question_ids": ["DL0028"]})
    assert made.json() in client.get("/v1/assessments/tests").json()["tests"]
    assert client.delete(made.headers["Location"]).status_code == 204
    assert client.get(made.headers["Location"]).json()["retired"] is True
    body = {"test_id": made.json()["id"], "candidate": {"ref": "c-1"}}
    refused = client.post("/v1/assessments/orders", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/test_id")


def test_a_platform_is_connected_with_the_key_it_needs(client: TestClient) -> None:
    for body in ({"platform": "ashby"}, {"platform": "greenhouse", "api_key": "x"}):
        refused = client.post("/v1/platforms", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/api_key")
    made = client.post("/v1/platforms", json={"platform": "ashby", "api_key": "secret-key-4711"})
    assert "4711" not in made.text + client.get("/v1/platforms").text
    assert made.json() in client.get("/v1/platforms").json()["connections"]
    assert 0 < len(client.get(made.headers["Location"]).json()["key"]) < 171


def test_an_erased_candidates_link_leads_nowhere(client: TestClient) -> None:
    made = taken(client)
    reaches(client, made, "complete")
    erased = client.delete(f"/v1/candidates/{made['candidate']['ref']}")
    assert erased.json()["orders"] >= 1
    for name in ("invitation_url", "report_url"):
        assert client.get(link(made, name)).status_code == 404
    assert client.get(f"/v1/assessments/orders/{made['id']}").status_code == 404


def test_groups_are_compared_by_a_tests_results_and_kept_nowhere(client: TestClient, tmp_path: Path) -> None:
    made = taken(client, pass_mark=0.1)
    reaches(client, made, "complete")
    ref, place = made["candidate"]["ref"], f"/v1/assessments/tests/{made['test_id']}/impact"
    people = [{"ref": ref, "groups": {"kind": "xylographer"}}, {"ref": "nobody", "groups": {"kind": "other"}}]
    report = client.post(place, json={"candidates": people}).json()
    assert (report["people"], report["unscored"]) == (1, 1)
    assert [(each["rate"], each["groups"][0]["group"]) for each in report["comparisons"]] == [
        ("scoring", "xylographer"),
        ("selection", "xylographer"),
    ]
    refused = [{**people[0], "selected": False}]
    told = client.post(place, json={"candidates": refused}).json()["comparisons"][1]
    assert told["groups"][0]["counted"] == 0
    assert client.post(place, json={"candidates": []}).status_code == 422
    files = [file for file in tmp_path.parent.glob("data*/**/*") if file.is_file()]
    assert files
    assert not [file for file in files if b"xylographer" in file.read_bytes()]
