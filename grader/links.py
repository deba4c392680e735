"""Links for people without an account: whoever holds one is let in to one order, as its candidate or as its reader.

A link names the order and is signed with the deployment's secret, for one purpose: an invitation shows no report.
Until when an invitation counts, and what it still allows, stands with the order. A report holds answers, and links to
it are passed on: it names the last day (UTC) on which it counts, and whoever may see the order gets a new one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from grader.access import subkey
from grader.errors import GraderError

REPORT_DAYS: Final = 90
"""How long a report can be read by one link: a hiring round, with time to look back at it."""

_ID_BYTES: Final = 16
_DAY_BYTES: Final = 3
_SIGNATURE_BYTES: Final = 16
"""128 bits: whoever guesses a billion a second needs 10^22 years."""


class Purpose(StrEnum):
    """What a link is for; also the folder of its page."""

    INVITATION = "assessment"
    REPORT = "report"


class LinkExpired(GraderError):
    """We made this link, and its last day is over."""


@dataclass(frozen=True)
class Links:
    """Makes and reads links; `base_url` is where the service is seen from outside, without a slash at its end."""

    secret: bytes = field(repr=False)
    base_url: str
    report_days: int = REPORT_DAYS
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def url(self, purpose: Purpose, order_id: str) -> str:
        """The whole link."""
        return f"{self.base_url}/{purpose}/{self.token(purpose, order_id)}"

    def token(self, purpose: Purpose, order_id: str) -> str:
        """Its last part: 43 characters, of a report 47; ValueError where the id is no UUID."""
        said = uuid.UUID(order_id).bytes
        if purpose is Purpose.REPORT:
            said += (self._today + self.report_days).to_bytes(_DAY_BYTES)
        return base64.urlsafe_b64encode(said + self._signature(purpose, said)).decode().rstrip("=")

    def read(self, purpose: Purpose, token: str) -> str | None:
        """The id of the order, or None where we did not make this token for this purpose; LinkExpired."""
        try:
            raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        said, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        if len(said) != _ID_BYTES + (_DAY_BYTES if purpose is Purpose.REPORT else 0):
            return None
        if not hmac.compare_digest(signature, self._signature(purpose, said)):
            return None
        if purpose is Purpose.REPORT and int.from_bytes(said[_ID_BYTES:]) < self._today:
            raise LinkExpired("the last day of this link is over")
        return str(uuid.UUID(bytes=said[:_ID_BYTES]))

    @property
    def _today(self) -> int:
        return self.now().astimezone(UTC).toordinal()

    def _signature(self, purpose: Purpose, raw: bytes) -> bytes:
        return hmac.digest(subkey(self.secret, f"link {purpose}"), raw, hashlib.sha256)[:_SIGNATURE_BYTES]
