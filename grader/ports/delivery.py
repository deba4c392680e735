"""What others are to be told: kept with what it reports, sent afterwards, as often as it takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from grader.errors import GraderError
from grader.ports.storage import Place


class DeliveryState(StrEnum):
    """How far a delivery is: to be tried, taken by its receiver, or given up."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True)
class Delivery:
    """One message to one receiver.

    `kind` says who knows how to send it, `target` who it is for: nobody's slowness delays another target. Of several
    with the same kind, target and `dedup_key` the first is kept. `message_id` is what the receiver knows it by, at
    every try the same. `about` is the id of the grade, batch or order it speaks of, so that it is erased with that.
    `payload` is text, without anything an answer said and without credentials.

    Nobody may try it before `due_at`; whoever takes it moves that on and so holds it. `tries` counts how often it was
    taken; `status` is the HTTP status of the last reply, None where none came, and `reason` says in a word why it is
    not delivered.
    """

    id: str
    kind: str
    target: str
    dedup_key: str
    message_id: str
    about: str
    payload: str
    created_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    status: int | None = None
    reason: str = ""
    tried_at: datetime | None = None


class Outbox(Protocol):
    """Keeps deliveries, by tenant; StorageError from every operation that cannot be done."""

    async def put(self, tenant: str, delivery: Delivery) -> bool:
        """Keep it with what is kept in the same transaction; False where one with its dedup key is there already."""
        ...

    async def find(self, tenant: str, delivery_id: str) -> Delivery | None:
        """The tenant's delivery with this id, or None."""
        ...

    async def page(
        self, tenant: str, target: str, state: DeliveryState | None = None, *, limit: int, after: Place | None = None
    ) -> tuple[Delivery, ...]:
        """At most `limit` of what is for this target, in this state (None: in any), the newest first."""
        ...

    async def claim(
        self, now: datetime, until: datetime, *, kinds: Collection[str], without: Collection[tuple[str, str]] = ()
    ) -> tuple[str, Delivery] | None:
        """Take the one of these kinds that is due the longest, of any tenant, and hold it `until` then; None: none is.

        `without` names targets, each with its tenant, that are not to be served now. It is counted as one more try.
        """
        ...

    async def settle(self, tenant: str, delivery: Delivery) -> bool:
        """Keep how a try ended; False where the delivery was erased or is not as it was taken any more."""
        ...

    async def replay(self, tenant: str, target: str, now: datetime, *, delivery_id: str | None = None) -> int:
        """Try again from the start what is dead, or this one that is dead or delivered; how many there are."""
        ...

    async def forget(self, tenant: str, *, about: Collection[str] = (), target: str | None = None) -> int:
        """Delete what speaks of these, or everything for this target; how many there were."""
        ...

    async def purge(self, *, delivered: datetime, dead: datetime) -> int:
        """Delete what was delivered, and what was given up, when last tried before then; how many there were."""
        ...


@dataclass(frozen=True)
class Letter:
    """One HTTP request to somebody else's server."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What the server answered: its status, and how many seconds it asks to be left alone, where it says so.

    `body` is what it said as well, cut off where that is long.
    """

    status: int
    retry_after: float | None = None
    body: bytes = b""


class NotDelivered(GraderError):
    """No reply came; `reason` says why in a word."""

    def __init__(self, reason: str, message: str = "") -> None:
        self.reason = reason
        super().__init__(message or reason)


class Courier(Protocol):
    """Carries one request to a server outside, where that is allowed."""

    async def send(self, letter: Letter) -> Reply:
        """The server's reply, whatever it says; NotDelivered where there is none."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
