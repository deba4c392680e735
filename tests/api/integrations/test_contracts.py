"""Requests made from the platforms' contract files: what these allow is taken, what they forbid is refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from api.sandbox import CUSTOMERS_KEY, PlayedAshby, PlayedCandidate, PlayedGreenhouse
from grader.assessment import AssessmentOrder, Candidate, OrderState, Platform, Result, Test
from grader.links import Links
from grader.platforms import greenhouse
from grader.platforms.ashby import AshbyNews
from tests.api.integrations.conftest import connected
from tests.hiring_platform import contracts
from tests.hiring_platform.mutations import ADDED, Mutation, mutations
from tests.receiver import Receiver, answers

GREENHOUSE, ASHBY = contracts.greenhouse() or {}, contracts.ashby() or {}
pytestmark = pytest.mark.skipif(not (GREENHOUSE and ASHBY), reason="the contract files are not there")

TEST_ID = "6a1c3c2e-0000-4000-8000-000000000003"


class Nobody:
    """An inbox where nothing comes."""

    requests: tuple[Any, ...] = ()

    def url(self, path: str) -> str:
        return f"https://app.greenhouse.io{path}"


PLAYED_GREENHOUSE = PlayedGreenhouse("", "", Nobody())
PLAYED_ASHBY = PlayedAshby("", "", Nobody())
REPORTED = {"api_call": "test_status", "errors": ["x"], "partner_test_id": "1", "candidate_email": "a@example.org"}
CANCELLED = {"assessment_id": str(uuid.UUID(int=1))}


def cases(schemas: dict[str, Any], call: str, body: Any) -> Iterator[Any]:
    """Every changed request of a call."""
    for mutation in mutations(schemas.get(f"{call} request", {}), body):
        yield pytest.param(call, mutation, id=f"{call}: {mutation.name}")


@pytest.fixture(scope="module")
def at_greenhouse(service: httpx2.Client, receiver: Receiver) -> PlayedGreenhouse:
    check = contracts.holding(GREENHOUSE)
    return PlayedGreenhouse(str(service.base_url).rstrip("/"), connected(service, "greenhouse"), receiver, check)


@pytest.fixture(scope="module")
def at_ashby(service: httpx2.Client, receiver: Receiver) -> PlayedAshby:
    key = connected(service, "ashby", api_key=CUSTOMERS_KEY)
    return PlayedAshby(str(service.base_url).rstrip("/"), key, receiver, contracts.holding(ASHBY))


def addressed(mutation: Mutation, test_id: str) -> Any:
    """The request for a test that is there."""
    known = {"partner_test_id", "assessment_type_id"} & set(mutation.body)
    return mutation.body | {name: test_id for name in known if mutation.body[name] == TEST_ID}


@pytest.mark.parametrize(
    ("call", "mutation"),
    [
        *cases(GREENHOUSE, "send_test", PLAYED_GREENHOUSE.body(TEST_ID, 1)),
        *cases(GREENHOUSE, "response_error", REPORTED),
    ],
)
def test_greenhouse_may_send_what_its_contract_allows_and_nothing_else(
    at_greenhouse: PlayedGreenhouse, test_id: str, call: str, mutation: Mutation
) -> None:
    paths = {"send_test": "send_test", "response_error": "request_errors"}
    answer = at_greenhouse.call("POST", paths[call], json=addressed(mutation, test_id))
    if mutation.allowed or mutation.name == "candidate without preferred_name":  # asked for, and not needed
        assert answer.status_code == 200, answer.text
        at_greenhouse.check(f"{call} response", answer.json())
    else:
        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("call", "mutation"),
    [
        *cases(ASHBY, "start", PLAYED_ASHBY.body(TEST_ID, "application")),
        *cases(ASHBY, "cancel", CANCELLED),
        *cases(ASHBY, "list", {}),
    ],
)
def test_ashby_may_send_what_its_contract_allows_and_nothing_else(
    at_ashby: PlayedAshby, test_id: str, call: str, mutation: Mutation
) -> None:
    answer = at_ashby.call(call, addressed(mutation, test_id))
    if call == "start":
        assert answer.status_code == (200 if mutation.allowed else 422), answer.text
    elif call == "cancel":
        assert (answer.status_code, answer.json()["success"]) == (200, False), "there is no such assessment"
    else:
        assert answer.json()["success"] is True


def orders() -> Iterator[AssessmentOrder]:
    """One in every state, with and without a score."""
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    empty = Result(score=None, score_interval=(0, 1), passed=None, needs_review=True, questions=(), made_at=noon)
    results = [empty.model_copy(update={"score": score}) for score in (0.0, 0.625, 1.0, None)]
    for state in OrderState:
        for result in results if state is OrderState.COMPLETE else (None,):
            yield AssessmentOrder(
                id=str(uuid.UUID(int=7)),
                test_id=TEST_ID,
                platform=Platform.ASHBY,
                candidate=Candidate(ref="ashby:1"),
                questions=("DL0028",),
                state=state,
                ordered_at=noon,
                stepped_at=noon,
                expires_at=noon + timedelta(days=1),
                started_at=noon,
                submitted_at=noon + timedelta(minutes=9),
                result=result,
            )


@pytest.mark.parametrize(
    "order", list(orders()), ids=lambda order: f"{order.state} {order.result and order.result.score}"
)
def test_what_is_said_of_an_order_in_any_state_holds_the_contracts(order: AssessmentOrder) -> None:
    links = Links(b"secret", "https://grader.example")
    test = Test(id=TEST_ID, name="ML", question_ids=("DL0028",), created_at=order.ordered_at)
    contracts.holding(GREENHOUSE)("test_status response", greenhouse.status(order, test, links))
    contracts.holding(ASHBY)("update request", AshbyNews(links).update(order, test))


@pytest.mark.parametrize("reply", [b'{"success": true, "results": {}, "added_later": [{}]}', b"", b"no JSON", b"[1]"])
def test_whatever_ashby_adds_to_its_reply_an_update_is_told_once(
    at_ashby: PlayedAshby, receiver: Receiver, test_id: str, reply: bytes
) -> None:
    receiver.behaviour["/assessment.update"] = answers(200, body=reply)
    started = at_ashby.start(test_id, **ADDED).json()["results"]
    at_ashby.call("cancel", {"assessment_id": started["assessment_id"], **ADDED})
    again = at_ashby.start(test_id).json()["results"]
    PlayedCandidate(at_ashby.url, again["update_request"]["metadata"][0]["value"]).begin()
    told = at_ashby.heard(again["assessment_id"], 1)
    assert [each["assessment_status"]["value"] for each in told] == ["Started"]
