"""When to come back to a question, by FSRS (Free Spaced Repetition Scheduler) with its default parameters."""

from __future__ import annotations

from datetime import UTC, datetime

from grader.practice import Card, Rating


class FsrsScheduler:
    """A Scheduler on the library `fsrs`; without its random fuzz, so that the same answers give the same day."""

    def next(self, card: Card | None, rating: Rating, now: datetime) -> Card:
        """The card after a question was answered this well."""
        import fsrs  # noqa: PLC0415 - only whoever practises needs it

        known = fsrs.Card(card_id=0) if card is None else fsrs.Card.from_json(card.memory)
        reviewed, _ = fsrs.Scheduler(enable_fuzzing=False).review_card(known, fsrs.Rating(rating), now.astimezone(UTC))
        return Card(seen_at=now, due_at=reviewed.due, memory=reviewed.to_json())
