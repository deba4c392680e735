"""Where every step of an order is kept: its change, its entry in the decision log, and word of it to who wants to know.

All of it or nothing; of two who take the same step at once one finds it taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from grader.assessing.errors import UnknownOrder, UnknownTest, WrongOrderState
from grader.assessment import AssessmentOrder, OrderState, Platform, Test
from grader.audit import Action, Event
from grader.ports import AuditLog, Delivery, OrderStore, Outbox, TestStore, Together
from grader.webhooks import Tell, order_ended

Announce = Callable[[AssessmentOrder, Test], Delivery | None]
"""What a platform is told of an order as it now is; None where it does not want to know."""

CANDIDATE: Final = "candidate"
SERVICE: Final = "service"
"""Who acts, in the decision log, beside holders of keys."""

_TICK: Final = timedelta(milliseconds=1)

_ACTIONS: Final = {
    OrderState.STARTED: Action.ORDER_STARTED,
    OrderState.SUBMITTED: Action.ORDER_SUBMITTED,
    OrderState.IN_REVIEW: Action.ORDER_HELD,
    OrderState.COMPLETE: Action.ORDER_COMPLETED,
    OrderState.CANCELLED: Action.ORDER_CANCELLED,
    OrderState.EXPIRED: Action.ORDER_EXPIRED,
}


@dataclass(frozen=True)
class Desk:
    """Keeps tests and orders, and tells platforms; `announcers` by platform, `tell` is told how orders end."""

    tests: TestStore
    orders: OrderStore
    outbox: Outbox
    audit: AuditLog
    together: Together
    announcers: Mapping[Platform, Announce]
    tell: Tell
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def test(self, tenant: str, test_id: str) -> Test:
        """The tenant's test; UnknownTest."""
        found = await self.tests.find(tenant, test_id)
        if found is None:
            raise UnknownTest(f"there is no test {test_id}")
        return found

    async def order(self, tenant: str, order_id: str) -> AssessmentOrder:
        """The tenant's order; UnknownOrder."""
        found = await self.orders.find(tenant, order_id)
        if found is None:
            raise UnknownOrder(f"there is no order {order_id}")
        return found

    async def step(
        self,
        tenant: str,
        order: AssessmentOrder,
        to: OrderState,
        by: str,
        *,
        told: bool = True,
        **changes: Any,  # noqa: ANN401 - fields of the order
    ) -> AssessmentOrder:
        """Take an order to another state; WrongOrderState where it is no longer as it was.

        `told` False tells the platform nothing: it asked for this step itself.
        """
        at = max(self.now(), order.stepped_at + _TICK)
        wanted = order.model_copy(update={"state": to, "stepped_at": at, **changes})
        test = await self.test(tenant, order.test_id)
        async with self.together(tenant):
            kept = await self.orders.change(tenant, wanted)
            if kept is None:
                raise WrongOrderState(f"order {order.id} has changed meanwhile")
            await self.audit.append(tenant, Event(by, _action(kept), order.id, _facts(kept)))
            if told:
                await self._announce(tenant, kept, test)
            event = order_ended(kept)
            if event is not None:
                await self.tell(tenant, event)
        return kept

    async def _announce(self, tenant: str, order: AssessmentOrder, test: Test) -> None:
        announce = self.announcers.get(order.platform)
        delivery = None if announce is None else announce(order, test)
        if delivery is not None:
            await self.outbox.put(tenant, delivery)


def _action(order: AssessmentOrder) -> Action:
    corrected = order.state is OrderState.COMPLETE and order.result is not None and order.result.corrections > 0
    return Action.ORDER_CORRECTED if corrected else _ACTIONS[order.state]


def _facts(order: AssessmentOrder) -> dict[str, str]:
    facts = {"test": order.test_id, "platform": order.platform.value}
    if order.result is not None:
        facts["score"] = "null" if order.result.score is None else str(order.result.score)
    return facts
