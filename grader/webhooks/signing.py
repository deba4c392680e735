"""Signatures of the Standard Webhooks specification (https://www.standardwebhooks.com, version 1.0).

The secrets are derived from the deployment's: whoever reads the database learns none of them. The tests verify with
the specification's own library, which is why these few lines do not use it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from grader.access import subkey
from grader.ports import Endpoint

PREFIX: Final = "whsec_"
"""How a symmetric secret begins; 32 bytes follow in base64. The specification asks for 24 to 64."""


@dataclass(frozen=True)
class Secret:
    """A secret that signs, and until when; None: until it is rotated."""

    text: str = field(repr=False)
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Secrets:
    """Every endpoint's secrets; `deployment` is the deployment's own."""

    deployment: bytes = field(repr=False)

    def of(self, endpoint: Endpoint, now: datetime) -> tuple[Secret, ...]:
        """Those that sign now, the newest first."""
        earlier = [(each.generation, each.ends_at) for each in reversed(endpoint.retired) if each.ends_at > now]
        generations: Iterable[tuple[int, datetime | None]] = [(endpoint.generation, None), *earlier]
        return tuple(Secret(self._derived(endpoint.id, number), ends_at) for number, ends_at in generations)

    def _derived(self, endpoint_id: str, generation: int) -> str:
        key = subkey(self.deployment, f"webhook {endpoint_id} {generation}")
        return PREFIX + base64.b64encode(key).decode()


def signature(secrets: Iterable[Secret], message_id: str, timestamp: int, body: str) -> str:
    """The value of `webhook-signature`: one signature for each secret, with spaces between."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return " ".join(f"v1,{_signed(secret, signed)}" for secret in secrets)


def _signed(secret: Secret, content: bytes) -> str:
    key = base64.b64decode(secret.text.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
