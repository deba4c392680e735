"""A service and a worker that kill themselves at one step of an order: another process, the real application.

A moment reads `before orders.add`, `after orders.change submitted` (inside its transaction, where it has one) or
`kept grades.save` (that transaction is on disk, and nobody was told).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, cast

import uvicorn

from api.app import create_app
from api.server import configured
from grader.adapters.embedding import BatchingEmbedder
from grader.bootstrap import Services, Storage, build_dispatcher
from grader.domain import Label
from grader.fakes import FakeEncoder, FakeJudge
from grader.grading import Grader
from grader.settings import Settings
from rubrics.bank import Bank

HOLD: Final = timedelta(seconds=1)
"""Instead of 30 and 60 seconds: what a killed process was at is taken over as late as that."""

HEADSTART: Final = timedelta(seconds=1)
"""By which a service lets a worker beside it go first with what is to be told."""

START_SECONDS: Final = 60
BANK: Final = Bank()
JUDGES: Final = {"fake": FakeJudge({"k1": Label.COVERED, "k2": Label.PARTIAL})}

_processes: Final = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.hiring_platform.doomed", "grader.adapters.dbos", "grader.adapters.sql"])

_WATCHED: Final = {"orders", "pending", "grades", "outbox"}
_kept_with: Final[ContextVar[list[str] | None]] = ContextVar("kept_with", default=None)


@dataclass(frozen=True)
class Plan:
    """What a process is told: where everything is kept, whom it may call, and at which moment it dies, if at any."""

    url: str
    folder: Path
    receiver: str
    moment: str | None = None
    beside_a_worker: bool = False

    @property
    def settings(self) -> Settings:
        return Settings(
            database_url=self.url,
            data_dir=self.folder,
            delivery_trusted_hosts=frozenset({self.receiver}),
            ashby_url=f"http://{self.receiver}",
        )


@dataclass(frozen=True)
class Doomed:
    """A storage that ends the process at a moment, and holds nothing for long."""

    storage: Storage
    plan: Plan

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.storage, name)
        return _Watched(found, name, self) if name in _WATCHED else found

    @asynccontextmanager
    async def together(self, tenant: str) -> AsyncIterator[None]:
        if _kept_with.get() is not None:
            async with self.storage.together(tenant):
                yield
            return
        done: list[str] = []
        token = _kept_with.set(done)
        try:
            async with self.storage.together(tenant):
                yield
        finally:
            _kept_with.reset(token)
        for each in done:
            self.passes("kept", each)

    def passes(self, when: str, what: str) -> None:
        if self.plan.moment == f"{when} {what}":
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class _Watched:
    """A store of it."""

    _store: Any
    _name: str
    _doomed: Doomed

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        found = getattr(self._store, operation)

        async def watched(*arguments: Any, **options: Any) -> Any:
            what = f"{self._name}.{operation}"
            if what == "orders.change":
                what += f" {arguments[1].state}"
            if operation == "claim":
                arguments = self._soon(*arguments)
            self._doomed.passes("before", what)
            result = await found(*arguments, **options)
            if operation == "claim" and result is None:
                return None
            self._doomed.passes("after", what)
            done = _kept_with.get()
            if done is None:
                self._doomed.passes("kept", what)
            else:
                done.append(what)
            return result

        return watched

    def _soon(self, now: datetime, _until: datetime) -> tuple[datetime, datetime]:
        late = self._doomed.plan.beside_a_worker and self._name == "outbox"
        return now - HEADSTART if late else now, now + HOLD


def serve(plan: Plan, ready: Connection) -> None:
    """Be the service until killed; says on which port it listens."""
    settings = plan.settings
    storage = cast(Storage, Doomed(Storage(settings), plan))
    embedder = BatchingEmbedder(FakeEncoder())
    services = Services(settings, BANK, embedder, Grader(JUDGES, "fake", embedder), storage)
    listener = socket.create_server(("127.0.0.1", 0))
    ready.send(listener.getsockname()[1])
    uvicorn.Server(configured(create_app(settings, services))).run(sockets=[listener])


def work(plan: Plan, ready: Connection) -> None:
    """Be a worker until killed, as far as platforms are concerned: it tells them what there is to tell."""
    storage = cast(Storage, Doomed(Storage(plan.settings), plan))
    ready.send(0)
    asyncio.run(build_dispatcher(plan.settings, storage).run())


@dataclass
class Running:
    """A process, and the port that it listens on."""

    process: Any
    port: int

    @classmethod
    def start(cls, play: Callable[[Plan, Connection], None], plan: Plan) -> Running:
        """Start a process that plays this part; it is ready to be called."""
        ours, theirs = _processes.Pipe(duplex=False)
        process = _processes.Process(target=play, args=(plan, theirs), daemon=True)
        process.start()
        theirs.close()
        with ours:
            assert ours.poll(START_SECONDS), "the process did not start"
            return cls(process, ours.recv())

    @property
    def alive(self) -> bool:
        return bool(self.process.is_alive())

    def killed(self) -> bool:
        """Whether it ended as it was to: by SIGKILL, and by itself."""
        self.process.join(START_SECONDS)
        return bool(self.process.exitcode == -signal.SIGKILL)

    def kill(self) -> None:
        """End it without warning."""
        if self.alive:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()
