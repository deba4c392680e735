"""How an event goes to an endpoint: signed when it is sent, and what follows for the endpoint from its reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from grader.delivery import STANDARD, GivenUp, Outcome, Schedule, judged_by_status
from grader.ports import Delivery, EndpointStore, Letter, Reply
from grader.webhooks.signing import Secrets, signature

KIND: Final = "webhook"

PING_KIND: Final = "webhook.ping"
"""As `KIND`, but tried once, and also where nothing else is sent."""

FAILING_FOR: Final = timedelta(days=5)
"""An endpoint that has taken nothing for so long is disabled: longer than one event is tried."""

FAILING: Final = "failing"
GONE: Final = "gone"
"""Why an endpoint was disabled: it failed for `FAILING_FOR`, or answered 410."""

DISABLED: Final = "endpoint_disabled"
"""Why a delivery is dead that was never tried; it can be replayed."""


@dataclass(frozen=True)
class WebhookCarrier:
    """The Carrier of webhooks; a delivery's target is the endpoint's id."""

    endpoints: EndpointStore
    secrets: Secrets
    schedule: Schedule = STANDARD
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def letter(self, tenant: str, delivery: Delivery) -> Letter:
        """The signed event; GivenUp where the endpoint is gone or disabled."""
        endpoint = await self.endpoints.find(tenant, delivery.target)
        if endpoint is None:
            raise GivenUp("endpoint_removed")
        if endpoint.disabled and delivery.kind != PING_KIND:
            raise GivenUp(DISABLED)
        now = self.now()
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(
                self.secrets.of(endpoint, now), delivery.message_id, timestamp, delivery.payload
            ),
        }
        return Letter("POST", endpoint.url, headers, delivery.payload.encode())

    def judged(self, reply: Reply) -> Outcome:
        """2xx is a success, and 410 asks not to be called any more."""
        if reply.status == HTTPStatus.GONE:
            return Outcome(delivered=False, status=reply.status, reason=GONE)
        return judged_by_status(reply)

    async def told(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Count how the endpoint does; disable it where it wants that, or has failed for long."""
        if outcome.delivered:
            await self.endpoints.succeeded(tenant, delivery.target)
        elif delivery.kind == PING_KIND or outcome.reason == DISABLED:
            return
        elif outcome.reason == GONE:
            await self.endpoints.disable(tenant, delivery.target, GONE)
        else:
            now = self.now()
            if now - await self.endpoints.failed(tenant, delivery.target, now) >= FAILING_FOR:
                await self.endpoints.disable(tenant, delivery.target, FAILING)
