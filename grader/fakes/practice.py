"""Fakes of what practising needs, in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from grader.errors import AlreadyStored
from grader.practice import Attempt, Card, Draft, Rating, Result, Reveal, Study


@dataclass
class FakeAttemptStore:
    """Keeps attempts and reveals in memory."""

    attempts: dict[tuple[str, str], Attempt] = field(default_factory=dict)
    shown: dict[tuple[str, str, str, str], Reveal] = field(default_factory=dict)

    async def begin(self, tenant: str, attempt: Attempt) -> None:
        """Keep it; its id must be new, whoever has it."""
        if any(attempt.id == kept for _, kept in self.attempts):
            raise AlreadyStored(f"attempt {attempt.id} is there already")
        self.attempts[tenant, attempt.id] = attempt

    async def drop(self, tenant: str, attempt_id: str) -> None:
        """Forget it."""
        self.attempts.pop((tenant, attempt_id), None)

    async def find(self, tenant: str, candidate_ref: str, attempt_id: str) -> Attempt | None:
        """The learner's attempt, or None."""
        found = self.attempts.get((tenant, attempt_id))
        return found if found is not None and found.candidate_ref == candidate_ref else None

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Attempt, ...]:
        """Every attempt of a learner, the oldest first."""
        theirs = (
            each for (owner, _), each in self.attempts.items() if (owner, each.candidate_ref) == (tenant, candidate_ref)
        )
        return tuple(sorted(theirs, key=lambda each: (each.begun_at, each.id)))

    async def settle(self, tenant: str, attempt_id: str, result: Result) -> bool:
        """Keep the first result."""
        kept = self.attempts.get((tenant, attempt_id))
        if kept is None or kept.result is not None:
            return False
        self.attempts[tenant, attempt_id] = kept.model_copy(update={"result": result})
        return True

    async def amend(self, tenant: str, attempt_id: str, grade_id: str, result: Result | None) -> None:
        """Keep another grade and result."""
        kept = self.attempts.get((tenant, attempt_id))
        if kept is not None:
            changed = kept.model_copy(update={"grade_id": grade_id, "result": result})
            self.attempts[tenant, attempt_id] = changed

    async def reveal(self, tenant: str, reveal: Reveal) -> None:
        """Keep it unless it is there."""
        self.shown.setdefault((tenant, reveal.attempt_id, reveal.key_point_id, reveal.help), reveal)

    async def reveals(self, tenant: str, attempt_ids: Collection[str]) -> tuple[Reveal, ...]:
        """The help taken after these attempts."""
        found = (each for (owner, *_), each in self.shown.items() if owner == tenant and each.attempt_id in attempt_ids)
        return tuple(sorted(found, key=lambda each: each.seen_at))

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Forget a learner's attempts."""
        return self._forget([(tenant, each.id) for each in await self.of(tenant, candidate_ref)])

    async def expire(self, tenant: str, before: datetime) -> int:
        """Forget the old ones."""
        return self._forget([key for key, each in self.attempts.items() if key[0] == tenant and each.begun_at < before])

    def _forget(self, gone: list[tuple[str, str]]) -> int:
        for key in gone:
            del self.attempts[key]
        for shown in [key for key in self.shown if key[:2] in gone]:
            del self.shown[shown]
        return len(gone)


@dataclass
class FakeStudyStore:
    """Keeps drafts and cards in memory."""

    studies: dict[tuple[str, str, str], Study] = field(default_factory=dict)
    changed: dict[tuple[str, str, str], datetime] = field(default_factory=dict)

    async def find(self, tenant: str, candidate_ref: str, question_id: str) -> Study:
        """What is kept, or an empty Study."""
        return self.studies.get((tenant, candidate_ref, question_id), Study(question_id=question_id))

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Study, ...]:
        """Everything kept of a learner."""
        return tuple(self.studies[key] for key in sorted(self.studies) if key[:2] == (tenant, candidate_ref))

    async def draft(self, tenant: str, candidate_ref: str, question_id: str, draft: Draft | None) -> None:
        """Keep a draft, or none."""
        self._change((tenant, candidate_ref, question_id), None if draft is None else draft.saved_at, draft=draft)

    async def card(self, tenant: str, candidate_ref: str, question_id: str, card: Card) -> None:
        """Keep a card."""
        self._change((tenant, candidate_ref, question_id), card.seen_at, card=card)

    async def erase(self, tenant: str, candidate_ref: str) -> int:
        """Forget a learner."""
        return self._forget([key for key in self.studies if key[:2] == (tenant, candidate_ref)])

    async def expire(self, tenant: str, before: datetime) -> int:
        """Forget what is old."""
        return self._forget([key for key in self.studies if key[0] == tenant and self.changed[key] < before])

    def _change(self, key: tuple[str, str, str], at: datetime | None, **parts: Draft | Card | None) -> None:
        kept = self.studies.get(key, Study(question_id=key[2]))
        if kept == Study(question_id=key[2]) and not any(parts.values()):
            return
        self.studies[key] = kept.model_copy(update=parts)
        if at is not None:
            self.changed[key] = max(at, self.changed.get(key, at))

    def _forget(self, gone: list[tuple[str, str, str]]) -> int:
        for key in gone:
            del self.studies[key], self.changed[key]
        return len(gone)


class FakeScheduler:
    """Brings a question back after as many days as the rating is a number."""

    def next(self, card: Card | None, rating: Rating, now: datetime) -> Card:
        """The card after this rating; its memory counts the times."""
        times = 1 if card is None else int(card.memory) + 1
        return Card(seen_at=now, due_at=now + timedelta(days=rating), memory=str(times))
