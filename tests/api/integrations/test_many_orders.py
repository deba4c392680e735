"""Many orders whose time is over at once: all end complete and told, in bounded memory, and others go on."""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from api.sandbox import ANSWER
from grader.access import LOCAL, Principal
from grader.assessment import AssessmentOrder, OrderState
from grader.bootstrap import Storage
from tests.hiring_platform import doomed
from tests.hiring_platform.doomed import Plan, Running
from tests.hiring_platform.started import started
from tests.receiver import receiving

_log = logging.getLogger(__name__)

ORDERS = int(os.environ.get("ORDERS", "200"))
"""`ORDERS=1000` on a machine that does nothing else."""
BUSY = Principal("busy", LOCAL.scopes, "key")
GROWTH_MIB = 100
"""By which the service may grow: an order with its grades is some 20 kB, and a hundred are read at once."""

SECONDS = 3_600
"""Far more than it takes: a thousand orders took 25 minutes on a machine that did twenty other things."""
SOLO = 50
ASK = {"question_id": "DL0028", "answer": ANSWER}


async def let_all_be_over(storage: Storage, orders: list[AssessmentOrder]) -> None:
    """Their time is over, all at once."""
    for order in orders:
        await storage.orders.change(BUSY.tenant, order.model_copy(update={"due_at": order.stepped_at}))


def asked(service: httpx2.Client) -> float:
    """The seconds that another tenant's grade takes; it is never refused."""
    begun = time.monotonic()
    answered = service.post("/v1/grades", json=ASK)
    assert answered.status_code == 201, answered.text
    return time.monotonic() - begun


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
        orders = await started(storage, BUSY, receiver, [f"{ANSWER} {number}" for number in range(ORDERS)])
        running = await asyncio.to_thread(Running.start, doomed.serve, plan)
        stack.callback(running.kill)
        service = stack.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=60))
        await asyncio.to_thread(asked, service)
        solo = [await asyncio.to_thread(asked, service) for _ in range(SOLO)]
        await let_all_be_over(storage, orders)
        before, most, beside, begun = resident(running), 0.0, list[float](), time.monotonic()
        while len({each.path for each in receiver.requests}) < ORDERS:
            assert time.monotonic() - begun < SECONDS, len(receiver.requests)
            beside.append(await asyncio.to_thread(asked, service))
            most = max(most, resident(running))
        took = time.monotonic() - begun
        complete = await storage.orders.page(BUSY.tenant, OrderState.COMPLETE, limit=2 * ORDERS)
        await storage.close()
    alone, then = statistics.median(solo), statistics.median(beside)
    _log.info("%s: %d orders in %.0f s, from %.0f to at most %.0f MiB", kind, ORDERS, took, before, most)
    _log.info("another's grade: median %.0f ms alone, %.0f ms beside (%d)", 1e3 * alone, 1e3 * then, len(beside))
    assert len(complete) == ORDERS
    assert {each.path: each.method for each in receiver.requests} == {f"/{n}": "PATCH" for n in range(ORDERS)}
    assert most - before <= GROWTH_MIB
    assert then <= 2 * alone
