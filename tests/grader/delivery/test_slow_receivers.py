"""Receivers that hang hold up nobody else; over real connections."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from grader.adapters.courier import HttpCourier
from grader.delivery import ONCE, Carrier, Dispatcher, Outcome, Schedule, judged_by_status
from grader.fakes import FakeOutbox, separately
from grader.ports import Delivery, DeliveryState, Letter, Reply
from tests.receiver import Receiver, hangs, receiving

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TARGETS, HANGING = 60, 6
"""A tenth of them hang."""


class Plain(Carrier):
    """Posts the payload to the target's own path."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    @property
    def schedule(self) -> Schedule:
        return ONCE

    async def letter(self, tenant: str, delivery: Delivery) -> Letter:
        return Letter("POST", self.receiver.url(f"/{tenant}/{delivery.target}"))

    def judged(self, reply: Reply) -> Outcome:
        return judged_by_status(reply)

    async def told(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Nothing follows."""


@pytest.mark.parametrize("each", [1, 5])
async def test_everything_for_the_others_is_delivered_while_a_tenth_of_the_receivers_hangs(each: int) -> None:
    outbox = FakeOutbox()
    with receiving() as receiver:
        for number in range(TARGETS):
            if number < HANGING:
                receiver.behaviour[f"/acme/{number}"] = hangs
            for place in range(each):
                name = f"{number}-{place}"
                delivery = Delivery(name, "plain", str(number), name, name, name, "", NOON, NOON)
                await outbox.put("acme", delivery)
        courier = HttpCourier({receiver.host})
        dispatcher = Dispatcher(outbox, separately, courier, {"plain": Plain(receiver)}, now=lambda: NOON)
        draining = asyncio.create_task(dispatcher.drain())
        async with asyncio.timeout(30):
            while any(waits(kept) for kept in outbox.kept.values() if int(kept.target) >= HANGING):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        asked = [request.path for request in receiver.requests if int(request.path[6:]) < HANGING]
        assert len(asked) == HANGING, "one request each, however much waits for them"
        assert all(waits(kept) for kept in outbox.kept.values() if int(kept.target) < HANGING)
        draining.cancel()
        await asyncio.gather(draining, return_exceptions=True)
        await courier.close()


def waits(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.WAITING
