"""What outlives the process: grades, and replies that need not be asked for again."""

from __future__ import annotations

from typing import Protocol

from grader.domain import Grade
from grader.ports.chat import Completion


class GradeStore(Protocol):
    """Keeps grades."""

    async def save(self, grade: Grade) -> None:
        """Keep `grade`; when this returns it survives a crash. StorageError when it cannot be kept."""
        ...

    async def find(self, grade_id: str) -> Grade | None:
        """The grade with this id, or None."""
        ...


class ResponseCache(Protocol):
    """Keeps replies of chat models under the hash of everything they depend on, for a while."""

    async def find(self, key: str) -> Completion | None:
        """The reply kept under `key`, or None where there is none or it has expired; StorageError."""
        ...

    async def keep(self, key: str, completion: Completion) -> Completion:
        """Keep a reply and return the one that is kept: of two for one key the first stays. StorageError."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
