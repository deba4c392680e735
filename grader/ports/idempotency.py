"""What was already answered: one outcome per tenant and idempotency key."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Claim:
    """The right to answer the request that came with `key`, while its lease lasts.

    `fingerprint` is a digest of everything that was asked; `resource_id` is the id of what the request creates, the
    same at every try; `holder` tells one try from the next.
    """

    tenant: str
    key: str
    fingerprint: str
    resource_id: str
    holder: str


@dataclass(frozen=True)
class Outcome:
    """What was answered, to be answered again."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(StrEnum):
    """Why a claim is not granted."""

    IN_PROGRESS = "in_progress"
    REUSED = "reused"


class IdempotencyStore(Protocol):
    """Keeps claims and outcomes; StorageError from every operation that cannot be done."""

    async def claim(self, wanted: Claim, now: datetime, lease_until: datetime) -> Claim | Outcome | Refusal:
        """The claim, granted; or what was answered before; or why not.

        A claim whose lease is over is granted again, with the `resource_id` of the first try.
        """
        ...

    async def renew(self, claim: Claim, lease_until: datetime) -> None:
        """Hold a claim for longer, if it is still held."""
        ...

    async def complete(self, claim: Claim, outcome: Outcome) -> None:
        """Keep what was answered; whoever lost the claim changes nothing."""
        ...

    async def release(self, claim: Claim) -> None:
        """Forget a claim that came to nothing; whoever lost it changes nothing."""
        ...

    async def forget(self, tenant: str, resource_ids: Collection[str]) -> None:
        """Forget the outcomes that show these resources, as when a person is erased."""
        ...

    async def purge(self, before: datetime) -> int:
        """Forget what was claimed before, for all tenants; how many that were."""
        ...
