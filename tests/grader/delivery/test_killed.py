"""kill -9 at any moment between keeping a grade and having told it: each grade that was kept is told, and no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.bootstrap import Storage, build_dispatcher
from grader.delivery.dispatcher import HOLD
from grader.ports import DeliveryState, GradeFilter
from grader.settings import Settings
from tests.receiver import Receiver, receiving

ROOT = Path(__file__).parents[3]


def killed_while_telling(database_url: str, receiver: Receiver, run: int) -> set[str]:
    """The grades a process said were kept, before it was killed while some of them were told and some were not."""
    command = [sys.executable, "-m", "tests.grader.delivery.telling", receiver.host, str(run)]
    environment = {**os.environ, "GRADER_DATABASE_URL": database_url}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        receiver.wait_for(len(receiver.requests) + 3 + 5 * run, seconds=60)
        process.kill()
        return set(process.stdout.read().split())


@pytest.mark.parametrize("kills", [pytest.param(1, id="1"), pytest.param(20, id="20", marks=pytest.mark.slow)])
async def test_what_was_kept_is_told_at_least_once_and_nothing_else(database_url: str, kills: int) -> None:
    with receiving() as receiver:
        said = set[str]().union(*(killed_while_telling(database_url, receiver, run) for run in range(kills)))
        trusted = frozenset({receiver.host})
        storage = Storage(Settings(database_url=database_url, delivery_trusted_hosts=trusted))
        kept = {grade.id for grade in await storage.grades.page("one", GradeFilter(), limit=100_000)}
        untold = await storage.outbox.page("one", "hook", DeliveryState.WAITING, limit=100_000)
        dispatcher = build_dispatcher(storage.settings, storage)
        dispatcher.now = lambda: datetime.now(UTC) + HOLD  # what the killed processes held is due again
        await dispatcher.drain()
        await dispatcher.courier.close()
        await storage.close()
    bodies = [json.loads(request.body)["data"]["id"] for request in receiver.requests]
    assert said <= kept == set(bodies)
    assert untold, "the kill came too late to leave anything to do"
    message_ids = {
        (request.headers["webhook-id"], body) for request, body in zip(receiver.requests, bodies, strict=True)
    }
    assert len(message_ids) == len(kept), "a repetition has the id of the first"
