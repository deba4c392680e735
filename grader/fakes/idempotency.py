"""A fake of what was already answered, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.ports.idempotency import Claim, Outcome, Refusal


@dataclass
class _Record:
    claim: Claim
    claimed_at: datetime
    lease_until: datetime
    outcome: Outcome | None = None


@dataclass
class FakeIdempotencyStore:
    """Keeps claims and outcomes in memory."""

    records: dict[tuple[str, str], _Record] = field(default_factory=dict)

    async def claim(self, wanted: Claim, now: datetime, lease_until: datetime) -> Claim | Outcome | Refusal:
        """The claim, granted; or what was answered before; or why not."""
        known = self.records.get((wanted.tenant, wanted.key))
        if known is None:
            self.records[wanted.tenant, wanted.key] = _Record(wanted, now, lease_until)
            return wanted
        if known.claim.fingerprint != wanted.fingerprint:
            return Refusal.REUSED
        if known.outcome is not None:
            return known.outcome
        if known.lease_until > now:
            return Refusal.IN_PROGRESS
        known.claim, known.lease_until = replace(known.claim, holder=wanted.holder), lease_until
        return known.claim

    async def renew(self, claim: Claim, lease_until: datetime) -> None:
        """Hold a claim for longer."""
        if held := self._held(claim):
            held.lease_until = lease_until

    async def complete(self, claim: Claim, outcome: Outcome) -> None:
        """Keep what was answered."""
        if held := self._held(claim):
            held.outcome = outcome

    async def release(self, claim: Claim) -> None:
        """Forget a claim that came to nothing."""
        if self._held(claim):
            del self.records[claim.tenant, claim.key]

    async def forget(self, tenant: str, resource_ids: Collection[str]) -> None:
        """Forget the outcomes that show these resources."""
        self._keep_unless(lambda kept: kept.claim.tenant == tenant and kept.claim.resource_id in resource_ids)

    async def purge(self, before: datetime) -> int:
        """Forget what was claimed before."""
        return self._keep_unless(lambda kept: kept.claimed_at < before)

    def _held(self, claim: Claim) -> _Record | None:
        known = self.records.get((claim.tenant, claim.key))
        return known if known is not None and known.claim == claim and known.outcome is None else None

    def _keep_unless(self, gone: Callable[[_Record], bool]) -> int:
        kept = {name: record for name, record in self.records.items() if not gone(record)}
        count = len(self.records) - len(kept)
        self.records = kept
        return count
