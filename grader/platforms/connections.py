"""A tenant's connections to platforms: made, recognised by their keys, removed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from grader.access import Principal, subkey
from grader.assessment import Platform
from grader.audit import Action, Event
from grader.delivery import GivenUp
from grader.errors import GraderError
from grader.ports import AuditLog, Connection, ConnectionStore, Delivery, DeliveryState, Outbox, Place, Together, Vault

PREFIX: Final = "agp_"
_KEY: Final = re.compile(rf"{PREFIX}([0-9a-f-]{{36}})_([A-Za-z0-9_-]{{43}})")
"""The connection's id and 256 bits: 84 characters; Greenhouse takes less than 171."""

_NOBODY: Final = "local"


class UnknownConnection(GraderError):
    """The tenant has no such connection, or nothing like this was to be told by it."""


@dataclass(frozen=True)
class Connections:
    """Keeps connections, and shows what is told by them; `secret` is the deployment's, which keys are derived from."""

    store: ConnectionStore
    outbox: Outbox
    vault: Vault
    audit: AuditLog
    together: Together
    secret: bytes = field(repr=False)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def connect(self, who: Principal, connection_id: str, platform: Platform, theirs: str) -> Connection:
        """A new connection; `theirs` is the key that the platform takes from us, empty where it takes ours.

        AlreadyStored where an earlier try has made it.
        """
        sealed = self.vault.seal(theirs) if theirs else ""
        made = Connection(id=connection_id, platform=platform, created_at=self.now(), sealed=sealed)
        async with self.together(who.tenant):
            await self.store.add(who.tenant, made)
            await self._log(who, Action.PLATFORM_CONNECTED, made)
        return made

    async def find(self, tenant: str, connection_id: str) -> Connection:
        """The tenant's connection that counts; UnknownConnection."""
        found = await self.store.find(tenant, connection_id)
        if found is None or found.removed:
            raise UnknownConnection(f"there is no connection {connection_id}")
        return found

    async def remove(self, who: Principal, connection_id: str) -> None:
        """Its key counts no longer, and nothing is sent by it any more; UnknownConnection."""
        found = await self.find(who.tenant, connection_id)
        async with self.together(who.tenant):
            await self.store.replace(who.tenant, found.model_copy(update={"removed": True}))
            await self._log(who, Action.PLATFORM_REMOVED, found)

    def key(self, connection: Connection) -> str:
        """What the platform calls us with."""
        signed = hmac.digest(subkey(self.secret, "platform connection"), connection.id.encode(), hashlib.sha256)
        return f"{PREFIX}{connection.id}_{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"

    async def recognise(self, key: str, platform: Platform) -> Principal | None:
        """Who calls with this key; None where it is none of this platform's that counts."""
        found = _KEY.fullmatch(key)
        tenant = None if found is None else await self.store.owner(found[1])
        connection = None if found is None or tenant is None else await self.store.find(tenant, found[1])
        if tenant is None or connection is None or connection.removed or connection.platform is not platform:
            return None
        same = hmac.compare_digest(self.key(connection).encode(), key.encode())
        return Principal(tenant, frozenset(), connection.id) if same else None

    async def to_call(self, tenant: str, connection_id: str) -> Connection:
        """The connection to send something by; GivenUp where it was removed."""
        try:
            return await self.find(tenant, connection_id)
        except UnknownConnection:
            raise GivenUp("connection_removed") from None

    async def told(
        self,
        tenant: str,
        connection_id: str,
        state: DeliveryState | None = None,
        *,
        limit: int,
        after: Place | None = None,
    ) -> tuple[Delivery, ...]:
        """What was told by a connection, or is to be, the newest first; UnknownConnection."""
        await self.find(tenant, connection_id)
        return await self.outbox.page(tenant, connection_id, state, limit=limit, after=after)

    async def retry(self, tenant: str, connection_id: str, delivery_id: str | None = None) -> int:
        """Tell again what was given up, or this one; how many there are. UnknownConnection."""
        await self.find(tenant, connection_id)
        if delivery_id is not None:
            found = await self.outbox.find(tenant, delivery_id)
            if found is None or found.target != connection_id:
                raise UnknownConnection("nothing like this was to be told by this connection")
        return await self.outbox.replay(tenant, connection_id, self.now(), delivery_id=delivery_id)

    async def _log(self, who: Principal, action: Action, connection: Connection) -> None:
        facts = {"platform": connection.platform.value}
        await self.audit.append(who.tenant, Event(who.key_id or _NOBODY, action, connection.id, facts))


def basic(key: str) -> str:
    """The `Authorization` header for a key as user name, with an empty password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()
