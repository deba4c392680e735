"""What Greenhouse is told: nothing but that an order is complete; it then asks for the result.

Greenhouse Assessment Partner API (https://developers.greenhouse.io/assessment.html): a PATCH without a body to the
URL that came with the order, by the key that Greenhouse calls us with.
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
from grader.platforms.connections import Connections, basic
from grader.platforms.word import word_of
from grader.ports import Delivery, Letter, Reply

KIND: Final = "greenhouse"

SUFFIX: Final = ".greenhouse.io"
"""Hosts that our key is sent to, beside those the operator trusts: the URL comes from a request."""


def announce(order: AssessmentOrder, test: Test) -> Delivery | None:  # noqa: ARG001 - other platforms need the test
    """That the order is complete; nothing else has a meaning for Greenhouse."""
    if order.state is not OrderState.COMPLETE:
        return None
    return word_of(order, KIND, f"complete:{order.id}", {"url": order.callback})


def status(order: AssessmentOrder, test: Test, links: Links) -> dict[str, Any]:
    """The answer to `test_status`; the score is in per cent, and there is no word of passing or failing."""
    if order.state is not OrderState.COMPLETE:
        metadata = {"Test": test.name, "Invitation": links.url(Purpose.INVITATION, order.id)}
        waiting = {OrderState.INVITED: "sent", OrderState.STARTED: "in_progress"}
        return {"partner_status": waiting.get(order.state, order.state.value), "metadata": metadata}
    found: dict[str, Any] = {
        "partner_status": "complete",
        "partner_profile_url": links.url(Purpose.REPORT, order.id),
        "metadata": _metadata(order, test),
    }
    if order.result is not None and order.result.score is not None:
        found["partner_score"] = round(100 * order.result.score, 1)
    return found


def _metadata(order: AssessmentOrder, test: Test) -> dict[str, str | int | bool]:
    found: dict[str, str | int | bool] = {"Test": test.name, "Questions": len(order.questions)}
    if order.started_at is not None:
        found["Started At"] = f"{order.started_at:%Y-%m-%d %H:%M} UTC"
    if order.submitted_at is not None:
        found["Completed At"] = f"{order.submitted_at:%Y-%m-%d %H:%M} UTC"
    if order.result is not None:
        found["Reviewed By A Person"] = order.result.released_by is not None
    found["Notes"] = "Graded with the help of AI; a person must decide."
    return found


@dataclass(frozen=True)
class GreenhouseCarrier:
    """The Carrier of completions; a delivery's target is the connection's id."""

    connections: Connections
    trusted: Collection[str] = ()
    schedule: Schedule = STANDARD

    async def letter(self, tenant: str, delivery: Delivery) -> Letter:
        """The PATCH; GivenUp where the connection is gone, or the URL is not Greenhouse's any more."""
        connection = await self.connections.to_call(tenant, delivery.target)
        url = str(json.loads(delivery.payload)["url"])
        try:
            check_callback(url, SUFFIX, self.trusted)
        except RefusedUrl as error:
            raise GivenUp("url_not_allowed", str(error)) from None
        return Letter("PATCH", url, {"Authorization": basic(self.connections.key(connection)), "Content-Length": "0"})

    def judged(self, reply: Reply) -> Outcome:
        """As any callback's."""
        return judged_once(reply)

    async def told(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Nothing follows: Greenhouse asks for the result itself."""
