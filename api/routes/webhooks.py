"""Webhooks over HTTP: who is told what happens here, with which secret, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.cursors import Cursors
from api.dependencies import App, Caller, Creating
from api.openapi import problems
from api.webhook_schemas import (
    DeliveryOut,
    DeliveryPage,
    DeliveryParameters,
    PingRequest,
    Replayed,
    ReplayRequest,
    RotationRequest,
    SecretList,
    SecretOut,
    WebhookChange,
    WebhookList,
    WebhookOut,
    WebhookRequest,
)
from grader.errors import AlreadyStored
from grader.ports import Place

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


@router.post("", status_code=201, openapi_extra=problems("webhook-url-not-allowed", "too-many-webhooks"))
async def create_webhook(
    app: App, caller: Caller, creation: Creating, body: WebhookRequest, response: Response
) -> WebhookOut:
    """Have events sent to a URL from now on; what its signatures are made with shows `GET …/secrets`."""
    try:
        endpoint = await app.endpoints.add(caller, creation.id, body.wanted)
    except AlreadyStored:  # by an earlier try of this request
        endpoint = await app.endpoints.find(caller.tenant, creation.id)
    response.headers["Location"] = f"/v1/webhooks/{endpoint.id}"
    return WebhookOut.of(endpoint)


@router.get("")
async def list_webhooks(app: App, caller: Caller) -> WebhookList:
    """The tenant's webhooks, the oldest first."""
    found = await app.services.storage.endpoints.list(caller.tenant)
    return WebhookList(webhooks=[WebhookOut.of(endpoint) for endpoint in found])


@router.get("/{webhook_id}")
async def get_webhook(app: App, caller: Caller, webhook_id: str) -> WebhookOut:
    """One webhook."""
    return WebhookOut.of(await app.endpoints.find(caller.tenant, webhook_id))


@router.patch("/{webhook_id}", openapi_extra=problems("webhook-url-not-allowed"))
async def change_webhook(app: App, caller: Caller, webhook_id: str, body: WebhookChange) -> WebhookOut:
    """Change a webhook; what happened while it was disabled waits under its deliveries, to be replayed."""
    return WebhookOut.of(await app.endpoints.change(caller, webhook_id, body.wanted))


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(app: App, caller: Caller, webhook_id: str) -> None:
    """Forget a webhook with all its deliveries."""
    await app.endpoints.remove(caller, webhook_id)


@router.get("/{webhook_id}/secrets")
async def get_secrets(app: App, caller: Caller, webhook_id: str) -> SecretList:
    """What a webhook's events are signed with just now: its secret, and earlier ones as long as they overlap."""
    found = await app.endpoints.shown_secrets(caller.tenant, webhook_id)
    return SecretList(secrets=[SecretOut.of(secret) for secret in found])


@router.post("/{webhook_id}/rotations", status_code=201)
async def rotate_secret(app: App, caller: Caller, webhook_id: str, body: RotationRequest) -> WebhookOut:
    """Give a webhook a new secret; until the present one ends, events carry a signature of each."""
    overlap = timedelta(hours=body.overlap_hours)
    return WebhookOut.of(await app.endpoints.rotate(caller, webhook_id, overlap))


@router.post("/{webhook_id}/pings", status_code=202)
async def ping(app: App, creation: Creating, webhook_id: str, _body: PingRequest, response: Response) -> DeliveryOut:
    """Have a test event sent, once; `Location` shows what becomes of it."""
    delivery = await app.endpoints.ping(creation.tenant, webhook_id, creation.id)
    response.headers["Location"] = f"/v1/webhooks/{webhook_id}/deliveries/{delivery.id}"
    return DeliveryOut.of(delivery)


@router.get("/{webhook_id}/deliveries", openapi_extra=problems("invalid-cursor"))
async def list_deliveries(
    app: App, caller: Caller, webhook_id: str, wanted: Annotated[DeliveryParameters, Query()]
) -> DeliveryPage:
    """What was sent, or is to be sent, to a webhook, the newest first; `state=dead` are the dead letters."""
    await app.endpoints.find(caller.tenant, webhook_id)
    cursors = Cursors(app.access.secret, f"{caller.tenant} deliveries {webhook_id} {wanted.state}")
    after = None if wanted.cursor is None else cursors.open(wanted.cursor)
    outbox = app.services.storage.outbox
    found = await outbox.page(caller.tenant, webhook_id, wanted.state, limit=wanted.limit + 1, after=after)
    page = found[: wanted.limit]
    more = cursors.seal(Place(page[-1].created_at, page[-1].id)) if len(found) > len(page) else None
    return DeliveryPage(deliveries=[DeliveryOut.of(delivery) for delivery in page], next=more)


@router.get("/{webhook_id}/deliveries/{delivery_id}")
async def get_delivery(app: App, caller: Caller, webhook_id: str, delivery_id: str) -> DeliveryOut:
    """One delivery, with what was sent."""
    return DeliveryOut.of(await app.endpoints.delivery(caller.tenant, webhook_id, delivery_id))


@router.post("/{webhook_id}/replays")
async def replay(app: App, caller: Caller, webhook_id: str, body: ReplayRequest) -> Replayed:
    """Send again what is dead, or one delivery that is dead or delivered; its message id stays the same."""
    return Replayed(replayed=await app.endpoints.replay(caller.tenant, webhook_id, body.delivery_id))
