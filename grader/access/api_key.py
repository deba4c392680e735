"""API keys: what they look like, what is kept of them, when they count.

A key is `ag_live_` + 8 characters of id + `_` + 43 characters of secret + 6 characters of checksum. The id finds the
row, the checksum tells a mistyped key from a wrong one without asking the database and lets scanners recognise a
leaked key, and the secret proves the rest.

Only a keyed hash of the secret is kept. One round of HMAC-SHA256 is enough and right: slow hashes protect passwords,
which can be guessed; 256 random bits cannot, and a slow hash on every request would be a way to stop the service.
The hash is keyed so that somebody who can write to the database, but not read the deployment's secret, cannot make
a key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from grader.access.principal import TENANT_PATTERN, Principal, Scope
from rubrics.model import Immutable

PREFIX: Final = "ag_live_"
ID_BYTES: Final = 5
"""40 bits: 8 characters; an id is a name, not a secret."""

SECRET_BYTES: Final = 32
"""256 bits, in 43 characters; OWASP ASVS 5.0 11.5.1 asks for 128."""

_SHAPE: Final = re.compile(rf"{PREFIX}([a-z2-7]{{8}})_([A-Za-z0-9_-]{{43}})([0-9A-Za-z]{{6}})")
_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Token:
    """A key as its owner holds it; `str` gives the whole of it, `repr` keeps the secret."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls) -> Token:
        """A key that nobody can guess."""
        return cls(
            base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower(), secrets.token_urlsafe(SECRET_BYTES)
        )

    @classmethod
    def parse(cls, text: str) -> Token | None:
        """The key that `text` spells, or None where it is none or was mistyped."""
        found = _SHAPE.fullmatch(text)
        if found is None:
            return None
        token = cls(found[1], found[2])
        return token if hmac.compare_digest(token._checksum(), found[3]) else None

    def __str__(self) -> str:
        return f"{self._body()}{self._checksum()}"

    def digest(self, pepper: bytes) -> str:
        """What is kept of the secret, as hex."""
        return hmac.new(pepper, self.secret.encode(), hashlib.sha256).hexdigest()

    def _body(self) -> str:
        return f"{PREFIX}{self.id}_{self.secret}"

    def _checksum(self) -> str:
        """CRC-32 in six base-62 digits, as GitHub's tokens have it."""
        rest, digits = zlib.crc32(self._body().encode()), ""
        for _ in range(6):
            rest, digit = divmod(rest, len(_BASE62))
            digits = _BASE62[digit] + digits
        return digits


class KeyState(StrEnum):
    """Whether a key counts."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ApiKey(Immutable):
    """What is kept of a key; `replaces` is the key it was rotated from. `digest` is never shown."""

    id: str
    name: Annotated[str, Field(min_length=1, max_length=100)]
    tenant: Annotated[str, Field(pattern=TENANT_PATTERN)]
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    digest: str = Field(exclude=True, repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    replaces: str | None = None

    def state(self, now: datetime) -> KeyState:
        """Whether it counts at `now`; a key that expires now has expired."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        return KeyState.ACTIVE

    @property
    def principal(self) -> Principal:
        """On whose behalf its owner asks."""
        return Principal(self.tenant, self.scopes, self.id)

    def ending(self, by: datetime) -> ApiKey:
        """The same key, which ends at `by` or when it would have ended anyway."""
        return self.model_copy(update={"expires_at": min(by, self.expires_at or by)})

    @property
    def grant(self) -> Grant:
        """What a key is asked for that is to follow this one: the same, for as long as this one was made for."""
        lifetime = None if self.expires_at is None else self.expires_at - self.created_at
        return Grant(self.name, self.tenant, self.scopes, lifetime)


@dataclass(frozen=True)
class IssuedKey:
    """A key that was just made: the only moment at which its token is known."""

    key: ApiKey
    token: Token


@dataclass(frozen=True)
class Grant:
    """What a key is asked for: a name to know it by, whose it is, what it may do; without a `lifetime` for ever."""

    name: str
    tenant: str
    scopes: frozenset[Scope]
    lifetime: timedelta | None = None


def issue(grant: Grant, pepper: bytes, now: datetime, replaces: str | None = None) -> IssuedKey:
    """A new key; ValidationError where the grant's name or tenant is none, or it has no scope."""
    token = Token.new()
    key = ApiKey(
        id=token.id,
        name=grant.name,
        tenant=grant.tenant,
        scopes=grant.scopes,
        digest=token.digest(pepper),
        created_at=now,
        expires_at=None if grant.lifetime is None else now + grant.lifetime,
        replaces=replaces,
    )
    return IssuedKey(key, token)
