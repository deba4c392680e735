"""Batches as these settings say: what can be done with them, and the engine that works them off in this process."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.batch import Batches, Lane, Options
from grader.batch.chunk_work import ChunkWork
from grader.batch.dispatching import SWEEP_SECONDS, Dispatcher
from grader.batch.endings import Endings
from grader.batch.pacing import Pacer
from grader.batch.record import Record
from grader.batch.service import MOST_CHUNK_ROWS
from grader.batch.slices import Means
from grader.bootstrap.access import PAID, Access
from grader.bootstrap.deferring import JUDGES as HALF_PRICE_JUDGES
from grader.bootstrap.deferring import HalfPrice
from grader.bootstrap.delivery import build_publisher
from grader.bootstrap.reception import GradeWork
from grader.bootstrap.services import Services
from grader.bootstrap.stores import Storage
from grader.deferring import GIVEN_UP
from grader.domain import Grade
from grader.errors import ConfigurationError, EngineTaken, StorageError
from grader.grading import Request
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.adapters.dbos import DbosEngine, QueueSize

_log: Final = logging.getLogger(__name__)

RESTART_SECONDS: Final = 2.0
"""Before the engine is started anew after a failure."""

OFFLINE: Final = "offline"
LLM: Final = "llm"
HALF_PRICE: Final = "half_price"
QUEUES: Final = (OFFLINE, LLM, HALF_PRICE)
"""The queues: rows whose judge runs here, whose judge asks the configured endpoint, and whose judge does so by jobs."""

HALF_PRICE_CHUNKS: Final = 20
"""Chunks of one process that wait for jobs at a time: 10,000 rows, which is about 200 MB of requests."""

HALF_PRICE_SECONDS: Final = 4 * GIVEN_UP.total_seconds()
"""A chunk that got no result for so long is stalled: two jobs for the first try, and two for the repair."""

NO_LLM: Final = "GRADER_LLM_MODEL is not set; half the price needs an LLM whose endpoint has a Batch API"

TIDY_SECONDS: Final = 10.0
"""Longest time at the end for files that nobody needs."""

LLM_SHARE: Final = 0.75
"""The part of GRADER_LLM_CONCURRENCY that batches may use: the rest is for those who wait for a single grade."""


@dataclass
class BatchWork:
    """The batches, and the engine while `running`; without it another process works them off."""

    settings: Settings
    storage: Storage
    lanes: Mapping[str, Lane]
    queue_of: Callable[[Options], str]
    half_price: HalfPrice | None = None
    _dispatcher: Dispatcher | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def batches(self) -> Batches:
        """What can be done with batches."""
        return Batches(
            self.storage.batches,
            self.queue_of,
            lambda queue, request: self.lanes[queue].taking(request),
            noticed=self._notice,
        )

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
        record = Record(storage.chunks, storage.audit, storage.referrals, storage.together)
        share = self.settings.audit_share
        means = Means(endings, record, self._lane_of, permitted=self._permitted(), audit_share=share)
        work = ChunkWork(means)
        engine = self._engine(work)
        async with self._tidied(), engine.running(), asyncio.TaskGroup() as group:
            self._dispatcher = Dispatcher(endings, storage.chunks, engine, self._stalled_seconds)
            group.create_task(self._dispatcher.run())
            group.create_task(engine.keep_purging())
            if self.half_price is not None:
                group.create_task(self.half_price.cleaner.run())
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
        everywhere = None if most is None else max(1, most // _llm_rows(self.settings))
        sizes = {LLM: QueueSize(LLM, 1, everywhere), HALF_PRICE: QueueSize(HALF_PRICE, HALF_PRICE_CHUNKS)}
        return tuple(sizes.get(name, QueueSize(name, self.settings.batch_chunks)) for name in QUEUES)

    def _permitted(self) -> Callable[[str], Awaitable[None]] | None:
        """The pace at which rows may ask the LLM, where one is set."""
        if self.settings.batch_llm_per_minute is None:
            return None
        pacer = Pacer(self.storage.paces, LLM, self.settings.batch_llm_per_minute / 60)

        async def permitted(queue: str) -> None:
            if queue == LLM:
                await pacer.permitted()

        return permitted

    def _lane_of(self, queue: str) -> Lane:
        return self.lanes[queue]

    def _stalled_seconds(self, queue: str) -> float:
        return self.lanes[queue].stalled_seconds

    @asynccontextmanager
    async def _tidied(self) -> AsyncIterator[None]:
        """When nobody is at work any more, leave no files behind at the endpoint that nobody needs."""
        try:
            yield
        finally:
            if self.half_price is not None:
                with suppress(StorageError, TimeoutError):  # the next start does it
                    async with asyncio.timeout(TIDY_SECONDS):
                        await self.half_price.clear()

    def _notice(self) -> None:
        self._news.set()
        if self._dispatcher is not None:
            self._dispatcher.notice()


def build_batches(settings: Settings, services: Services, access: Access) -> BatchWork:
    """The batches of these services, without opening a connection."""
    half_price = services.half_price
    live = _lane(services, access)
    lanes = {
        OFFLINE: replace(live, rows_at_once=settings.batch_rows),
        LLM: replace(live, rows_at_once=_llm_rows(settings)),
        HALF_PRICE: Lane(_nobody) if half_price is None else _patient_lane(services, access, half_price),
    }
    return BatchWork(settings, services.storage, lanes, lambda options: _queue(services, options), half_price)


def _lane(services: Services, access: Access) -> Lane:
    grader = services.grader
    return Lane(GradeWork(services, access).make, lambda request: access.estimate(grader, request))


def _patient_lane(services: Services, access: Access, half_price: HalfPrice) -> Lane:
    """All rows of a chunk wait at the same time: what is asked at once is one job."""
    lane = _lane(replace(services, grader=half_price.grader), replace(access, prices=half_price.prices))
    most = MOST_CHUNK_ROWS
    return replace(lane, rows_at_once=most, slice_rows=most, stalled_seconds=HALF_PRICE_SECONDS)


async def _nobody(_tenant: str, _request: Request) -> Grade:
    raise ConfigurationError(NO_LLM)


def _queue(services: Services, options: Options) -> str:
    """The queue of a batch; ConfigurationError where it cannot be graded as asked for."""
    judge = services.grader.judge(options.judge).name
    if not options.half_price:
        return LLM if judge in PAID else OFFLINE
    if services.half_price is None:
        raise ConfigurationError(NO_LLM)
    if judge not in HALF_PRICE_JUDGES:
        raise ConfigurationError(f"half the price is for {' and '.join(sorted(HALF_PRICE_JUDGES))}, not for {judge}")
    if options.coached:
        raise ConfigurationError("half the price comes without feedback in the LLM's words: that would be another job")
    return HALF_PRICE


def _llm_rows(settings: Settings) -> int:
    """Rows of one process that ask the endpoint at a time."""
    share = max(1, int(settings.llm_concurrency * LLM_SHARE))
    return min(share, settings.batch_llm_in_flight or share)
