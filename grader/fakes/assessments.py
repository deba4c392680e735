"""Fakes of what assessments need, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from grader.assessment import AssessmentOrder, OrderState, SavedAnswer, Test
from grader.errors import AlreadyStored
from grader.ports import Place


@dataclass
class FakeTestStore:
    """Keeps tests in memory."""

    tests: dict[tuple[str, str], Test] = field(default_factory=dict)

    async def add(self, tenant: str, test: Test) -> None:
        """Keep it; its id must be new, whoever has it."""
        if any(test.id == kept for _, kept in self.tests):
            raise AlreadyStored(f"test {test.id} is there already")
        self.tests[tenant, test.id] = test

    async def find(self, tenant: str, test_id: str) -> Test | None:
        """The tenant's test, or None."""
        return self.tests.get((tenant, test_id))

    async def list(self, tenant: str) -> tuple[Test, ...]:
        """The tenant's, the oldest first."""
        theirs = (test for (owner, _), test in self.tests.items() if owner == tenant)
        return tuple(sorted(theirs, key=lambda test: (test.created_at, test.id)))

    async def replace(self, tenant: str, test: Test) -> None:
        """Keep it where one is."""
        if (tenant, test.id) in self.tests:
            self.tests[tenant, test.id] = test


@dataclass
class FakeOrderStore:
    """Keeps orders and answers in memory."""

    orders: dict[tuple[str, str], AssessmentOrder] = field(default_factory=dict)
    written: dict[tuple[str, str, str], SavedAnswer] = field(default_factory=dict)

    async def add(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder:
        """Keep it unless one with its dedup key is there."""
        if any(order.id == kept for _, kept in self.orders):
            raise AlreadyStored(f"order {order.id} is there already")
        same = (order.platform, order.dedup_key)
        for (owner, _), kept in self.orders.items():
            if owner == tenant and order.dedup_key is not None and (kept.platform, kept.dedup_key) == same:
                return kept
        self.orders[tenant, order.id] = order
        return order

    async def find(self, tenant: str, order_id: str) -> AssessmentOrder | None:
        """The tenant's order, or None."""
        return self.orders.get((tenant, order_id))

    async def owner(self, order_id: str) -> str | None:
        """Whose it is."""
        return next((tenant for tenant, kept in self.orders if kept == order_id), None)

    async def page(
        self, tenant: str, state: OrderState | None = None, *, limit: int, after: Place | None = None
    ) -> tuple[AssessmentOrder, ...]:
        """The tenant's newest in this state, from behind `after` on."""
        theirs = self._those(tenant, lambda order: state in {None, order.state})
        behind = [
            order for order in theirs if after is None or (order.ordered_at, order.id) < (after.created_at, after.id)
        ]
        return tuple(reversed(behind))[:limit]

    async def of(self, tenant: str, candidate_ref: str) -> tuple[AssessmentOrder, ...]:
        """The candidate's, the oldest first."""
        return self._those(tenant, lambda order: order.candidate.ref == candidate_ref)

    async def due(self, now: datetime, *, limit: int) -> tuple[tuple[str, AssessmentOrder], ...]:
        """Those of anybody that are due."""
        found = [
            (order.due_at, order.id, tenant)
            for (tenant, _), order in self.orders.items()
            if order.due_at is not None and order.due_at <= now
        ]
        return tuple((tenant, self.orders[tenant, order_id]) for _, order_id, tenant in sorted(found)[:limit])

    async def change(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder | None:
        """Keep it where its revision is the kept one's."""
        kept = self.orders.get((tenant, order.id))
        if kept is None or kept.revision != order.revision:
            return None
        changed = order.model_copy(update={"revision": order.revision + 1})
        self.orders[tenant, order.id] = changed
        return changed

    async def save(self, tenant: str, order_id: str, answer: SavedAnswer) -> bool:
        """Keep it behind the revision before it, while the order is under way."""
        order = self.orders.get((tenant, order_id))
        if order is None or order.state is not OrderState.STARTED:
            return False
        kept = self.written.get((tenant, order_id, answer.question_id))
        if answer.revision != (1 if kept is None else kept.revision + 1):
            return False
        self.written[tenant, order_id, answer.question_id] = answer
        return True

    async def answers(self, tenant: str, order_id: str) -> tuple[SavedAnswer, ...]:
        """What was written, by question."""
        return tuple(self.written[key] for key in sorted(self.written) if key[:2] == (tenant, order_id))

    async def drop_answers(self, tenant: str, order_id: str) -> None:
        """Forget what was written."""
        for key in [key for key in self.written if key[:2] == (tenant, order_id)]:
            del self.written[key]

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Forget the candidate's."""
        return await self._forget(tenant, await self.of(tenant, candidate_ref))

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Forget the old ones."""
        return await self._forget(tenant, self._those(tenant, lambda order: order.ordered_at < before))

    def _those(self, tenant: str, wanted: Callable[[AssessmentOrder], bool]) -> tuple[AssessmentOrder, ...]:
        theirs = (order for (owner, _), order in self.orders.items() if owner == tenant and wanted(order))
        return tuple(sorted(theirs, key=lambda order: (order.ordered_at, order.id)))

    async def _forget(self, tenant: str, gone: tuple[AssessmentOrder, ...]) -> tuple[str, ...]:
        for order in gone:
            del self.orders[tenant, order.id]
            await self.drop_answers(tenant, order.id)
        return tuple(sorted(order.id for order in gone))
