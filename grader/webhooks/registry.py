"""A tenant's endpoints: added, changed, given a new secret, tried out; what they missed is sent again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from grader.access import Principal
from grader.audit import Action, Event
from grader.delivery import destination
from grader.errors import GraderError
from grader.ports import AuditLog, Delivery, Endpoint, EndpointStore, Outbox, Rotation, Together
from grader.webhooks.carrying import PING_KIND
from grader.webhooks.event import EventType, WebhookEvent
from grader.webhooks.publishing import to_deliver
from grader.webhooks.signing import Secret, Secrets

MAX_ENDPOINTS: Final = 50
"""Of one tenant: each is one more row for every event."""

OVERLAP: Final = timedelta(days=1)
"""How long an earlier secret still signs beside the new one, where nothing else is asked for."""

MAX_OVERLAPPING: Final = 4
"""Earlier secrets that sign at a time: each is one more signature in a header."""

PAUSED: Final = "paused"
"""Why an endpoint is disabled that somebody disabled."""

_NOBODY: Final = "local"


class UnknownEndpoint(GraderError):
    """The tenant has no such endpoint."""


class TooManyEndpoints(GraderError):
    """The tenant has as many endpoints as it may have."""


@dataclass(frozen=True)
class Wanted:
    """What an endpoint is to be; None leaves it as it is."""

    url: str | None = None
    events: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True)
class EndpointRegistry:
    """Keeps endpoints; `trusted` are the `host:port` that may be private. What is done to them is logged."""

    endpoints: EndpointStore
    outbox: Outbox
    secrets: Secrets
    audit: AuditLog
    together: Together
    trusted: Collection[str] = ()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def add(self, who: Principal, endpoint_id: str, wanted: Wanted) -> Endpoint:
        """A new endpoint; RefusedUrl, TooManyEndpoints, AlreadyStored where an earlier try has added it."""
        destination(wanted.url or "", self.trusted)
        if len(await self.endpoints.list(who.tenant)) >= MAX_ENDPOINTS:
            raise TooManyEndpoints(f"a tenant has at most {MAX_ENDPOINTS} endpoints")
        fresh = Endpoint(id=endpoint_id, url="", events=(), created_at=self.now())
        endpoint = _changed(fresh, wanted)
        async with self.together(who.tenant):
            await self.endpoints.add(who.tenant, endpoint)
            await self._log(who, Action.WEBHOOK_CREATED, endpoint)
        return endpoint

    async def find(self, tenant: str, endpoint_id: str) -> Endpoint:
        """The tenant's endpoint; UnknownEndpoint."""
        found = await self.endpoints.find(tenant, endpoint_id)
        if found is None:
            raise UnknownEndpoint("there is no such webhook")
        return found

    async def change(self, who: Principal, endpoint_id: str, wanted: Wanted) -> Endpoint:
        """The endpoint as it is from now on; RefusedUrl, UnknownEndpoint."""
        if wanted.url is not None:
            destination(wanted.url, self.trusted)
        async with self.together(who.tenant):
            endpoint = _changed(await self.find(who.tenant, endpoint_id), wanted)
            await self.endpoints.change(who.tenant, endpoint)
            await self._log(who, Action.WEBHOOK_CHANGED, endpoint)
        return endpoint

    async def rotate(self, who: Principal, endpoint_id: str, overlap: timedelta = OVERLAP) -> Endpoint:
        """Sign with a new secret from now on, and for the time of `overlap` with the present one too."""
        now = self.now()
        async with self.together(who.tenant):
            old = await self.find(who.tenant, endpoint_id)
            retired = [each for each in old.retired if each.ends_at > now]
            retired.append(Rotation(generation=old.generation, ends_at=now + overlap))
            change = {"generation": old.generation + 1, "retired": tuple(retired[-MAX_OVERLAPPING:])}
            endpoint = old.model_copy(update=change)
            await self.endpoints.change(who.tenant, endpoint)
            await self._log(who, Action.WEBHOOK_ROTATED, endpoint)
        return endpoint

    async def shown_secrets(self, tenant: str, endpoint_id: str) -> tuple[Secret, ...]:
        """What its events are signed with, the newest first."""
        return self.secrets.of(await self.find(tenant, endpoint_id), self.now())

    async def remove(self, who: Principal, endpoint_id: str) -> None:
        """Forget an endpoint with all that was, or was to be, sent to it."""
        async with self.together(who.tenant):
            endpoint = await self.find(who.tenant, endpoint_id)
            await self.endpoints.remove(who.tenant, endpoint_id)
            await self.outbox.forget(who.tenant, target=endpoint_id)
            await self._log(who, Action.WEBHOOK_REMOVED, endpoint)

    async def ping(self, tenant: str, endpoint_id: str, ping_id: str) -> Delivery:
        """Have a test event sent, once, also where the endpoint is disabled."""
        endpoint = await self.find(tenant, endpoint_id)
        event = WebhookEvent(EventType.PING, ping_id, ping_id, self.now(), {"id": ping_id})
        delivery = replace(to_deliver(tenant, endpoint, event, PING_KIND), id=ping_id)
        await self.outbox.put(tenant, delivery)
        return delivery

    async def delivery(self, tenant: str, endpoint_id: str, delivery_id: str) -> Delivery:
        """One delivery to this endpoint; UnknownEndpoint where there is none."""
        found = await self.outbox.find(tenant, delivery_id)
        if found is None or found.target != endpoint_id:
            raise UnknownEndpoint("there is no such delivery")
        return found

    async def replay(self, tenant: str, endpoint_id: str, delivery_id: str | None = None) -> int:
        """Send again all that is dead, or this one delivery; how many there are."""
        await self.find(tenant, endpoint_id)
        if delivery_id is not None:
            await self.delivery(tenant, endpoint_id, delivery_id)
        return await self.outbox.replay(tenant, endpoint_id, self.now(), delivery_id=delivery_id)

    async def _log(self, who: Principal, action: Action, endpoint: Endpoint) -> None:
        facts = {"events": " ".join(endpoint.events), "disabled": endpoint.disabled, "secret": str(endpoint.generation)}
        await self.audit.append(who.tenant, Event(who.key_id or _NOBODY, action, endpoint.id, facts))


def _changed(endpoint: Endpoint, wanted: Wanted) -> Endpoint:
    """With what is wanted; enabling it forgets its failures."""
    asked = {"url": wanted.url, "events": wanted.events, "description": wanted.description}
    changes: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    if wanted.enabled is not None:
        changes |= {"disabled": "" if wanted.enabled else endpoint.disabled or PAUSED}
    if wanted.enabled:
        changes |= {"failing_since": None}
    return endpoint.model_copy(update=changes)
