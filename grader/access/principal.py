"""Who is asking: a tenant, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """One thing a key may be allowed to do; `admin` allows everything, no other scope contains another."""

    READ = "read"
    GRADE = "grade"
    AUTHOR = "author"
    REVIEW = "review"
    ADMIN = "admin"


EVERYTHING: Final = frozenset(Scope)

TENANT_PATTERN: Final = r"^[a-z0-9][a-z0-9_-]{0,62}$"
"""A tenant's name: safe in a URL, a file name and a log; as long as a DNS label."""

LOCAL_TENANT: Final = "local"
"""Whose everything is while there are no API keys."""


@dataclass(frozen=True)
class Principal:
    """On whose behalf a request is served; `key_id` is the API key it came with, None for this machine itself.

    `name` is what somebody called themselves who shares the key with others; empty where nobody said.
    """

    tenant: str
    scopes: frozenset[Scope]
    key_id: str | None = None
    name: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether this scope was given to it."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


LOCAL: Final = Principal(LOCAL_TENANT, EVERYTHING)
"""The person at this machine, who needs no key."""

VISITOR: Final = Principal(LOCAL_TENANT, frozenset({Scope.GRADE}), "practice")
"""Everybody who practises without a key from elsewhere; together they have the quota of one key."""
