"""What is kept, opened in the background so that nobody waits for a connection who does not need one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from grader.errors import StorageBroken, StorageError
from grader.ports import (
    AttemptStore,
    AuditLog,
    BasisStore,
    BatchStore,
    BatchSubjects,
    BulkJobStore,
    ChunkStore,
    ConnectionStore,
    EndpointStore,
    Erasures,
    GradeStore,
    Holdings,
    IdempotencyStore,
    InterviewStore,
    KeyStore,
    OrderStore,
    Outbox,
    PaceStore,
    PendingGrades,
    ReferralStore,
    ReservationStore,
    ResponseCache,
    ReviewStore,
    RubricStore,
    SpendingStore,
    StudyStore,
    TestStore,
)
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.adapters.sql import Database, SqlStores
    from grader.adapters.sql.migrations import Schema


@dataclass
class Storage:
    """Every store of these settings, on one database that is opened with the first use, or by `check`.

    Whoever uses a store before it is open waits. Where it cannot be opened every use is a StorageError, and the next
    use tries again.
    """

    settings: Settings
    _opening: asyncio.Task[SqlStores] | None = field(default=None, repr=False)
    _broken: StorageBroken | None = field(default=None, init=False)

    @property
    def grades(self) -> GradeStore:
        """The grades."""
        return cast(GradeStore, _Opening(self._opened, "grades"))

    @property
    def responses(self) -> ResponseCache:
        """The replies of chat models."""
        return cast(ResponseCache, _Opening(self._opened, "responses"))

    @property
    def keys(self) -> KeyStore:
        """The API keys."""
        return cast(KeyStore, _Opening(self._opened, "keys"))

    @property
    def spending(self) -> SpendingStore:
        """What tenants spent."""
        return cast(SpendingStore, _Opening(self._opened, "spending"))

    @property
    def idempotency(self) -> IdempotencyStore:
        """What was already answered."""
        return cast(IdempotencyStore, _Opening(self._opened, "idempotency"))

    @property
    def pending(self) -> PendingGrades:
        """The promised grades."""
        return cast(PendingGrades, _Opening(self._opened, "pending"))

    @property
    def holdings(self) -> Holdings:
        """How grades stand."""
        return cast(Holdings, _Opening(self._opened, "holdings"))

    @property
    def erasures(self) -> Erasures:
        """Who was erased lately."""
        return cast(Erasures, _Opening(self._opened, "erasures"))

    @property
    def audit(self) -> AuditLog:
        """The decision log."""
        return cast(AuditLog, _Opening(self._opened, "audit"))

    @property
    def bases(self) -> BasisStore:
        """What grades were made from."""
        return cast(BasisStore, _Opening(self._opened, "bases"))

    @property
    def reviews(self) -> ReviewStore:
        """What people said of grades."""
        return cast(ReviewStore, _Opening(self._opened, "reviews"))

    @property
    def referrals(self) -> ReferralStore:
        """What people are to look at."""
        return cast(ReferralStore, _Opening(self._opened, "referrals"))

    @property
    def reservations(self) -> ReservationStore:
        """Who is looking at which of it."""
        return cast(ReservationStore, _Opening(self._opened, "reservations"))

    @property
    def rubrics(self) -> RubricStore:
        """The versions of rubrics, and rulings on them."""
        return cast(RubricStore, _Opening(self._opened, "rubrics"))

    @property
    def attempts(self) -> AttemptStore:
        """The attempts of those who practise."""
        return cast(AttemptStore, _Opening(self._opened, "attempts"))

    @property
    def studies(self) -> StudyStore:
        """Their drafts, and the days to come back."""
        return cast(StudyStore, _Opening(self._opened, "studies"))

    @property
    def outbox(self) -> Outbox:
        """What others are to be told."""
        return cast(Outbox, _Opening(self._opened, "outbox"))

    @property
    def endpoints(self) -> EndpointStore:
        """Who wants to be told."""
        return cast(EndpointStore, _Opening(self._opened, "endpoints"))

    @property
    def bulk_jobs(self) -> BulkJobStore:
        """What is on its way in bulk jobs."""
        return cast(BulkJobStore, _Opening(self._opened, "bulk_jobs"))

    @property
    def batches(self) -> BatchStore:
        """The batches."""
        return cast(BatchStore, _Opening(self._opened, "batches"))

    @property
    def chunks(self) -> ChunkStore:
        """What workers need of batches."""
        return cast(ChunkStore, _Opening(self._opened, "chunks"))

    @property
    def batch_subjects(self) -> BatchSubjects:
        """What batches hold about candidates."""
        return cast(BatchSubjects, _Opening(self._opened, "batch_subjects"))

    @property
    def tests(self) -> TestStore:
        """What candidates are asked to take."""
        return cast(TestStore, _Opening(self._opened, "tests"))

    @property
    def orders(self) -> OrderStore:
        """Who is to take which test, and how far they are."""
        return cast(OrderStore, _Opening(self._opened, "orders"))

    @property
    def connections(self) -> ConnectionStore:
        """The hiring platforms that tenants are connected to."""
        return cast(ConnectionStore, _Opening(self._opened, "connections"))

    @property
    def paces(self) -> PaceStore:
        """How fast all workers together may be."""
        return cast(PaceStore, _Opening(self._opened, "paces"))

    @property
    def interviews(self) -> InterviewStore:
        """The interviews."""
        return cast(InterviewStore, _Opening(self._opened, "interviews"))

    @asynccontextmanager
    async def together(self, tenant: str) -> AsyncIterator[None]:
        """See `ports.Together`."""
        async with (await self._opened()).database.together(tenant):
            yield

    async def check(self) -> None:
        """Return when the database is open and answers; StorageError, or SchemaOutdated."""
        await (await self._opened()).database.check()

    @property
    def broken(self) -> StorageBroken | None:
        """Why the process must end, where the disk has failed."""
        opening = self._opening
        if opening is not None and opening.done() and not _failed(opening):
            self._broken = opening.result().database.broken
        return self._broken

    async def close(self) -> None:
        """Give the connections back, if there are any."""
        if self._opening is not None:
            self._broken = self.broken
            with suppress(StorageError):
                await (await self._opening).database.close()
            self._opening = None

    async def _opened(self) -> SqlStores:
        if self._opening is None or (self._opening.done() and _failed(self._opening)):
            self._opening = asyncio.create_task(_open(self.settings))
        return await asyncio.shield(self._opening)


@dataclass(frozen=True)
class _Opening:
    """A store that may still be opening: each of its operations waits for that first."""

    opened: Callable[[], Awaitable[SqlStores]]
    store: str

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        async def when_open(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the port says what they are
            return await getattr(getattr(await self.opened(), self.store), operation)(*arguments, **options)

        return when_open


async def upgrade_database(settings: Settings) -> Schema:
    """Bring the database of these settings to this program's schema; StorageError says why not."""
    database = await asyncio.to_thread(_database, settings)
    schema = await database.open(upgrade=True)
    roles = await database.writers()
    await database.close()
    if settings.is_postgres:
        from grader.adapters.dbos import migrate  # noqa: PLC0415 - 1 s to import

        await asyncio.to_thread(migrate, settings.store_url, roles)
    return schema


async def database_schema(settings: Settings) -> Schema:
    """Where the database of these settings stands, changing nothing; StorageError."""
    return await (await asyncio.to_thread(_database, settings)).schema()


def _database(settings: Settings) -> Database:
    from grader.adapters.sql import Database  # noqa: PLC0415 - SQLAlchemy takes 0.4 s to import

    return Database(settings.store_url)


def _failed(task: asyncio.Task[SqlStores]) -> bool:
    return task.cancelled() or task.exception() is not None


async def _open(settings: Settings) -> SqlStores:
    stores = await asyncio.to_thread(_build, settings)
    await stores.database.open()
    return stores


def _build(settings: Settings) -> SqlStores:
    from grader.adapters import sql  # noqa: PLC0415 - SQLAlchemy takes 0.4 s to import

    max_age = timedelta(days=settings.llm_cache_days)
    return sql.SqlStores.on(sql.Database(settings.store_url), max_age, settings.llm_cache_replies)
