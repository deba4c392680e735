"""Cursors: where a page of a list ended, signed, so that nobody reads on in a list that is not theirs.

A cursor holds for one tenant and one filter. It is opaque to clients and has no age: a list only grows at its head.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.errors import Problem
from grader.access import subkey
from grader.ports import Place

MAC_BYTES: Final = 16
"""128 bits (OWASP ASVS 5.0, 11.5.1): too many to guess one online."""

MAX_LENGTH: Final = 300
"""Longest cursor, in characters; ours have about 130."""


@dataclass(frozen=True)
class Cursors:
    """The cursors of one list: `whose` names its tenant and filter, `secret` is the deployment's."""

    secret: bytes = field(repr=False)
    whose: str

    def seal(self, place: Place) -> str:
        """The cursor of a place."""
        said = f"{place.created_at.isoformat()} {place.id}".encode()
        return base64.urlsafe_b64encode(self._mac(said) + said).rstrip(b"=").decode()

    def open(self, cursor: str) -> Place:
        """The place of a cursor; 400 for one that was changed, or that another list or tenant got."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        mac, said = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(said)):
            raise Problem(400, "invalid-cursor", "This cursor does not belong to this list.")
        moment, _, identity = said.decode().partition(" ")
        return Place(datetime.fromisoformat(moment), identity)

    def _mac(self, said: bytes) -> bytes:
        whole = self.whose.encode() + b"\0" + said
        return hmac.digest(subkey(self.secret, "cursor"), whole, hashlib.sha256)[:MAC_BYTES]
