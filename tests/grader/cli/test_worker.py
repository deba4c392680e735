"""`grader worker` as people start it: a real process on PostgreSQL that works batches off, tells others, and stops."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from grader.access import LOCAL
from grader.batch import Batches, NewBatch, NewRow
from grader.bootstrap import Storage, build_registry
from grader.bootstrap.batches import OFFLINE
from grader.ports import BatchState, ItemStatus
from grader.webhooks import Wanted
from rubrics.bank import Bank
from tests.grader.batch.conftest import new_plan
from tests.grader.batch.worker import Plan
from tests.receiver import receiving

__all__ = ["new_plan"]

SECONDS = 90
"""A start takes four on an idle machine."""


async def blanks() -> AsyncIterator[NewRow]:
    """Answers that no model has to read."""
    for number in range(40):
        yield NewRow(Bank().rubric("DL0028"), "I do not know." + " " * number, f"c-{number}")


async def test_it_works_a_batch_off_tells_who_wants_to_know_and_ends_when_it_is_asked_to(
    new_plan: Callable[..., Plan],
    tmp_path: Path,
) -> None:
    settings = new_plan("postgresql").settings
    storage = Storage(settings)
    batches = Batches(storage.batches, lambda _options: OFFLINE)
    with receiving() as receiver:
        trusted = json.dumps([receiver.host])
        environment = {
            **os.environ,
            "GRADER_DATABASE_URL": settings.store_url,
            "GRADER_DATA_DIR": str(tmp_path),
            "GRADER_DELIVERY_TRUSTED_HOSTS": trusted,
        }
        registry = build_registry(settings.model_copy(update={"delivery_trusted_hosts": {receiver.host}}), storage)
        await registry.add(LOCAL, "hook", Wanted(receiver.url("/told"), ("batch.completed",)))
        batch = await batches.submit(LOCAL, NewBatch(), blanks())
        code = "import sys; sys.argv[0] = 'grader'; from grader.cli import main; main()"
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, "worker", env=environment, stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(SECONDS):
            while (await batches.find("local", batch.id)).state is not BatchState.COMPLETED or not receiver.requests:
                assert worker.returncode is None, (await worker.communicate())[1].decode()
                await asyncio.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        _, said = await worker.communicate()
    assert worker.returncode == 0, said.decode()
    assert "Working on the batches in" in said.decode()
    assert json.loads(receiver.requests[0].body)["type"] == "batch.completed"
    rows = [row async for row in batches.all_rows("local", batch.id)]
    assert {row.result.status for row in rows if row.result} == {ItemStatus.GRADED}
    await storage.close()
