"""Links for people without an account: whoever holds one is let in to one order, as its candidate or as its reader.

A link names the order and is signed with the deployment's secret, for one purpose: an invitation shows no report.
Until when it counts, and what it still allows, stands with the order.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from grader.access import subkey

_ID_BYTES: Final = 16
_SIGNATURE_BYTES: Final = 16
"""128 bits: whoever guesses a billion a second needs 10^22 years."""


class Purpose(StrEnum):
    """What a link is for; also the folder of its page."""

    INVITATION = "assessment"
    REPORT = "report"


@dataclass(frozen=True)
class Links:
    """Makes and reads links; `base_url` is where the service is seen from outside, without a slash at its end."""

    secret: bytes = field(repr=False)
    base_url: str

    def url(self, purpose: Purpose, order_id: str) -> str:
        """The whole link."""
        return f"{self.base_url}/{purpose}/{self.token(purpose, order_id)}"

    def token(self, purpose: Purpose, order_id: str) -> str:
        """Its last part: 43 characters; ValueError where the id is no UUID."""
        raw = uuid.UUID(order_id).bytes
        return base64.urlsafe_b64encode(raw + self._signature(purpose, raw)).decode().rstrip("=")

    def read(self, purpose: Purpose, token: str) -> str | None:
        """The id of the order, or None where we did not make this token for this purpose."""
        try:
            raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        order, signature = raw[:_ID_BYTES], raw[_ID_BYTES:]
        if len(raw) != _ID_BYTES + _SIGNATURE_BYTES:
            return None
        ours = hmac.compare_digest(signature, self._signature(purpose, order))
        return str(uuid.UUID(bytes=order)) if ours else None

    def _signature(self, purpose: Purpose, raw: bytes) -> bytes:
        return hmac.digest(subkey(self.secret, f"link {purpose}"), raw, hashlib.sha256)[:_SIGNATURE_BYTES]
