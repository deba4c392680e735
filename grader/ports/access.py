"""What access control keeps: API keys, and what every tenant spent today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from grader.access import Amount, ApiKey, Limit


class KeyStore(Protocol):
    """Keeps API keys, those that no longer count included; StorageError from every operation that cannot be done."""

    async def add(self, key: ApiKey) -> None:
        """Keep a key whose id is new."""
        ...

    async def find(self, key_id: str) -> ApiKey | None:
        """The key with this id, whatever its state, or None."""
        ...

    async def list(self, tenant: str | None = None) -> tuple[ApiKey, ...]:
        """Every key, or those of one tenant; the oldest first."""
        ...

    async def any(self) -> bool:
        """Whether a key was ever made."""
        ...

    async def revoke(self, tenant: str, key_id: str, at: datetime) -> ApiKey | None:
        """Revoke the tenant's key, once and for ever, and return it; None where there is none."""
        ...

    async def replace(self, old: ApiKey, new: ApiKey) -> None:
        """Keep `new` and the new end of `old`, both of one tenant, or neither."""
        ...

    async def used(self, at: Mapping[str, datetime]) -> None:
        """Note when keys (by id) were used last; an earlier time does not replace a later one."""
        ...


class SpendingStore(Protocol):
    """Keeps what tenants spent, by day (UTC)."""

    async def reserve(self, tenant: str, day: date, estimate: Amount, limit: Limit) -> str | None:
        """Count `estimate` as spent if it fits below `limit`, in one step; else the limit it would pass, in words."""
        ...

    async def settle(self, tenant: str, day: date, difference: Amount) -> None:
        """Add what a call took more (or less) than was reserved for it."""
        ...

    async def spent(self, tenant: str, day: date) -> Amount:
        """What was spent and reserved."""
        ...
