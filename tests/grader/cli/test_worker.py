"""`grader worker` as people start it: real processes on PostgreSQL that work things off, tell others, and stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.access import LOCAL
from grader.assessing import grade_id
from grader.assessment import OrderState
from grader.batch import Batches, NewBatch, NewRow
from grader.bootstrap import Storage, build_registry
from grader.bootstrap.batches import OFFLINE
from grader.ports import BatchState, DeliveryState, GradeFilter, ItemStatus
from grader.webhooks import Wanted
from rubrics.bank import Bank
from tests.grader.batch.conftest import new_plan
from tests.grader.batch.worker import Plan
from tests.hiring_platform.started import CONNECTION, QUESTIONS, started
from tests.receiver import Receiver, receiving

__all__ = ["new_plan"]

SECONDS = 600
"""A start takes four on an idle machine, and more than a minute on one that is busy with other things."""

CODE = "import sys; sys.argv[0] = 'grader'; from grader.cli import main; main()"
ORDERS = 20
UNKNOWN = "I do not know."
"""An answer that no model has to read."""


async def blanks() -> AsyncIterator[NewRow]:
    """Forty such answers."""
    for number in range(40):
        yield NewRow(Bank().rubric("DL0028"), UNKNOWN + " " * number, f"c-{number}")


@asynccontextmanager
async def working(storage: Storage, folder: Path, receiver: Receiver) -> AsyncIterator[Process]:
    """A worker that may call the receiver; in the end it is asked to stop, and does so in peace."""
    environment = {
        **os.environ,
        "GRADER_DATABASE_URL": storage.settings.store_url,
        "GRADER_DATA_DIR": str(folder),
        "GRADER_DELIVERY_TRUSTED_HOSTS": json.dumps([receiver.host]),
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CODE, "worker", env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        _, said = await worker.communicate()
    assert worker.returncode == 0, said.decode()
    assert "Working on batches and orders in" in said.decode()


async def when(done: Callable[[], Awaitable[bool]], *workers: Process) -> None:
    """Return when this is so; the workers must live that long."""
    async with asyncio.timeout(SECONDS):
        while not await done():
            for worker in workers:
                assert worker.returncode is None, (await worker.communicate())[1].decode()
            await asyncio.sleep(0.1)


async def test_it_works_a_batch_off_tells_who_wants_to_know_and_ends_when_it_is_asked_to(
    new_plan: Callable[..., Plan],
    tmp_path: Path,
) -> None:
    settings = new_plan("postgresql").settings
    storage = Storage(settings)
    batches = Batches(storage.batches, lambda _options: OFFLINE)
    with receiving() as receiver:
        registry = build_registry(settings.model_copy(update={"delivery_trusted_hosts": {receiver.host}}), storage)
        await registry.add(LOCAL, "hook", Wanted(receiver.url("/told"), ("batch.completed",)))
        batch = await batches.submit(LOCAL, NewBatch(), blanks())

        async def done() -> bool:
            found = await batches.find("local", batch.id)
            return found.state is BatchState.COMPLETED and bool(receiver.requests)

        async with working(storage, tmp_path, receiver) as worker:
            await when(done, worker)
    assert json.loads(receiver.requests[0].body)["type"] == "batch.completed"
    rows = [row async for row in batches.all_rows("local", batch.id)]
    assert {row.result.status for row in rows if row.result} == {ItemStatus.GRADED}
    await storage.close()


async def test_two_workers_without_a_service_hand_in_grade_complete_and_tell_every_order_once(
    new_plan: Callable[..., Plan],
    tmp_path: Path,
) -> None:
    storage = Storage(new_plan("postgresql").settings)
    with receiving() as receiver:
        over = datetime.now(UTC) - timedelta(hours=1)
        orders = await started(storage, LOCAL, receiver, [UNKNOWN] * ORDERS, due_at=over)

        async def told() -> bool:
            delivered = await storage.outbox.page("local", CONNECTION, DeliveryState.DELIVERED, limit=2 * ORDERS)
            return len(delivered) == ORDERS

        async with AsyncExitStack() as stack:
            workers = [await stack.enter_async_context(working(storage, tmp_path, receiver)) for _ in range(2)]
            await when(told, *workers)
        assert Counter(each.path for each in receiver.requests) == {f"/{number}": 1 for number in range(ORDERS)}
    complete = await storage.orders.page("local", OrderState.COMPLETE, limit=2 * ORDERS)
    assert {each.id for each in complete} == {each.id for each in orders}
    assert {each.result.score for each in complete if each.result} == {0.0}
    entries = [entry.read() for entry in await storage.audit.page("local", after=0, limit=10 * ORDERS)]
    steps = Counter((str(each["subject"]), str(each["action"])) for each in entries)
    assert {steps[order.id, step] for order in orders for step in ("order_submitted", "order_completed")} == {1}
    grades = await storage.grades.page("local", GradeFilter(), limit=4 * ORDERS)
    assert Counter(each.id for each in grades) == {grade_id(each.id, name): 1 for each in orders for name in QUESTIONS}
    assert await storage.pending.count() == 0
    await storage.close()
