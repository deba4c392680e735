"""What Ashby is told: every step of an order, as a body of `assessment.update`.

Ashby's assessments partner API (https://developers.ashbyhq.com): POST to its host by the customer's Ashby key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from grader.assessment import AssessmentOrder, OrderState, Test
from grader.delivery import STANDARD, GivenUp, Outcome, Schedule, judged_by_status
from grader.links import Links, Purpose
from grader.platforms.connections import Connections, basic
from grader.platforms.word import word_of
from grader.ports import Delivery, Letter, Reply, Vault

KIND: Final = "ashby"

BASE_URL: Final = "https://api.ashbyhq.com"

_STATUS: Final = {
    OrderState.INVITED: "Invited",
    OrderState.STARTED: "Started",
    OrderState.SUBMITTED: "Submitted",
    OrderState.IN_REVIEW: "In review",
    OrderState.COMPLETE: "Completed",
}
_REASONS: Final = {
    OrderState.CANCELLED: "The assessment was cancelled.",
    OrderState.EXPIRED: "The invitation was not taken up in time.",
}


@dataclass(frozen=True)
class AshbyNews:
    """Makes the bodies of `assessment.update`; `links` are put into them."""

    links: Links

    def announce(self, order: AssessmentOrder, test: Test) -> Delivery | None:
        """Word of the order's state, once for each."""
        return word_of(order, KIND, f"{order.state}:{order.id}", self.update(order, test))

    def update(self, order: AssessmentOrder, test: Test) -> dict[str, Any]:
        """The update that says where the order is."""
        body: dict[str, Any] = {"assessment_id": order.id, "timestamp": milliseconds(order.stepped_at)}
        if order.state in _REASONS:
            reason = _blob("cancelled-reason", "Cancelled", "string", _REASONS[order.state])
            return {**body, "cancelled_reason": reason}
        body["assessment_status"] = _blob("status", "Status", "string", _STATUS[order.state])
        if order.state is OrderState.COMPLETE:
            report = self.links.url(Purpose.REPORT, order.id)
            body["assessment_profile_url"] = _blob("profile-url", "Report", "url", report)
            body["assessment_result"] = _result(order)
            body["metadata"] = _metadata(order, test)
        elif order.state is OrderState.INVITED:
            invitation = self.links.url(Purpose.INVITATION, order.id)
            body["metadata"] = [_blob("invitation", "Invitation for the candidate", "url", invitation)]
        return body


def milliseconds(at: datetime) -> int:
    """Since the Unix epoch."""
    return int(at.timestamp() * 1000)


def _result(order: AssessmentOrder) -> dict[str, Any]:
    score = None if order.result is None else order.result.score
    if score is None:
        return _blob("result", "Score", "string", "Not scored")
    return _blob("result", "Score", "numeric_score", round(100 * score, 1))


def _metadata(order: AssessmentOrder, test: Test) -> list[dict[str, Any]]:
    reviewed = order.result is not None and order.result.released_by is not None
    found = [
        _blob("result-max", "Max Score", "numeric_score", 100),
        _blob("test", "Test", "string", test.name),
        _blob("reviewed", "Reviewed by a person", "boolean_success", reviewed),
        _blob("notice", "Note", "string", "Graded with the help of AI; a person must decide."),
    ]
    if order.started_at is not None and order.submitted_at is not None:
        minutes = round((order.submitted_at - order.started_at).total_seconds() / 60, 1)
        found.append(_blob("duration", "Time taken", "numeric_duration_minutes", minutes))
    return found


def _blob(identifier: str, label: str, kind: str, value: str | float) -> dict[str, Any]:
    return {"identifier": identifier, "label": label, "type": kind, "value": value}


@dataclass(frozen=True)
class AshbyCarrier:
    """The Carrier of updates; a delivery's target is the connection's id."""

    connections: Connections
    vault: Vault
    base_url: str = BASE_URL
    schedule: Schedule = STANDARD

    async def letter(self, tenant: str, delivery: Delivery) -> Letter:
        """The POST; GivenUp where the connection is gone, or has no Ashby key."""
        connection = await self.connections.to_call(tenant, delivery.target)
        if not connection.sealed:
            raise GivenUp("no_key")
        headers = {
            "Authorization": basic(self.vault.open(connection.sealed)),
            "Accept": "application/json; version=1",
            "Content-Type": "application/json",
        }
        return Letter("POST", f"{self.base_url}/assessment.update", headers, delivery.payload.encode())

    def judged(self, reply: Reply) -> Outcome:
        """2xx that does not say `"success": false` is a success: Ashby reports its errors with 200, too."""
        found = judged_by_status(reply)
        if found.delivered and _refused(reply.body):
            return Outcome(delivered=False, again=True, status=HTTPStatus.OK, reason="refused")
        return found

    async def told(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Nothing follows."""


def _refused(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("success") is False
