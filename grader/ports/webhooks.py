"""Where a tenant wants to be told what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rubrics.model import Immutable


class Rotation(Immutable):
    """An earlier secret of an endpoint, by its number, and until when it still signs."""

    generation: int
    ends_at: datetime


class Endpoint(Immutable):
    """A receiver of a tenant's events; its secrets are derived from the deployment's and stored nowhere.

    `disabled` says in a word why nothing is sent to it, and is empty while something is. `failing_since` is the first
    of the failures that no success has ended.
    """

    id: str
    url: str
    events: tuple[str, ...]
    description: str = ""
    created_at: datetime
    disabled: str = ""
    failing_since: datetime | None = None
    generation: int = 1
    retired: tuple[Rotation, ...] = ()


class EndpointStore(Protocol):
    """Keeps endpoints, by tenant; StorageError from every operation that cannot be done."""

    async def add(self, tenant: str, endpoint: Endpoint) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        ...

    async def find(self, tenant: str, endpoint_id: str) -> Endpoint | None:
        """The tenant's endpoint with this id, or None."""
        ...

    async def list(self, tenant: str) -> tuple[Endpoint, ...]:
        """All of the tenant's, the oldest first."""
        ...

    async def change(self, tenant: str, endpoint: Endpoint) -> bool:
        """Keep it as it is now; False where there is none with its id."""
        ...

    async def succeeded(self, tenant: str, endpoint_id: str) -> None:
        """It has taken something: its failures are over."""
        ...

    async def failed(self, tenant: str, endpoint_id: str, at: datetime) -> datetime:
        """It has failed; since when it has been failing."""
        ...

    async def disable(self, tenant: str, endpoint_id: str, reason: str) -> None:
        """Send nothing to it any more."""
        ...

    async def remove(self, tenant: str, endpoint_id: str) -> bool:
        """Forget it; whether it was there."""
        ...
