"""Workable's routes as we understand them: unverified, and not there unless they are switched on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from api.sandbox import PlayedCandidate
from tests.api.integrations.conftest import connected
from tests.patience import until
from tests.receiver import Receiver

THEIRS = "workable-token"


@dataclass(frozen=True)
class Workable:
    """Its side, by our key."""

    service: httpx2.Client
    receiver: Receiver
    key: str

    def call(self, method: str, call: str, **request: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.service.request(method, f"/integrations/workable/{call}", headers=headers, **request)

    def body(self, test_id: object, path: str) -> dict[str, Any]:
        candidate = {"first_name": "Ann", "last_name": "Lee", "email": f"{path[1:]}@example.org", "phone": None}
        return {"test_id": test_id, "job_title": "x", "callback_url": self.receiver.url(path), "candidate": candidate}

    def order(self, test_id: str, path: str) -> str:
        answer = self.call("POST", "assessments", json=self.body(test_id, path))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["assessment_id"])

    def told(self, path: str) -> Any:
        """What was PUT there, by its own token."""
        (put,) = until(lambda: [each for each in self.receiver.requests if each.path == path])
        assert (put.method, put.headers["authorization"]) == ("PUT", f"Bearer {THEIRS}")
        return json.loads(put.body)


@pytest.fixture(scope="module")
def workable(service: httpx2.Client, receiver: Receiver) -> Workable:
    return Workable(service, receiver, connected(service, "workable", api_key=THEIRS))


def test_an_assessment_is_created_once_taken_and_its_result_is_put_without_passing_or_failing(
    service: httpx2.Client, workable: Workable, test_id: str
) -> None:
    assert {"id": test_id, "name": "ML basics"} in workable.call("GET", "tests").json()["tests"]
    order_id = workable.order(test_id, "/wk-1")
    assert workable.order(test_id, "/wk-1") == order_id
    place = f"/v1/assessments/orders/{order_id}"
    PlayedCandidate(str(service.base_url).rstrip("/"), service.get(place).json()["invitation_url"]).take(2)
    told, order = workable.told("/wk-1"), service.get(place).json()
    assert (told["status"], told["results_url"]) == ("completed", order["report_url"])
    assert told["assessment"]["score"] == f"{100 * order['result']['score']:.1f}"
    assert "a person must decide" in told["assessment"]["summary"]
    assert "grade" not in told["assessment"]


def test_an_order_that_is_cancelled_is_told(service: httpx2.Client, workable: Workable, test_id: str) -> None:
    order_id = workable.order(test_id, "/wk-2")
    assert service.post(f"/v1/assessments/orders/{order_id}/cancellation", json={}).status_code == 200
    assert workable.told("/wk-2") == {"status": "rejected"}


def test_what_is_wrong_is_said_in_its_way(service: httpx2.Client, workable: Workable, test_id: str) -> None:
    elsewhere = {"callback_url": "https://workable.com.example.org/x"}
    for body in ({}, workable.body(7, "/wk-3"), workable.body(test_id, "/wk-3") | elsewhere):
        answer = workable.call("POST", "assessments", json=body)
        assert (answer.status_code, answer.json()["status"], set(answer.json())) == (422, 422, {"status", "message"})
    for headers in ({}, {"Authorization": f"Bearer {connected(service, 'greenhouse')}"}, {"Authorization": "Bearer x"}):
        assert service.get("/integrations/workable/tests", headers=headers).status_code == 401


def test_nothing_of_it_is_there_unless_it_is_switched_on(client: TestClient) -> None:
    assert client.get("/integrations/workable/tests").status_code == 404
    assert client.post("/integrations/workable/assessments", json={}).status_code == 404
    refused = client.post("/v1/platforms", json={"platform": "workable", "api_key": THEIRS})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/platform")
