"""Batches as these settings say: what can be done with them, and the engine that works them off in this process."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.access import Amount
from grader.batch import Batches
from grader.batch.chunk_work import ChunkWork
from grader.batch.dispatching import SWEEP_SECONDS, Dispatcher
from grader.batch.endings import Endings
from grader.batch.outcome import Make
from grader.batch.slices import Means
from grader.bootstrap.access import PAID, Access
from grader.bootstrap.delivery import build_publisher
from grader.bootstrap.reception import GradeWork
from grader.bootstrap.services import Services
from grader.bootstrap.stores import Storage
from grader.errors import EngineTaken, StorageError
from grader.grading import Request
from grader.micro_batching import in_bulk
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.adapters.dbos import DbosEngine, QueueSize

_log: Final = logging.getLogger(__name__)

RESTART_SECONDS: Final = 2.0
"""Before the engine is started anew after a failure."""

OFFLINE: Final = "offline"
LLM: Final = "llm"
"""The two queues: rows whose judge runs here, and rows whose judge asks the configured endpoint."""

LLM_SHARE: Final = 0.75
"""The part of GRADER_LLM_CONCURRENCY that batches may use: the rest is for those who wait for a single grade."""


@dataclass
class BatchWork:
    """The batches, and the engine while `running`; without it another process works them off."""

    settings: Settings
    storage: Storage
    make: Make
    taking: Callable[[Request], Amount]
    queue_of: Callable[[str | None], str]
    _dispatcher: Dispatcher | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def batches(self) -> Batches:
        """What can be done with batches."""
        return Batches(self.storage.batches, self.queue_of, self.taking, noticed=self._notice)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work batches off until this is left; EngineTaken where another process does so on the same SQLite file.

        The engine starts with the first batch there is: a service that has none need not load it.
        """
        with self._alone():
            working = asyncio.create_task(self._work_off())
            try:
                yield
            finally:
                working.cancel()
                with suppress(asyncio.CancelledError):
                    await working

    @asynccontextmanager
    async def embedded(self) -> AsyncIterator[None]:
        """As `running`, in a process that has other things to do, too: not on PostgreSQL, where workers do this.

        Where another process has the SQLite file's batches, they are left to it.
        """
        async with AsyncExitStack() as stack:
            if not self.settings.is_postgres:
                try:
                    await stack.enter_async_context(self.running())
                except EngineTaken as error:
                    _log.warning("%s; it works off what is submitted here, too", error)
            yield

    async def _work_off(self) -> None:
        """Wait for the first batch, then work until cancelled; after a failure start anew."""
        while True:
            try:
                await self._first()
                await self._serve()
            except (StorageError, OSError) as error:
                _log.warning("batches wait for the database: %s", error)
            except Exception:  # noqa: BLE001 - whatever it is, the batches wait for the next start
                _log.exception("the engine of batches ended in a way nobody expected")
            await asyncio.sleep(RESTART_SECONDS)

    async def _first(self) -> None:
        """Return when a batch runs."""
        while not await self.storage.chunks.running():
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._news.wait()
            self._news.clear()

    async def _serve(self) -> None:
        await asyncio.to_thread(import_module, "grader.adapters.dbos")  # 1 s, off the event loop
        from grader.adapters.dbos import Liveness  # noqa: PLC0415 - as above

        storage = self.storage
        endings = Endings(storage.batches, storage.together, build_publisher(storage).publish)
        work = ChunkWork(Means(endings, storage.chunks, self.make, self._rows_at_once, self.taking, in_bulk=in_bulk))
        engine = self._engine(work)
        async with engine.running(), asyncio.TaskGroup() as group:
            self._dispatcher = Dispatcher(endings, storage.chunks, engine)
            group.create_task(self._dispatcher.run())
            group.create_task(engine.keep_purging())
            if self.settings.is_postgres:
                group.create_task(Liveness(self.settings.store_url, engine).run())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """On SQLite, be the only process that does this."""
        from grader.adapters.dbos import held_alone  # noqa: PLC0415 - as above

        with nullcontext() if self.settings.is_postgres else held_alone(self._beside(".engine.lock")):
            yield

    def _engine(self, work: ChunkWork) -> DbosEngine:
        from grader.adapters.dbos import DbosEngine  # noqa: PLC0415 - as above

        if self.settings.is_postgres:
            return DbosEngine(self.settings.store_url, uuid.uuid4().hex, self._queues(), work.work)
        return DbosEngine(f"sqlite:///{self._beside('.engine')}", "local", self._queues(), work.work)

    def _beside(self, suffix: str) -> Path:
        """A file beside the SQLite database."""
        file = Path(self.settings.store_url.partition(":///")[2])
        return file.with_name(file.name + suffix)

    def _queues(self) -> tuple[QueueSize, ...]:
        from grader.adapters.dbos import QueueSize  # noqa: PLC0415 - as above

        most = self.settings.batch_llm_in_flight
        everywhere = None if most is None else max(1, most // self._rows_at_once(LLM))
        return QueueSize(OFFLINE, self.settings.batch_chunks), QueueSize(LLM, 1, everywhere)

    def _rows_at_once(self, queue: str) -> int:
        if queue != LLM:
            return self.settings.batch_rows
        share = max(1, int(self.settings.llm_concurrency * LLM_SHARE))
        return min(share, self.settings.batch_llm_in_flight or share)

    def _notice(self) -> None:
        self._news.set()
        if self._dispatcher is not None:
            self._dispatcher.notice()


def build_batches(settings: Settings, services: Services, access: Access) -> BatchWork:
    """The batches of these services, without opening a connection."""
    grader = services.grader
    return BatchWork(
        settings,
        services.storage,
        GradeWork(services, access).make,
        lambda request: access.estimate(grader, request),
        lambda judge: LLM if grader.judge(judge).name in PAID else OFFLINE,
    )
