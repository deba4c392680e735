"""Ashby's assessments partner API, from its side."""

from __future__ import annotations

import uuid

import httpx2
import pytest

from api.sandbox import UPDATES, PlayedAshby, PlayedCandidate
from tests.api.integrations.conftest import new_test
from tests.receiver import answers


def invited(ashby: PlayedAshby, started: httpx2.Response) -> PlayedCandidate:
    (blob,) = started.json()["results"]["update_request"]["metadata"]
    assert (blob["identifier"], blob["type"]) == ("invitation", "url")
    return PlayedCandidate(ashby.url, blob["value"])


def test_an_assessment_is_started_taken_and_complete_and_ashby_hears_of_every_step(
    service: httpx2.Client, ashby: PlayedAshby, test_id: str
) -> None:
    listed = ashby.call("list", {}).json()
    assert test_id in [each["assessment_type_id"] for each in listed["results"]]
    started = ashby.start(test_id)
    order_id = started.json()["results"]["assessment_id"]
    invited(ashby, started).take(2)
    done = ashby.completed(order_id)
    order = service.get(f"/v1/assessments/orders/{order_id}").json()
    assert done["assessment_result"]["value"] == round(100 * order["result"]["score"], 1)
    told = ashby.updates(order_id)
    assert [each["assessment_status"]["value"] for each in told] == ["Started", "Submitted", "Completed"]
    assert len({each["timestamp"] for each in told}) == len(told)
    identifiers = [blob["identifier"] for blob in done["metadata"]]
    assert len(set(identifiers)) == len(identifiers)


def test_the_same_start_again_is_the_same_assessment_until_it_is_over(ashby: PlayedAshby, test_id: str) -> None:
    application = str(uuid.uuid4())
    first, again = (ashby.start(test_id, application).json()["results"]["assessment_id"] for _ in range(2))
    assert first == again
    cancelled = ashby.call("cancel", {"assessment_id": first}).json()["results"]["update_request"]
    assert "cancelled_reason" in cancelled
    assert ashby.start(test_id, application).json()["results"]["assessment_id"] != first


def test_a_candidate_who_is_being_assessed_for_another_application_is_a_409(ashby: PlayedAshby, test_id: str) -> None:
    candidate = {
        "ashby_id": str(uuid.uuid4()),
        "first_name": "Ann",
        "last_name": "Example",
        "email": "ann@example.org",
        "ashby_profile_url": "https://app.ashbyhq.com/candidates/1",
    }
    assert ashby.start(test_id, candidate=candidate).status_code == 200
    assert ashby.start(test_id, candidate=candidate).status_code == 409


def test_an_unknown_or_retired_assessment_is_a_422_with_words_for_the_user(
    service: httpx2.Client, ashby: PlayedAshby
) -> None:
    retired = new_test(service)
    service.delete(f"/v1/assessments/tests/{retired}")
    for test_id in (str(uuid.uuid4()), retired):
        answer = ashby.start(test_id)
        assert (answer.status_code, answer.json()["message"]) == (
            422,
            "There is no such assessment, or it is no longer offered.",
        )


@pytest.mark.parametrize("body", [{}, {"assessment_type_id": "no uuid"}, {"assessment_type_id": 7}])
def test_a_start_that_the_contract_does_not_allow_is_a_422(ashby: PlayedAshby, body: object) -> None:
    assert ashby.call("start", body).status_code == 422


def test_unknown_properties_are_passed_over(ashby: PlayedAshby, test_id: str) -> None:
    assert ashby.start(test_id, additional_fields=[{"key": "x"}], requestedBy=None).status_code == 200
    assert ashby.call("list", {"cursor": "x"}).json()["success"] is True


@pytest.mark.parametrize("body", [{}, {"assessment_id": str(uuid.uuid4())}])
def test_an_error_of_a_cancellation_is_said_as_ashby_does(ashby: PlayedAshby, body: object) -> None:
    answer = ashby.call("cancel", body)
    assert (answer.status_code, answer.json()["success"]) == (200, False)


def test_what_is_cancelled_cannot_be_taken_any_more(ashby: PlayedAshby, test_id: str) -> None:
    started = ashby.start(test_id)
    candidate = invited(ashby, started)
    candidate.begin()
    candidate.answer(1)
    ashby.call("cancel", {"assessment_id": started.json()["results"]["assessment_id"]})
    assert candidate.look().status_code == 410
    assert "cancelled" in candidate.answer(2).text


def test_a_wrong_key_is_a_401(ashby: PlayedAshby) -> None:
    stranger = PlayedAshby(ashby.url, ashby.key[:-1] + ("a" if ashby.key[-1] != "a" else "b"), ashby.receiver)
    for call in ("list", "start", "cancel"):
        assert stranger.call(call, {}).status_code == 401


def test_an_update_that_ashby_refuses_with_a_200_is_no_success(ashby: PlayedAshby, test_id: str) -> None:
    ashby.receiver.behaviour[UPDATES] = answers(200, body=b'{"success": false, "errors": ["x"]}')
    started = ashby.start(test_id)
    order_id = started.json()["results"]["assessment_id"]
    invited(ashby, started).begin()
    ashby.heard(order_id, 1)
    ashby.receiver.behaviour[UPDATES] = answers(200, body=b'{"success": true}')
    first, again = ashby.heard(order_id, 2)
    assert first == again
