"""Webhooks as somebody sets them up: over HTTP, with a real receiver on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from tests.patience import until
from tests.receiver import Receiver, Request, answers, receiving

EVENTS = ["grade.completed", "grade.reviewed"]
ASK = {"question_id": "DL0028", "answer": "Each token sees marker-7431 tokens around it.", "candidate_ref": "c-17"}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture(scope="module")
def client(serve: Any, receiver: Receiver) -> TestClient:
    """An application that may call the receiver."""
    served: TestClient = serve(default_judge="fake", delivery_trusted_hosts=frozenset({receiver.host}))
    return served


def created(client: TestClient, receiver: Receiver, path: str, events: list[str] = EVENTS) -> str:
    """Where a new webhook is."""
    response = client.post("/v1/webhooks", json={"url": receiver.url(path), "events": events})
    assert response.status_code == 201, response.text
    return str(response.headers["Location"])


def got(receiver: Receiver, path: str, count: int) -> list[Request]:
    """What came to this path, once that are so many."""
    return until(lambda: [each for each in receiver.requests if each.path == path], lambda found: len(found) >= count)


def settled(client: TestClient, place: str) -> Any:
    """A delivery that was tried."""
    return until(lambda: client.get(place).json(), lambda found: found["tried_at"] is not None)


def secret(client: TestClient, place: str, number: int = 0) -> str:
    return str(client.get(f"{place}/secrets").json()["secrets"][number]["secret"])


def test_a_grade_and_what_people_say_of_it_are_told_signed_and_without_the_answer(
    client: TestClient, receiver: Receiver
) -> None:
    place = created(client, receiver, "/told")
    made = client.post("/v1/grades", json=ASK)
    (graded,) = got(receiver, "/told", 1)
    told = Webhook(secret(client, place)).verify(graded.body, graded.headers)
    grade = made.json()
    assert told["type"] == "grade.completed"
    same = ("id", "status", "question_id", "rubric_hash", "candidate_ref", "score", "passed", "missed", "contradicted")
    assert {name: told["data"][name] for name in same} == {name: grade[name] for name in same}
    override = {"key_point_id": "k1", "verdict": "missing", "reason_code": "other", "note": "note-4711"}
    headers = {"If-Match": made.headers["ETag"]}
    assert client.post(f"{made.headers['Location']}/overrides", json=override, headers=headers).status_code == 201
    reviewed = Webhook(secret(client, place)).verify(got(receiver, "/told", 2)[1].body, receiver.requests[-1].headers)
    assert (reviewed["type"], reviewed["data"]["id"]) == ("grade.reviewed", grade["id"])
    assert reviewed["data"]["decision"] == "override"
    assert reviewed["data"]["outcome"]["score"] < grade["score"]
    assert not any(word in each.body for each in receiver.requests for word in (b"marker-7431", b"note-4711"))


def test_an_appeal_is_told_when_it_is_answered(client: TestClient, receiver: Receiver) -> None:
    created(client, receiver, "/appeals", ["grade.reviewed"])
    made = client.post("/v1/grades", json=ASK).headers["Location"]
    appeal = {"key_point_id": "k3", "reason": "i_covered_this", "text": "But I did."}
    assert client.post(f"{made}/appeals", json=appeal).status_code == 201
    answer = {"state": "upheld", "answer": "No."}
    assert client.put(f"{made}/appeals/1/decision", json=answer).status_code == 200
    (told,) = got(receiver, "/appeals", 1)
    assert json.loads(told.body)["data"]["decision"] == "appeal_upheld"


def test_a_grade_made_in_the_background_is_told_too(client: TestClient, receiver: Receiver) -> None:
    created(client, receiver, "/later")
    promised = client.post("/v1/grades", json=ASK, headers={"Prefer": "respond-async"}).json()
    assert json.loads(got(receiver, "/later", 1)[0].body)["data"]["id"] == promised["id"]


def test_an_order_that_ends_without_a_result_is_told_without_the_candidates_name(
    client: TestClient, receiver: Receiver
) -> None:
    created(client, receiver, "/orders", ["order.completed", "order.failed"])
    test = client.post("/v1/assessments/tests", json={"name": "ML", "question_ids": ["DL0028"]}).json()["id"]
    candidate = {"ref": "c-18", "name": "Marker Name", "email": "marker@example.org"}
    order = client.post("/v1/assessments/orders", json={"test_id": test, "candidate": candidate})
    assert client.post(f"{order.headers['Location']}/cancellation", json={}).status_code == 200
    (told,) = got(receiver, "/orders", 1)
    said = json.loads(told.body)
    assert (said["type"], said["data"]["reason"]) == ("order.failed", "cancelled")
    assert (said["data"]["id"], said["data"]["candidate_ref"]) == (order.json()["id"], "c-18")
    assert b"arker" not in told.body


def test_a_webhook_is_listed_shown_changed_and_deleted(client: TestClient, receiver: Receiver) -> None:
    place = created(client, receiver, "/changing")
    shown = client.get(place).json()
    assert (shown["enabled"], shown["disabled_because"], shown["events"]) == (True, None, EVENTS)
    assert shown in client.get("/v1/webhooks").json()["webhooks"]
    changed = client.patch(place, json={"events": ["batch.failed"], "description": "ours", "enabled": False}).json()
    assert (changed["events"], changed["disabled_because"]) == (["batch.failed"], "paused")
    assert client.get(place).json() == changed
    assert client.patch(place, json={"enabled": True}).json() == {**changed, "enabled": True, "disabled_because": None}
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == client.delete(place).status_code == 404


def test_the_secret_is_shown_by_its_own_address_only_and_rotated_with_an_overlap(
    client: TestClient, receiver: Receiver
) -> None:
    headers = {"Idempotency-Key": "a-webhook"}
    asked = {"url": receiver.url("/rotated"), "events": EVENTS}
    first, again = (client.post("/v1/webhooks", json=asked, headers=headers) for _ in range(2))
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first.json())
    place = first.headers["Location"]
    old = secret(client, place)
    rotated = client.post(f"{place}/rotations", json={"overlap_hours": 1})
    assert (rotated.status_code, rotated.json()["secret_number"]) == (201, 2)
    assert "whsec_" not in first.text + rotated.text + client.get(place).text
    new = secret(client, place)
    assert secret(client, place, 1) == old != new
    client.post("/v1/grades", json=ASK)
    (told,) = got(receiver, "/rotated", 1)
    for each in (old, new):
        assert Webhook(each).verify(told.body, told.headers)
    client.post(f"{place}/rotations", json={"overlap_hours": 0})
    assert new not in client.get(f"{place}/secrets").text


def test_a_ping_says_how_the_receiver_answered(client: TestClient, receiver: Receiver) -> None:
    place = created(client, receiver, "/ping")
    ping = client.post(f"{place}/pings", json={})
    assert (ping.status_code, ping.json()["state"]) == (202, "waiting")
    fine = settled(client, ping.headers["Location"])
    assert (fine["state"], fine["status"], fine["payload"]["type"]) == ("delivered", 204, "ping")
    receiver.behaviour["/ping"] = answers(404)
    wrong = settled(client, client.post(f"{place}/pings", json={}).headers["Location"])
    assert (wrong["state"], wrong["status"], wrong["reason"], wrong["next_try_at"]) == ("dead", 404, "refused", None)


def test_a_receiver_that_fails_is_tried_again_later_and_seen_in_the_list(
    client: TestClient, receiver: Receiver
) -> None:
    receiver.behaviour["/failing"] = answers(500)
    place = created(client, receiver, "/failing")
    for _ in range(2):
        client.post("/v1/grades", json=ASK)
    got(receiver, "/failing", 2)
    first = client.get(f"{place}/deliveries", params={"limit": 1}).json()
    rest = client.get(f"{place}/deliveries", params={"limit": 1, "cursor": first["next"]}).json()
    assert rest["next"] is None
    waits = settled(client, f"{place}/deliveries/{rest['deliveries'][0]['id']}")
    assert (waits["state"], waits["status"], waits["tries"]) == ("waiting", 500, 1)
    assert waits["next_try_at"] > waits["tried_at"]
    assert client.get(place).json()["failing_since"] is not None
    assert client.get(f"{place}/deliveries?state=dead").json()["deliveries"] == []
    foreign = client.get(f"{place}/deliveries", params={"state": "dead", "cursor": first["next"]})
    assert foreign.status_code == 400


def test_dead_letters_are_visible_and_replayed_one_by_one_or_all_together(
    client: TestClient, receiver: Receiver
) -> None:
    receiver.behaviour["/gone"] = answers(410)
    place = created(client, receiver, "/gone", ["grade.completed"])
    client.post("/v1/grades", json=ASK)
    got(receiver, "/gone", 1)
    until(lambda: client.get(place).json()["disabled_because"] == "gone")
    client.post("/v1/grades", json=ASK)
    dead = client.get(f"{place}/deliveries?state=dead").json()["deliveries"]
    assert [(each["reason"], each["tries"]) for each in dead] == [("endpoint_disabled", 0), ("gone", 1)]
    receiver.behaviour["/gone"] = answers(200)
    client.patch(place, json={"enabled": True})
    one = client.post(f"{place}/replays", json={"delivery_id": dead[1]["id"]})
    assert one.json() == {"replayed": 1}
    assert got(receiver, "/gone", 2)[0].headers["webhook-id"] == got(receiver, "/gone", 2)[1].headers["webhook-id"]
    assert client.post(f"{place}/replays", json={}).json() == {"replayed": 1}
    got(receiver, "/gone", 3)
    assert client.post(f"{place}/replays", json={"delivery_id": "nothing"}).status_code == 404


def test_an_erased_candidate_is_erased_from_what_was_and_what_is_to_be_told(
    client: TestClient, receiver: Receiver
) -> None:
    receiver.behaviour["/erased"] = answers(500)
    place = created(client, receiver, "/erased")
    client.post("/v1/grades", json=ASK | {"candidate_ref": "erase-me"})
    got(receiver, "/erased", 1)
    assert "erase-me" in client.get(f"{place}/deliveries").text
    assert client.delete("/v1/candidates/erase-me").status_code == 200
    assert client.get(f"{place}/deliveries").json()["deliveries"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://hooks.example.com/", "events": []},
        {"url": "https://hooks.example.com/", "events": ["ping"]},
        {"url": "https://hooks.example.com/", "events": ["grade.completed"], "secret": "mine"},
        {"url": "", "events": EVENTS},
        {"events": EVENTS},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(client: TestClient, body: Any) -> None:
    response: Response = client.post("/v1/webhooks", json=body)
    assert (response.status_code, response.json()["type"]) == (422, "urn:answer-grader:problem:validation-error")


def test_tries_are_counted(client: TestClient) -> None:
    assert 'grader_delivery_tries_total{kind="webhook",outcome="delivered"}' in client.get("/metrics").text


def test_a_tenant_has_at_most_fifty_webhooks(serve: Any) -> None:
    client = serve()
    asked = {"url": "https://hooks.example.com/", "events": ["batch.completed", "batch.completed"]}
    assert {client.post("/v1/webhooks", json=asked).status_code for _ in range(50)} == {201}
    refused = client.post("/v1/webhooks", json=asked)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:answer-grader:problem:too-many-webhooks")
