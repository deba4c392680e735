"""Fakes of the outbox, of the endpoints and of the way to them, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.errors import AlreadyStored
from grader.ports import Delivery, DeliveryState, Endpoint, Letter, NotDelivered, Place, Reply


@dataclass
class FakeOutbox:
    """Keeps deliveries in memory; with a `failure` it raises that instead."""

    kept: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    failure: Exception | None = None

    async def put(self, tenant: str, delivery: Delivery) -> bool:
        """Keep it; the first of its dedup key stays."""
        self._fail()
        if any(owner == tenant and _key(other) == _key(delivery) for (owner, _), other in self.kept.items()):
            return False
        self.kept[tenant, delivery.id] = delivery
        return True

    async def find(self, tenant: str, delivery_id: str) -> Delivery | None:
        """The tenant's delivery with this id, or None."""
        self._fail()
        return self.kept.get((tenant, delivery_id))

    async def page(
        self, tenant: str, target: str, state: DeliveryState | None = None, *, limit: int, after: Place | None = None
    ) -> tuple[Delivery, ...]:
        """What is for this target, the newest first."""
        self._fail()
        found = [each for (owner, _), each in self.kept.items() if (owner, each.target) == (tenant, target)]
        found = [each for each in found if state in {None, each.state}]
        found.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        if after is not None:
            found = [each for each in found if (each.created_at, each.id) < (after.created_at, after.id)]
        return tuple(found[:limit])

    async def claim(
        self, now: datetime, until: datetime, *, kinds: Collection[str], without: Collection[tuple[str, str]] = ()
    ) -> tuple[str, Delivery] | None:
        """Take the one that is due the longest."""
        self._fail()
        due = [
            (each.due_at, each.id, tenant)
            for (tenant, _), each in self.kept.items()
            if each.state is DeliveryState.WAITING and each.due_at <= now
            if each.kind in kinds and (tenant, each.target) not in without
        ]
        if not due:
            return None
        _, delivery_id, tenant = min(due)
        taken = self.kept[tenant, delivery_id]
        self.kept[tenant, delivery_id] = taken = replace(taken, due_at=until, tries=taken.tries + 1)
        return tenant, taken

    async def settle(self, tenant: str, delivery: Delivery) -> bool:
        """Keep how a try ended."""
        self._fail()
        kept = self.kept.get((tenant, delivery.id))
        if kept is None or (kept.state, kept.tries) != (DeliveryState.WAITING, delivery.tries):
            return False
        self.kept[tenant, delivery.id] = delivery
        return True

    async def replay(self, tenant: str, target: str, now: datetime, *, delivery_id: str | None = None) -> int:
        """Try again from the start."""
        self._fail()
        states = {DeliveryState.DEAD} if delivery_id is None else {DeliveryState.DEAD, DeliveryState.DELIVERED}
        again = [
            key
            for key, each in self.kept.items()
            if (key[0], each.target) == (tenant, target) and each.state in states and delivery_id in {None, each.id}
        ]
        for key in again:
            fresh = {"state": DeliveryState.WAITING, "due_at": now, "tries": 0, "reason": ""}
            self.kept[key] = replace(self.kept[key], **fresh)  # type: ignore[arg-type]
        return len(again)

    async def forget(self, tenant: str, *, about: Collection[str] = (), target: str | None = None) -> int:
        """Delete what speaks of these, or everything for this target."""
        return self._drop(lambda owner, each: owner == tenant and (each.about in about or each.target == target))

    async def purge(self, *, delivered: datetime, dead: datetime) -> int:
        """Delete what was settled before then."""
        before = {DeliveryState.DELIVERED: delivered, DeliveryState.DEAD: dead}
        return self._drop(
            lambda _, each: each.state in before and (each.tried_at or each.created_at) < before[each.state]
        )

    def _drop(self, wanted: Callable[[str, Delivery], bool]) -> int:
        self._fail()
        gone = [key for key, each in self.kept.items() if wanted(key[0], each)]
        for key in gone:
            del self.kept[key]
        return len(gone)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass
class FakeEndpointStore:
    """Keeps endpoints in memory."""

    kept: dict[tuple[str, str], Endpoint] = field(default_factory=dict)

    async def add(self, tenant: str, endpoint: Endpoint) -> None:
        """Keep it; its id must be new."""
        if any(endpoint.id == kept for _, kept in self.kept):
            raise AlreadyStored(f"there is an endpoint {endpoint.id} already")
        self.kept[tenant, endpoint.id] = endpoint

    async def find(self, tenant: str, endpoint_id: str) -> Endpoint | None:
        """The tenant's endpoint with this id, or None."""
        return self.kept.get((tenant, endpoint_id))

    async def list(self, tenant: str) -> tuple[Endpoint, ...]:
        """All of the tenant's, the oldest first."""
        theirs = (endpoint for (owner, _), endpoint in self.kept.items() if owner == tenant)
        return tuple(sorted(theirs, key=lambda endpoint: (endpoint.created_at, endpoint.id)))

    async def change(self, tenant: str, endpoint: Endpoint) -> bool:
        """Keep it as it is now."""
        if (tenant, endpoint.id) not in self.kept:
            return False
        self.kept[tenant, endpoint.id] = endpoint
        return True

    async def succeeded(self, tenant: str, endpoint_id: str) -> None:
        """Its failures are over."""
        self._set(tenant, endpoint_id, failing_since=None)

    async def failed(self, tenant: str, endpoint_id: str, at: datetime) -> datetime:
        """Since when it has been failing."""
        kept = self.kept.get((tenant, endpoint_id))
        since = at if kept is None or kept.failing_since is None else kept.failing_since
        self._set(tenant, endpoint_id, failing_since=since)
        return since

    async def disable(self, tenant: str, endpoint_id: str, reason: str) -> None:
        """Send nothing to it any more."""
        self._set(tenant, endpoint_id, disabled=reason)

    async def remove(self, tenant: str, endpoint_id: str) -> bool:
        """Forget it."""
        return self.kept.pop((tenant, endpoint_id), None) is not None

    def _set(self, tenant: str, endpoint_id: str, **values: object) -> None:
        if (tenant, endpoint_id) in self.kept:
            self.kept[tenant, endpoint_id] = self.kept[tenant, endpoint_id].model_copy(update=values)


@dataclass
class FakeCourier:
    """Answers by URL with scripted replies, the last one again and again; 204 elsewhere. Keeps what it carried."""

    replies: dict[str, list[Reply | NotDelivered]] = field(default_factory=dict)
    carried: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> Reply:
        """The next scripted reply, raised if it is a failure."""
        self.carried.append(letter)
        script = self.replies.get(letter.url, [Reply(204)])
        reply = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(reply, NotDelivered):
            raise reply
        return reply

    async def close(self) -> None:
        """Nothing is open."""


def _key(delivery: Delivery) -> tuple[str, str, str]:
    return delivery.kind, delivery.target, delivery.dedup_key
