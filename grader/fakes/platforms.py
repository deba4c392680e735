"""Fakes of what connections to platforms need, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.errors import AlreadyStored
from grader.ports import Connection


@dataclass
class FakeConnectionStore:
    """Keeps connections in memory."""

    connections: dict[tuple[str, str], Connection] = field(default_factory=dict)

    async def add(self, tenant: str, connection: Connection) -> None:
        """Keep it; its id must be new, whoever has it."""
        if await self.owner(connection.id) is not None:
            raise AlreadyStored(f"connection {connection.id} is there already")
        self.connections[tenant, connection.id] = connection

    async def find(self, tenant: str, connection_id: str) -> Connection | None:
        """The tenant's connection, or None."""
        return self.connections.get((tenant, connection_id))

    async def owner(self, connection_id: str) -> str | None:
        """Whose it is."""
        return next((tenant for tenant, kept in self.connections if kept == connection_id), None)

    async def list(self, tenant: str) -> tuple[Connection, ...]:
        """The tenant's, the oldest first."""
        theirs = (each for (owner, _), each in self.connections.items() if owner == tenant)
        return tuple(sorted(theirs, key=lambda each: (each.created_at, each.id)))

    async def replace(self, tenant: str, connection: Connection) -> None:
        """Keep it where one is."""
        if (tenant, connection.id) in self.connections:
            self.connections[tenant, connection.id] = connection


class FakeVault:
    """Seals nothing: the text stands there backwards."""

    def seal(self, text: str) -> str:
        """The text backwards."""
        return text[::-1]

    def open(self, sealed: str) -> str:
        """And forwards again."""
        return sealed[::-1]
