"""A process that works batches off with a judge that takes a while, until it is killed; the real engine and database.

What it was asked to grade it writes to a file first: that is what a kill can make somebody pay for twice.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, cast

from grader.batch import Lane
from grader.bootstrap.batches import OFFLINE, BatchWork
from grader.bootstrap.stores import Storage
from grader.domain import Grade
from grader.grading import Request
from grader.settings import Settings
from tests.grader.adapters.sql.examples import grade

START_SECONDS: Final = 60

_processes: Final = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.grader.batch.worker", "grader.adapters.dbos", "grader.adapters.sql"])


@dataclass(frozen=True)
class Plan:
    """What a worker is told: the database, where to write its calls, how long a grade takes, how many rows at once."""

    url: str
    calls: str
    seconds: float = 0.01
    rows: int = 8
    chunks: int = 4
    poison: str | None = None
    stage: str | None = None
    queue: str = OFFLINE
    in_flight: int | None = None
    per_minute: int | None = None

    @property
    def settings(self) -> Settings:
        return Settings(
            database_url=self.url,
            batch_rows=self.rows,
            batch_chunks=self.chunks,
            batch_llm_in_flight=self.in_flight,
            batch_llm_per_minute=self.per_minute,
        )


def batch_work(plan: Plan, storage: Storage) -> BatchWork:
    """The batches of a plan, with a judge that just takes its time."""
    file = os.open(Path(plan.calls) / f"{os.getpid()}.calls", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    spans = os.open(Path(plan.calls) / f"{os.getpid()}.spans", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    async def make(_tenant: str, request: Request) -> Grade:
        os.write(file, f"{request.answer}\n".encode())
        begun = time.monotonic()
        if request.answer == plan.poison:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(plan.seconds)
        os.write(spans, f"{begun} {time.monotonic()}\n".encode())
        return grade(request.answer, candidate_ref=request.candidate_ref)

    if plan.stage is not None:
        storage = cast(Storage, _Deadly(storage, *plan.stage.split()))
    return BatchWork(plan.settings, storage, {plan.queue: Lane(make, rows_at_once=plan.rows)}, lambda _o: plan.queue)


@dataclass(frozen=True)
class _Deadly:
    """A storage of which one operation of a store ends the process, `before` or `after` it was done."""

    storage: Any
    when: str
    operation: str

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.storage, name)
        return (
            _Deadly(found, self.when, self.operation) if name in {"batches", "chunks"} else self._watched(name, found)
        )

    def _watched(self, name: str, found: Any) -> Any:
        if name != self.operation:
            return found

        async def deadly(*arguments: Any, **options: Any) -> Any:
            if self.when == "after":
                await found(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)

        return deadly


def calls(plan: Plan) -> list[str]:
    """Every call that any worker made, in no order."""
    return [line for file in Path(plan.calls).glob("*.calls") for line in file.read_text().splitlines()]


def spans(plan: Plan) -> list[tuple[float, float]]:
    """When each call that any worker made began and ended, by the machine's clock, the earliest first."""
    lines = [line for file in Path(plan.calls).glob("*.spans") for line in file.read_text().splitlines()]
    return sorted((float(begun), float(ended)) for begun, ended in map(str.split, lines))


def serve(plan: Plan, ready: Connection) -> None:
    """Work until killed, or asked to end."""
    asyncio.run(_serve(plan, ready))


async def _serve(plan: Plan, ready: Connection) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    storage = Storage(plan.settings)
    async with batch_work(plan, storage).running():
        ready.send("ready")
        await ended.wait()
    await storage.close()
    ready.send("ended")


@dataclass
class Worker:
    """Another process that works."""

    process: Any
    ready: Connection

    def death(self) -> int | None:
        """How it ended by itself."""
        self.process.join(START_SECONDS)
        return cast(int | None, self.process.exitcode)

    def kill(self) -> None:
        """End it without warning."""
        if self.process.is_alive():
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.terminate()
        assert self.ready.poll(START_SECONDS)
        assert self.ready.recv() == "ended"
        self.process.join()


@contextmanager
def working(plan: Plan, *, wait: bool = True) -> Iterator[Worker]:
    """A worker; killed at the end if it still lives."""
    ours, theirs = _processes.Pipe(duplex=False)
    process = _processes.Process(target=serve, args=(plan, theirs), daemon=True)
    process.start()
    theirs.close()
    worker = Worker(process, ours)
    try:
        if wait:
            assert ours.poll(START_SECONDS), "the worker did not start"
            assert ours.recv() == "ready"
        yield worker
    finally:
        worker.kill()
        ours.close()
