"""Hiring platforms that a tenant is connected to, and a place for keys that its database must not tell."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.assessment import Platform
from rubrics.model import Immutable


class Connection(Immutable):
    """A tenant's connection to one platform.

    The key that the platform calls us with is derived from the deployment's secret and stored nowhere; `sealed` is the
    platform's own key, which we call it with, where it has one. What is `removed` counts no longer.
    """

    id: str
    platform: Platform
    created_at: datetime
    sealed: str = ""
    removed: bool = False


class ConnectionStore(Protocol):
    """Keeps connections, by tenant; StorageError from every operation that cannot be done."""

    async def add(self, tenant: str, connection: Connection) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        ...

    async def find(self, tenant: str, connection_id: str) -> Connection | None:
        """The tenant's connection with this id, or None."""
        ...

    async def owner(self, connection_id: str) -> str | None:
        """The tenant whose connection this is: for its key, which names no tenant; None where there is none."""
        ...

    async def list(self, tenant: str) -> tuple[Connection, ...]:
        """Every connection, the oldest first."""
        ...

    async def replace(self, tenant: str, connection: Connection) -> None:
        """Keep it in the place of the one with its id."""
        ...


class Vault(Protocol):
    """Seals what must be kept readable for this service, and for nobody who only has the database."""

    def seal(self, text: str) -> str:
        """The text, sealed; never twice the same."""
        ...

    def open(self, sealed: str) -> str:
        """What was sealed; ConfigurationError where it was sealed with another deployment's secret."""
        ...
