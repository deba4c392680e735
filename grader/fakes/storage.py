"""Fakes of what keeps, in memory, and ids that can be foretold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.domain import Grade
from grader.errors import StorageError
from grader.ports import (
    Completion,
)


@dataclass
class FakeGradeStore:
    """Keeps grades in memory."""

    grades: dict[str, Grade] = field(default_factory=dict)

    async def save(self, grade: Grade) -> None:
        """Keep a grade; its id must be new."""
        if grade.id in self.grades:
            raise StorageError(f"grade {grade.id} is there already")
        self.grades[grade.id] = grade

    async def find(self, grade_id: str) -> Grade | None:
        """The grade with this id, or None."""
        return self.grades.get(grade_id)


@dataclass
class FakeResponseCache:
    """Keeps replies in memory, for ever; with a `failure` it raises that instead."""

    replies: dict[str, Completion] = field(default_factory=dict)
    failure: Exception | None = None

    async def find(self, key: str) -> Completion | None:
        """The reply kept under `key`, or None."""
        if self.failure is not None:
            raise self.failure
        return self.replies.get(key)

    async def keep(self, key: str, completion: Completion) -> Completion:
        """The first reply that was kept under `key`."""
        if self.failure is not None:
            raise self.failure
        return self.replies.setdefault(key, completion)

    async def close(self) -> None:
        """Nothing is open."""


def counting_ids(prefix: str = "grade") -> Callable[[], str]:
    """A source of ids `grade-1`, `grade-2`, ..."""
    count = iter(range(1, 1_000_000))
    return lambda: f"{prefix}-{next(count)}"
