"""What practising needs from outside: attempts and what lies between them kept, and the day to come back told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from grader.practice import Attempt, Card, Draft, Rating, Result, Reveal, Study


class AttemptStore(Protocol):
    """Keeps attempts and the help taken after them, by tenant; StorageError where that cannot be done."""

    async def begin(self, tenant: str, attempt: Attempt) -> None:
        """Keep a new attempt; AlreadyStored if its id is not new."""
        ...

    async def drop(self, tenant: str, attempt_id: str) -> None:
        """Forget an attempt that came to nothing."""
        ...

    async def find(self, tenant: str, candidate_ref: str, attempt_id: str) -> Attempt | None:
        """The learner's attempt with this id, or None."""
        ...

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Attempt, ...]:
        """Every attempt of a learner, the oldest first."""
        ...

    async def settle(self, tenant: str, attempt_id: str, result: Result) -> bool:
        """Keep what an attempt came to; False where that is known already, and then nothing changes."""
        ...

    async def amend(self, tenant: str, attempt_id: str, grade_id: str, result: Result | None) -> None:
        """Put another grade, or another result, in the place of the one that is kept."""
        ...

    async def reveal(self, tenant: str, reveal: Reveal) -> None:
        """Keep that help was taken; the first time counts."""
        ...

    async def reveals(self, tenant: str, attempt_ids: Collection[str]) -> tuple[Reveal, ...]:
        """The help taken after these attempts, in the order it was taken."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Delete all attempts of a learner with the help taken; how many attempts there were."""
        ...

    async def expire(self, tenant: str, before: datetime) -> int:
        """Delete all attempts begun before, likewise."""
        ...


class StudyStore(Protocol):
    """Keeps drafts and cards, by tenant, learner and question; StorageError where that cannot be done."""

    async def find(self, tenant: str, candidate_ref: str, question_id: str) -> Study:
        """Where the learner stands with a question; an empty Study where nothing is kept."""
        ...

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Study, ...]:
        """Everything kept of a learner, by question."""
        ...

    async def draft(self, tenant: str, candidate_ref: str, question_id: str, draft: Draft | None) -> None:
        """Keep a draft in the place of the one before, or none."""
        ...

    async def card(self, tenant: str, candidate_ref: str, question_id: str, card: Card) -> None:
        """Keep a card in the place of the one before."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Delete everything kept of a learner; of how many questions there was something."""
        ...

    async def expire(self, tenant: str, before: datetime) -> int:
        """Delete what was last changed before, likewise."""
        ...


class Scheduler(Protocol):
    """Says when a question should come back."""

    def next(self, card: Card | None, rating: Rating, now: datetime) -> Card:
        """The card after a question was answered this well; `card` is None at the first time."""
        ...
