"""The decision log: who did what to a grade and when, in entries that each hold the hash of the one before.

An entry names hashes, ids, labels and counts, never what anybody wrote. What belongs to a person goes in as a
commitment, an HMAC under a salt that is kept beside the person's data and destroyed with it: from then on nobody
can tell, or try out, what was committed to, and the chain is as whole as before.

The chain shows that an entry was changed, taken out or put in. Somebody who may write the whole database could
write a whole new chain; an anchor (an entry's number and hash, noted elsewhere) shows that too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

GENESIS: Final = "0" * 64
"""Stands where the first entry of a tenant would name the hash of the one before."""

SALT_BYTES: Final = 32
"""256 bits: as many as the hash has, so that a salt cannot be guessed before the text can."""


class Action(StrEnum):
    """What was done; `erased` on request, `expired` because its time was over."""

    GRADED = "graded"
    REGRADED = "regraded"
    ROWS_GRADED = "rows_graded"
    OVERRIDDEN = "overridden"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"
    OPINION_GIVEN = "opinion_given"
    REVIEWED = "reviewed"
    NAME_SHOWN = "name_shown"
    EXPORTED = "exported"
    ERASED = "erased"
    EXPIRED = "expired"
    KEY_CREATED = "key_created"
    KEY_ROTATED = "key_rotated"
    KEY_REVOKED = "key_revoked"
    RUBRIC_PUBLISHED = "rubric_published"
    RUBRIC_RETIRED = "rubric_retired"
    RULED = "ruled"
    WEBHOOK_CREATED = "webhook_created"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_ROTATED = "webhook_rotated"
    WEBHOOK_REMOVED = "webhook_removed"
    ORDER_PLACED = "order_placed"
    ORDER_STARTED = "order_started"
    ORDER_SUBMITTED = "order_submitted"
    ORDER_HELD = "order_held"
    ORDER_COMPLETED = "order_completed"
    ORDER_CORRECTED = "order_corrected"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_EXPIRED = "order_expired"
    PLATFORM_CONNECTED = "platform_connected"
    PLATFORM_REMOVED = "platform_removed"


@dataclass(frozen=True)
class Event:
    """What is to be logged: who (`actor`, a key's id) did what to which `subject` (the id of a grade, a key, …).

    `facts` are ids, hashes, labels, counts; nothing that somebody wrote.
    """

    actor: str
    action: Action
    subject: str
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Entry:
    """One link of a tenant's chain: its place from 1 on, its canonical JSON, and the SHA-256 of that."""

    number: int
    text: str
    hash: str

    def read(self) -> dict[str, object]:
        """What the entry says; ValueError where its text is damaged."""
        said = json.loads(self.text)
        if not isinstance(said, dict):
            raise ValueError(f"entry {self.number} is no JSON object")  # noqa: TRY004 - damaged data, not a wrong call
        return said


@dataclass(frozen=True)
class Anchor:
    """The number and the hash of an entry; of the last one it is the head of a chain."""

    number: int = 0
    hash: str = GENESIS

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """The anchor written as `12:9f86d0…`; ValueError where it is not written so."""
        number, _, digest = text.partition(":")
        if not number.isdecimal() or len(digest) != len(GENESIS) or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("an anchor is an entry's number, a colon and the 64 hex digits of its hash")
        return cls(int(number), digest)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True)
class Break:
    """The first entry at which a chain does not hold, and why."""

    number: int
    reason: str


def new_salt() -> bytes:
    """A salt for what belongs to one person's one grade."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, content: str) -> str:
    """`hmac-sha256:` and 64 hex digits: shows later that it was this content, and says nothing without the salt."""
    return "hmac-sha256:" + hmac.new(salt, content.encode(), hashlib.sha256).hexdigest()


def chained(tenant: str, event: Event, *, head: Anchor, at: datetime) -> Entry:
    """The entry of `event` behind the one that `head` names."""
    text = json.dumps(
        {
            "tenant": tenant,
            "number": head.number + 1,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": event.actor,
            "action": event.action.value,
            "subject": event.subject,
            "facts": dict(event.facts),
            "previous": head.hash,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Entry(head.number + 1, text, _digest(text))


@dataclass
class Walk:
    """One pass over a tenant's chain, in order: `step` through its entries, then `arrive` at its head.

    `broken` is the first entry that does not hold; nothing behind it is looked at. `anchors` must be met on the way.
    """

    tenant: str
    anchors: Iterable[Anchor] = ()
    head: Anchor = field(default_factory=Anchor)
    broken: Break | None = None

    def step(self, entry: Entry) -> bool:
        """Whether the chain holds up to and with `entry`."""
        if self.broken is None:
            fault = self._fault(entry)
            if fault is None:
                self.head = Anchor(entry.number, entry.hash)
            else:
                self.broken = Break(self.head.number + 1, fault)
        return self.broken is None

    def arrive(self, head: Anchor) -> Break | None:
        """The first break, once the entries have ended and the chain's kept `head` says where they should."""
        missed = [anchor for anchor in self.anchors if anchor.number > self.head.number]
        if self.broken is None and self.head != head:
            self.broken = Break(self.head.number + 1, f"the chain ends here, its head says {head.number}")
        elif self.broken is None and missed:
            self.broken = Break(self.head.number + 1, f"the chain ends here, an anchor says {missed[0].number}")
        return self.broken

    def _fault(self, entry: Entry) -> str | None:
        """Why this entry cannot be the next one, or None."""
        if entry.number != self.head.number + 1:
            return f"entry {self.head.number + 1} is missing, {entry.number} follows"
        if _digest(entry.text) != entry.hash:
            return "its text is not the one that was hashed"
        said = entry.read()
        if (said.get("number"), said.get("tenant")) != (entry.number, self.tenant):
            return "it belongs to another place or another tenant"
        if said.get("previous") != self.head.hash:
            return "it does not follow from the entry before it"
        if any(anchor.number == entry.number and anchor.hash != entry.hash for anchor in self.anchors):
            return "it is not the entry that the anchor names"
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
