"""Many orders whose time is over at once: all end complete and told, in bounded memory, and others go on."""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from api.sandbox import ANSWER
from grader.access import LOCAL, Principal
from grader.assessment import AssessmentOrder, Candidate, HumanReview, OrderState, Platform, SavedAnswer, Test
from grader.bootstrap import Storage, build_connections
from tests.hiring_platform import doomed
from tests.hiring_platform.doomed import Plan, Running
from tests.receiver import Receiver, receiving

_log = logging.getLogger(__name__)

ORDERS = int(os.environ.get("ORDERS", "200"))
"""`ORDERS=1000` on a machine that does nothing else."""
QUESTIONS = ("DL0028", "DL0001")
TEST = "6a1c3c2e-0000-4000-8000-000000000001"
CONNECTION = "6a1c3c2e-0000-4000-8000-000000000002"
BUSY = Principal("busy", LOCAL.scopes, "key")
GROWTH_MIB = 100
"""By which the service may grow: an order with its grades is some 20 kB, and a hundred are read at once."""

SECONDS = 3_600
"""Far more than it takes: a thousand orders took 25 minutes on a machine that did twenty other things."""
SOLO = 50
ASK = {"question_id": "DL0028", "answer": ANSWER}


async def queued(storage: Storage, receiver: Receiver) -> list[AssessmentOrder]:
    """Orders of another tenant, begun and written to, at which nobody looks yet."""
    connections = build_connections(storage.settings, storage)
    await connections.connect(BUSY, CONNECTION, Platform.GREENHOUSE, "")
    begun = datetime.now(UTC) - timedelta(hours=2)
    test = Test(id=TEST, name="ML", question_ids=QUESTIONS, review=HumanReview.NEVER, minutes=60, created_at=begun)
    await storage.tests.add(BUSY.tenant, test)
    orders = []
    for number in range(ORDERS):
        order = AssessmentOrder(
            id=f"6a1c3c2e-0000-4000-9000-{number:012}",
            test_id=TEST,
            platform=Platform.GREENHOUSE,
            connection=CONNECTION,
            callback=receiver.url(f"/{number}"),
            candidate=Candidate(ref=f"c-{number}"),
            questions=QUESTIONS,
            state=OrderState.STARTED,
            ordered_at=begun,
            stepped_at=begun,
            expires_at=begun + timedelta(days=1),
            minutes=60,
            started_at=begun,
        )
        orders.append(await storage.orders.add(BUSY.tenant, order))
        answer = SavedAnswer(question_id=QUESTIONS[0], text=f"{ANSWER} {number}", revision=1, saved_at=begun)
        await storage.orders.save(BUSY.tenant, order.id, answer)
    return orders


async def let_all_be_over(storage: Storage, orders: list[AssessmentOrder]) -> None:
    """Their time is over, all at once."""
    for order in orders:
        await storage.orders.change(BUSY.tenant, order.model_copy(update={"due_at": order.stepped_at}))


def asked(service: httpx2.Client) -> float:
    """The seconds that another tenant's grade takes; it is never refused."""
    started = time.monotonic()
    answered = service.post("/v1/grades", json=ASK)
    assert answered.status_code == 201, answered.text
    return time.monotonic() - started


def resident(running: Running) -> float:
    """The memory of a process, in MiB."""
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_many_orders_at_once_are_drained_and_others_hardly_notice(
    kind: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    with receiving() as receiver, ExitStack() as stack:
        plan = Plan(new_database(kind), tmp_path, receiver.host)
        storage = Storage(plan.settings)
        orders = await queued(storage, receiver)
        running = await asyncio.to_thread(Running.start, doomed.serve, plan)
        stack.callback(running.kill)
        service = stack.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=60))
        await asyncio.to_thread(asked, service)
        solo = [await asyncio.to_thread(asked, service) for _ in range(SOLO)]
        await let_all_be_over(storage, orders)
        before, most, beside, started = resident(running), 0.0, list[float](), time.monotonic()
        while len({each.path for each in receiver.requests}) < ORDERS:
            assert time.monotonic() - started < SECONDS, len(receiver.requests)
            beside.append(await asyncio.to_thread(asked, service))
            most = max(most, resident(running))
        took = time.monotonic() - started
        complete = await storage.orders.page(BUSY.tenant, OrderState.COMPLETE, limit=2 * ORDERS)
        await storage.close()
    alone, then = statistics.median(solo), statistics.median(beside)
    _log.info("%s: %d orders in %.0f s, from %.0f to at most %.0f MiB", kind, ORDERS, took, before, most)
    _log.info("another's grade: median %.0f ms alone, %.0f ms beside (%d)", 1e3 * alone, 1e3 * then, len(beside))
    assert len(complete) == ORDERS
    assert {each.path: each.method for each in receiver.requests} == {f"/{n}": "PATCH" for n in range(ORDERS)}
    assert most - before <= GROWTH_MIB
    assert then <= 2 * alone
