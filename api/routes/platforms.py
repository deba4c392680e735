"""Connections to hiring platforms over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.assessment_schemas import ConnectionIn, ConnectionKey, ConnectionList, ConnectionOut, ToldOut, ToldPage
from api.cursors import Cursors
from api.dependencies import App, Caller, Creating
from api.errors import FieldError, invalid
from api.openapi import problems
from api.webhook_schemas import DeliveryParameters, Replayed, ReplayRequest
from grader.assessment import Platform
from grader.errors import AlreadyStored
from grader.ports import Place

router = APIRouter(prefix="/v1/platforms", tags=["assessments"])


@router.post("", status_code=201)
async def connect(
    app: App, caller: Caller, creation: Creating, body: ConnectionIn, response: Response
) -> ConnectionOut:
    """Connect a platform; the key it calls us with shows `GET …/key`."""
    platform, connections = Platform(body.platform), app.access.connections
    if platform is Platform.WORKABLE and not app.services.settings.workable_unverified:
        detail = "Workable is unverified; the operator switches it on by GRADER_WORKABLE_UNVERIFIED=true."
        raise invalid(FieldError(pointer="/platform", code="not_served", detail=detail))
    if (platform is Platform.GREENHOUSE) == (body.api_key is not None):
        detail = "Ashby (candidatesWrite) and Workable need a key of theirs; Greenhouse takes ours."
        raise invalid(FieldError(pointer="/api_key", code="api_key", detail=detail))
    try:
        made = await connections.connect(caller, creation.id, platform, body.api_key or "")
    except AlreadyStored:  # by an earlier try of this request
        made = await connections.find(caller.tenant, creation.id)
    response.headers["Location"] = f"/v1/platforms/{made.id}/key"
    return ConnectionOut.of(made, app.links.base_url)


@router.get("")
async def list_connections(app: App, caller: Caller) -> ConnectionList:
    """Every connection that counts, the oldest first."""
    found, base_url = await app.access.connections.store.list(caller.tenant), app.links.base_url
    return ConnectionList(connections=[ConnectionOut.of(each, base_url) for each in found if not each.removed])


@router.get("/{connection_id}/key")
async def get_key(app: App, caller: Caller, connection_id: str) -> ConnectionKey:
    """The key to enter at the platform; it is derived, and stored nowhere."""
    connections = app.access.connections
    return ConnectionKey(key=connections.key(await connections.find(caller.tenant, connection_id)))


@router.delete("/{connection_id}", status_code=204)
async def disconnect(app: App, caller: Caller, connection_id: str) -> None:
    """End a connection: its key counts no longer, and the platform is told nothing more."""
    await app.access.connections.remove(caller, connection_id)


@router.get("/{connection_id}/deliveries", openapi_extra=problems("invalid-cursor"))
async def list_told(
    app: App, caller: Caller, connection_id: str, wanted: Annotated[DeliveryParameters, Query()]
) -> ToldPage:
    """What a platform was told of its orders, or is to be told, the newest first; `state=dead` are the dead letters."""
    cursors = Cursors(app.access.secret, f"{caller.tenant} told {connection_id} {wanted.state}")
    after = None if wanted.cursor is None else cursors.open(wanted.cursor)
    connections, limit = app.access.connections, wanted.limit
    found = await connections.told(caller.tenant, connection_id, wanted.state, limit=limit + 1, after=after)
    page = found[:limit]
    more = cursors.seal(Place(page[-1].created_at, page[-1].id)) if len(found) > len(page) else None
    return ToldPage(deliveries=[ToldOut.of(each) for each in page], next=more)


@router.post("/{connection_id}/replays")
async def tell_again(app: App, caller: Caller, connection_id: str, body: ReplayRequest) -> Replayed:
    """Tell a platform again what was given up, or one message that was given up or delivered."""
    return Replayed(replayed=await app.access.connections.retry(caller.tenant, connection_id, body.delivery_id))
