"""What Workable is told: UNVERIFIED. Nobody has tried this against Workable.

Of its page for assessment providers (https://workable.readme.io/page/assessment-providers) only the beginning is known
first-hand: the two routes, and bearer tokens both ways. The body of a result is known from what others wrote.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from grader.assessment import AssessmentOrder, OrderState, Test
from grader.delivery import STANDARD, GivenUp, Outcome, RefusedUrl, Schedule
from grader.links import Links, Purpose
from grader.platforms.callback import check_callback, judged_once
from grader.platforms.connections import Connections
from grader.platforms.word import word_of
from grader.ports import Delivery, Letter, Reply, Vault

KIND: Final = "workable"

SUFFIX: Final = ".workable.com"
"""Hosts that Workable's token is sent to, beside those the operator trusts."""

_ENDS: Final = {OrderState.CANCELLED: "rejected", OrderState.EXPIRED: "expired"}
"""Its words for an assessment that comes to no result; `rejected` is the assessment, not the candidate."""


@dataclass(frozen=True)
class WorkableNews:
    """Makes the bodies of what is PUT; `links` are put into them."""

    links: Links

    def announce(self, order: AssessmentOrder, test: Test) -> Delivery | None:
        """How the order ended; what happens before has no meaning for Workable."""
        body = self._body(order, test)
        if body is None:
            return None
        return word_of(order, KIND, f"{order.state}:{order.id}", {"url": order.callback, "body": body})

    def _body(self, order: AssessmentOrder, test: Test) -> dict[str, Any] | None:
        if order.state is not OrderState.COMPLETE:
            return {"status": _ENDS[order.state]} if order.state in _ENDS else None
        report = self.links.url(Purpose.REPORT, order.id)
        return {"status": "completed", "results_url": report, "assessment": _assessment(order, test)}


def _assessment(order: AssessmentOrder, test: Test) -> dict[str, Any]:
    """The result without a `grade`: its values are passing and failing, and that a person decides."""
    result = order.result
    score = None if result is None else result.score
    found: dict[str, Any] = {
        "score": "Not scored" if score is None else f"{100 * score:.1f}",
        "summary": "Graded with the help of AI; a person must decide.",
        "details": {"Test": test.name, "Reviewed by a person": result is not None and result.released_by is not None},
    }
    if order.started_at is not None and order.submitted_at is not None:
        found["duration"] = _clock(round((order.submitted_at - order.started_at).total_seconds()))
    return found


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@dataclass(frozen=True)
class WorkableCarrier:
    """The Carrier of results; a delivery's target is the connection's id."""

    connections: Connections
    vault: Vault
    trusted: Collection[str] = ()
    schedule: Schedule = STANDARD

    async def letter(self, tenant: str, delivery: Delivery) -> Letter:
        """The PUT; GivenUp where the connection is gone, or the URL is not Workable's any more."""
        connection = await self.connections.to_call(tenant, delivery.target)
        told = json.loads(delivery.payload)
        try:
            check_callback(told["url"], SUFFIX, self.trusted)
        except RefusedUrl as error:
            raise GivenUp("url_not_allowed", str(error)) from None
        token = self.vault.open(connection.sealed)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return Letter("PUT", told["url"], headers, json.dumps(told["body"]).encode())

    def judged(self, reply: Reply) -> Outcome:
        """As any callback's."""
        return judged_once(reply)

    async def told(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Nothing follows."""
