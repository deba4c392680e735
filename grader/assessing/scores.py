"""The results of a test as a comparison of groups needs them."""

from __future__ import annotations

from typing import Final

from grader.assessing.errors import UnknownTest
from grader.assessment import AssessmentOrder, OrderState
from grader.impact import Scored
from grader.ports import OrderStore, Place, TestStore

PAGE: Final = 500
"""Orders read at once; one is some kilobytes."""


async def latest_scores(tests: TestStore, orders: OrderStore, tenant: str, test_id: str) -> tuple[Scored, ...]:
    """Every candidate's latest result of a test; who passed its mark counts as selected. UnknownTest."""
    if await tests.find(tenant, test_id) is None:
        raise UnknownTest(f"there is no test {test_id}")
    found: dict[str, Scored] = {}
    after: Place | None = None
    while page := await orders.page(tenant, OrderState.COMPLETE, limit=PAGE, after=after):
        for order in page:
            if order.test_id == test_id:
                found.setdefault(order.candidate.ref, _scored(order))
        after = Place(page[-1].ordered_at, page[-1].id)
    return tuple(found.values())


def _scored(order: AssessmentOrder) -> Scored:
    if order.result is None:
        return Scored(order.candidate.ref, None)
    return Scored(order.candidate.ref, order.result.score, order.result.passed)
