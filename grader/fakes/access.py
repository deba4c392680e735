"""Fakes of what access control keeps, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from grader.access import Amount, ApiKey, Limit
from grader.errors import AlreadyStored


@dataclass
class FakeKeyStore:
    """Keeps keys in memory; with a `failure` it raises that instead. `lookups` counts the calls of `find`."""

    keys: dict[str, ApiKey] = field(default_factory=dict)
    failure: Exception | None = None
    lookups: int = 0

    async def add(self, key: ApiKey) -> None:
        """Keep a key whose id is new."""
        if key.id in self.keys:
            raise AlreadyStored(f"there is a key {key.id} already")
        self.keys[key.id] = key

    async def find(self, key_id: str) -> ApiKey | None:
        """The key with this id, or None."""
        self.lookups += 1
        self._fail()
        return self.keys.get(key_id)

    async def list(self, tenant: str | None = None) -> tuple[ApiKey, ...]:
        """Every key, or those of one tenant; the oldest first."""
        found = (key for key in self.keys.values() if tenant in {None, key.tenant})
        return tuple(sorted(found, key=lambda key: (key.created_at, key.id)))

    async def any(self) -> bool:
        """Whether a key was ever made."""
        self._fail()
        return bool(self.keys)

    async def revoke(self, tenant: str, key_id: str, at: datetime) -> ApiKey | None:
        """Revoke the tenant's key and return it; None where there is none."""
        key = self.keys.get(key_id)
        if key is None or key.tenant != tenant:
            return None
        if key.revoked_at is None:
            key = self.keys[key_id] = key.model_copy(update={"revoked_at": at})
        return key

    async def replace(self, old: ApiKey, new: ApiKey) -> None:
        """Keep `new` and the new end of `old`."""
        await self.add(new)
        if old.tenant == new.tenant:
            self.keys[old.id] = self.keys[old.id].model_copy(update={"expires_at": old.expires_at})

    async def used(self, at: Mapping[str, datetime]) -> None:
        """Note when keys were used last."""
        self._fail()
        for key_id, moment in at.items():
            key = self.keys.get(key_id)
            if key is not None and (key.last_used_at is None or key.last_used_at < moment):
                self.keys[key_id] = key.model_copy(update={"last_used_at": moment})

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass
class FakeSpendingStore:
    """Keeps amounts in memory."""

    amounts: dict[tuple[str, date], Amount] = field(default_factory=lambda: defaultdict(Amount))

    async def reserve(self, tenant: str, day: date, estimate: Amount, limit: Limit) -> str | None:
        """Count `estimate` as spent if it fits; else the limit it would pass."""
        wanted = self.amounts[tenant, day] + estimate
        passed = limit.passed_by(wanted)
        if passed is None:
            self.amounts[tenant, day] = wanted
        return passed

    async def settle(self, tenant: str, day: date, difference: Amount) -> None:
        """Add what a call took more or less."""
        self.amounts[tenant, day] += difference

    async def spent(self, tenant: str, day: date) -> Amount:
        """What was spent and reserved."""
        return self.amounts[tenant, day]
