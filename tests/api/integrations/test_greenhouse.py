"""Greenhouse's Assessment Partner API, from its side."""

from __future__ import annotations

import random

import httpx2
import pytest

from api.sandbox import PlayedCandidate, PlayedGreenhouse
from api.sandbox.inbox import Check
from tests.api.integrations.conftest import connected, new_test
from tests.receiver import Receiver


def invited(greenhouse: PlayedGreenhouse, interview: str) -> PlayedCandidate:
    return PlayedCandidate(greenhouse.url, greenhouse.status(interview)["metadata"]["Invitation"])


def test_an_order_is_sent_taken_and_complete_and_greenhouse_is_told_once_the_result_is_there(
    service: httpx2.Client, greenhouse: PlayedGreenhouse, test_id: str
) -> None:
    assert {"partner_test_id": test_id, "partner_test_name": "ML basics"} in greenhouse.list_tests()
    interview, path = greenhouse.order(test_id)
    assert greenhouse.status(interview)["partner_status"] == "sent"
    candidate = invited(greenhouse, interview)
    candidate.begin()
    assert greenhouse.status(interview)["partner_status"] == "in_progress"
    candidate.answer(1)
    candidate.hand_in()
    done = greenhouse.completed(interview, path)
    order = service.get(f"/v1/assessments/orders/{interview}").json()
    assert done["partner_score"] == round(100 * order["result"]["score"], 1)
    assert not {"passed", "recommendation"} & {key.lower() for key in done["metadata"]}
    report = service.get(httpx2.URL(done["partner_profile_url"]).path)
    assert "a person must decide" in report.text
    assert "Each token attends" in report.text


def test_the_same_order_again_has_the_same_id_also_when_it_is_complete(
    greenhouse: PlayedGreenhouse, test_id: str
) -> None:
    number = random.randrange(10**6, 10**9)
    first, path = greenhouse.order(test_id, number)
    assert greenhouse.order(test_id, number) == (first, path)
    invited(greenhouse, first).take(2)
    greenhouse.completed(first, path)
    assert greenhouse.order(test_id, number) == (first, path)


def test_unknown_properties_are_passed_over(greenhouse: PlayedGreenhouse, test_id: str) -> None:
    interview, _ = greenhouse.order(test_id, job={"id": 7, "departments": [{"id": None}]}, sent_by=None)
    assert greenhouse.status(interview)["partner_status"] == "sent"


@pytest.mark.parametrize("credentials", [("", ""), ("agp_x", ""), None, ("KEY", "password"), ("OTHER", "")])
def test_a_wrong_key_is_a_401(
    service: httpx2.Client, greenhouse: PlayedGreenhouse, credentials: tuple[str, str] | None
) -> None:
    if credentials is not None:
        known = {"KEY": greenhouse.key, "OTHER": connected(service, "ashby", api_key="theirs")}
        credentials = (known.get(credentials[0], credentials[0]), credentials[1])
    answer = httpx2.get(f"{greenhouse.url}/integrations/greenhouse/list_tests", auth=credentials)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_removed_connection_is_a_401_and_sends_nothing_more(service: httpx2.Client, receiver: Receiver) -> None:
    made = service.post("/v1/platforms", json={"platform": "greenhouse"})
    place = made.headers["Location"]
    removed = PlayedGreenhouse(str(service.base_url).rstrip("/"), service.get(place).json()["key"], receiver)
    assert removed.call("GET", "list_tests").status_code == 200
    assert service.delete(place.removesuffix("/key")).status_code == 204
    assert removed.call("GET", "list_tests").status_code == 401
    assert service.get(place).status_code == 404


def test_what_is_unknown_is_a_404(service: httpx2.Client, greenhouse: PlayedGreenhouse) -> None:
    retired = new_test(service)
    service.delete(f"/v1/assessments/tests/{retired}")
    for test in ("12345", retired):
        body = {"partner_test_id": test, "candidate": candidate_in(), "url": greenhouse.receiver.url("/x")}
        assert greenhouse.call("POST", "send_test", json=body).status_code == 404
    assert greenhouse.call("GET", "test_status", params={"partner_interview_id": "98765"}).status_code == 404


def candidate_in() -> dict[str, str]:
    return {"first_name": "H", "last_name": "P", "email": "h@example.org", "greenhouse_profile_url": "https://x"}


@pytest.mark.parametrize(
    "url",
    [
        "http://app.greenhouse.io/x",
        "https://app.greenhouse.io.example.com/x",
        "https://example.com/x",
        "https://greenhouse.io:8443/x",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_our_key_is_sent_to_greenhouse_only(greenhouse: PlayedGreenhouse, test_id: str, url: str) -> None:
    body = {"partner_test_id": test_id, "candidate": candidate_in(), "url": url}
    answer = greenhouse.call("POST", "send_test", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")


@pytest.mark.parametrize("body", [{}, [], {"partner_test_id": 12345}, {"partner_test_id": "1", "candidate": {}}])
def test_what_the_contract_does_not_allow_is_refused(greenhouse: PlayedGreenhouse, body: object) -> None:
    assert greenhouse.call("POST", "send_test", json=body).status_code == 422


def test_an_error_that_greenhouse_reports_is_taken(greenhouse: PlayedGreenhouse, check_greenhouse: Check) -> None:
    body = {"api_call": "test_status", "errors": ["partner_score is wrong"], "candidate_email": None, "more": 1}
    answer = greenhouse.call("POST", "request_errors", json=body)
    assert answer.status_code == 200
    check_greenhouse("response_error response", answer.json())
