"""Publishing an event: into the outbox, in the transaction of what happened."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from grader.ports import Delivery, DeliveryState, Endpoint, EndpointStore, Outbox
from grader.webhooks.carrying import DISABLED, KIND
from grader.webhooks.event import WebhookEvent

Tell = Callable[[str, WebhookEvent], Awaitable[None]]
"""Tells a tenant's endpoints of an event; called inside `together` with what it reports."""


@dataclass(frozen=True)
class Publisher:
    """Tells the tenant's endpoints that want to know; nothing is sent here."""

    endpoints: EndpointStore
    outbox: Outbox

    async def publish(self, tenant: str, event: WebhookEvent) -> None:
        """Put one delivery into the outbox for each endpoint that wants this type, the same event once only.

        Call it inside `together` with what it reports: then it is told if and only if that is kept. What a disabled
        endpoint misses is kept as dead, so that it can be replayed.
        """
        for endpoint in await self.endpoints.list(tenant):
            if event.type in endpoint.events:
                await self.outbox.put(tenant, to_deliver(tenant, endpoint, event, KIND))


def to_deliver(tenant: str, endpoint: Endpoint, event: WebhookEvent, kind: str) -> Delivery:
    """The delivery of an event to an endpoint."""
    dead = bool(endpoint.disabled) and kind == KIND
    return Delivery(
        id=str(uuid.uuid4()),
        kind=kind,
        target=endpoint.id,
        dedup_key=event.dedup_key,
        message_id=event.message_id(tenant),
        about=event.about,
        payload=event.payload,
        created_at=event.at,
        due_at=event.at,
        state=DeliveryState.DEAD if dead else DeliveryState.WAITING,
        reason=DISABLED if dead else "",
    )
