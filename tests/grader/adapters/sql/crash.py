"""A process that writes grades until it is killed, and the check of what it leaves behind."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Final

from grader.adapters.sql import Database, SqlGradeStore
from grader.domain import Grade
from grader.errors import AlreadyStored
from grader.ports import GradeFilter
from tests.grader.adapters.sql.examples import grade

WRITERS: Final = 64
TENANTS: Final = ("one", "two")
START_SECONDS: Final = 60
"""Far more than the first acknowledgement takes (0.3 s on an idle processor)."""

_processes: Final = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.grader.adapters.sql.crash"])


def written(grade_id: str) -> Grade:
    """What is saved under an id: recognisable, and some kilobytes long, so that it could be torn."""
    return grade(grade_id, candidate_ref=grade_id, missed=tuple(f"{grade_id} {number}" for number in range(100)))


def tenant_of(grade_id: str) -> str:
    """Whose a grade is: every second writer's."""
    return TENANTS[int(grade_id.split("-")[1]) % 2]


def write(url: str, run: int, acknowledge: Connection) -> None:
    """Save grades from 64 tasks for ever; send each id once its save has returned."""
    asyncio.run(_write(url, run, acknowledge))


async def _write(url: str, run: int, acknowledge: Connection) -> None:
    database = Database(url)
    await database.open()
    store = SqlGradeStore(database)

    async def writer(place: int) -> None:
        for number in range(1_000_000):
            grade_id = f"{run}-{place}-{number}"
            await store.save(tenant_of(grade_id), written(grade_id))
            acknowledge.send(grade_id)
            with suppress(AlreadyStored):  # a second result under the same id must change nothing
                await store.save(tenant_of(grade_id), grade(grade_id, candidate_ref="forged"))

    await asyncio.gather(*(writer(place) for place in range(WRITERS)))


@contextmanager
def writing(url: str, run: int) -> Iterator[Connection]:
    """Another process that writes; killed without warning at the end."""
    ours, theirs = _processes.Pipe(duplex=False)
    process = _processes.Process(target=write, args=(url, run, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.poll(START_SECONDS), "the writer did not start"
        yield ours
    finally:
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        ours.close()
        process.close()


def killed_after(url: str, run: int, seconds: float) -> list[str]:
    """The ids that were acknowledged before a kill -9 this long after the first of them."""
    acknowledged = []
    with writing(url, run) as pipe:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if pipe.poll(left):
                acknowledged.append(pipe.recv())
    return acknowledged


async def missing_or_torn(url: str, acknowledged: list[str]) -> list[str]:
    """The acknowledged grades that are not there as they were saved, and those that are there as nobody saved them."""
    database = Database(url)
    await database.open()
    store = SqlGradeStore(database)
    there: dict[str, Grade] = {}
    wrong = []
    for tenant in TENANTS:
        for found in await store.page(tenant, GradeFilter(), limit=1_000_000):
            there[found.id] = found
            if tenant != tenant_of(found.id):
                wrong.append(f"{found.id} is {tenant}'s")
    await database.close()
    wrong += [f"{grade_id} is missing" for grade_id in acknowledged if grade_id not in there]
    return wrong + [f"{each} is torn" for each, found in there.items() if found != written(each)]
