"""Tests, orders to take them, and the answers written so far, all by tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.assessment import AssessmentOrder, OrderState, SavedAnswer, Test
from grader.ports.storage import Place


class TestStore(Protocol):
    """Keeps tests; StorageError from every operation that cannot be done."""

    async def add(self, tenant: str, test: Test) -> None:
        """Keep it; AlreadyStored if its id is not new."""
        ...

    async def find(self, tenant: str, test_id: str) -> Test | None:
        """The tenant's test with this id, or None."""
        ...

    async def list(self, tenant: str) -> tuple[Test, ...]:
        """Every test, the oldest first."""
        ...

    async def replace(self, tenant: str, test: Test) -> None:
        """Keep it in the place of the one with its id."""
        ...


class OrderStore(Protocol):
    """Keeps orders and the answers to them; StorageError from every operation that cannot be done."""

    async def add(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder:
        """Keep it and return the one that is kept: of several with the same platform and `dedup_key` the first.

        AlreadyStored if its id is not new.
        """
        ...

    async def find(self, tenant: str, order_id: str) -> AssessmentOrder | None:
        """The tenant's order with this id, or None."""
        ...

    async def owner(self, order_id: str) -> str | None:
        """The tenant whose order this is: for candidates, who know no tenant; None where there is none."""
        ...

    async def page(
        self, tenant: str, state: OrderState | None = None, *, limit: int, after: Place | None = None
    ) -> tuple[AssessmentOrder, ...]:
        """At most `limit` orders in this state (None: in any), the newest first, from behind `after` on."""
        ...

    async def of(self, tenant: str, candidate_ref: str) -> tuple[AssessmentOrder, ...]:
        """Every order of this candidate, the oldest first."""
        ...

    async def due(self, now: datetime, *, limit: int) -> tuple[tuple[str, AssessmentOrder], ...]:
        """At most `limit` orders of any tenant, each with its own, that are due; the longest due first."""
        ...

    async def change(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder | None:
        """Keep it in the place of the one with its id and `revision`, with the next; None where that has changed."""
        ...

    async def save(self, tenant: str, order_id: str, answer: SavedAnswer) -> bool:
        """Keep an answer as revision `answer.revision`.

        False where the kept one is not the revision before it, or the order is not under way (any more): what comes
        in the moment in which it is handed in is in it, or refused.
        """
        ...

    async def answers(self, tenant: str, order_id: str) -> tuple[SavedAnswer, ...]:
        """What was written so far, by question id."""
        ...

    async def drop_answers(self, tenant: str, order_id: str) -> None:
        """Forget what was written: it has been handed in, and is kept with its grades."""
        ...

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete every order of this candidate with its answers; the ids they had, sorted."""
        ...

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete every order ordered before, with its answers; the ids they had, sorted."""
        ...
