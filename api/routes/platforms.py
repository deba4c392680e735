"""Connections to hiring platforms over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.assessment_schemas import ConnectionIn, ConnectionKey, ConnectionList, ConnectionOut
from api.dependencies import App, Caller, Creating
from api.errors import FieldError, invalid
from grader.assessment import Platform
from grader.errors import AlreadyStored

router = APIRouter(prefix="/v1/platforms", tags=["assessments"])


@router.post("", status_code=201)
async def connect(
    app: App, caller: Caller, creation: Creating, body: ConnectionIn, response: Response
) -> ConnectionOut:
    """Connect a platform; the key it calls us with shows `GET …/key`."""
    platform, connections = Platform(body.platform), app.access.connections
    if (platform is Platform.ASHBY) != (body.api_key is not None):
        detail = "Ashby needs a key of its own, with the permission candidatesWrite; Greenhouse takes ours."
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
