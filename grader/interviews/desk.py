"""Where interviews are handed in: kept before anything is promised, worked off in the background, told when done.

A report, its grades and their entries in the decision log are kept in one transaction: after a crash a version is taken
up again, and nothing is there twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from grader.caching import on_behalf_of
from grader.domain import Grade
from grader.errors import BudgetExhausted, StorageError
from grader.grading import Grader, Request
from grader.interviews.adviser import Adviser
from grader.interviews.glossary import Glossary
from grader.interviews.handed_in import HandedIn
from grader.interviews.interviewing import graded
from grader.interviews.preparing import Prepared, prepare
from grader.interviews.report import InterviewReport
from grader.keeping import Keeper
from grader.ports import Embedder, InterviewState, InterviewStore, KeptInterview, Subject, Together

_log: Final = logging.getLogger(__name__)

HOLD: Final = timedelta(seconds=30)
"""How long whoever works on an interview holds it without a sign of life."""

POLL_SECONDS: Final = 5.0
"""How often the database is asked for what others left behind."""

MAX_TRIES: Final = 4
DELAY: Final = timedelta(seconds=20)
"""Before the next try of an interview that failed unexpectedly."""

ENDED: Final = frozenset({InterviewState.GRADED, InterviewState.NEEDS_ROLES, InterviewState.FAILED})

Lending = Callable[[str, Grader, Sequence[Request]], AbstractAsyncContextManager[Grader]]
"""Lends a tenant the grader for requests such as these; BudgetExhausted where they may cost more than is left."""


Advising = Callable[[str, str | None], Adviser | None]
"""Who may be asked for a tenant, where the named judge (None: the default one) asks a language model too."""


@dataclass
class Desk:
    """Takes interviews in and sees them through; as an async context manager it works."""

    store: InterviewStore
    keeper: Keeper
    together: Together
    grader: Grader
    embedder: Embedder
    glossary: Callable[[], Glossary]
    lending: Lending
    advising: Advising = lambda _tenant, _judge: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _done: asyncio.Condition = field(default_factory=asyncio.Condition, init=False)
    _working: asyncio.Task[None] | None = field(default=None, init=False)

    async def hand_in(
        self, tenant: str, interview_id: str, wanted: HandedIn, *, version: int = 1, made_by: str | None = None
    ) -> KeptInterview:
        """Keep a version that is to be graded; when this returns it survives a crash. AlreadyStored, StorageError."""
        now = self.now()
        kept = KeptInterview(
            id=interview_id,
            version=version,
            state=InterviewState.QUEUED,
            created_at=now,
            due_at=now,
            commission=wanted.model_dump_json(),
            candidate_refs=wanted.refs,
            made_by=made_by,
        )
        await self.store.add(tenant, kept)
        self._news.set()
        return kept

    async def settled(self, tenant: str, kept: KeptInterview, seconds: float) -> KeptInterview:
        """The version once it has come to an end, or as it is after `seconds`."""
        found = kept
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._done:
                while (found := await self.store.find(tenant, kept.id, kept.version) or found).state not in ENDED:
                    await self._done.wait()
        return found

    async def __aenter__(self) -> Self:
        self._working = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._news.clear()
            try:
                if await self._take_one():
                    continue
            except StorageError as error:
                _log.warning("interviews wait for the database: %s", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._news.wait()

    async def _take_one(self) -> bool:
        claimed = await self.store.claim(self.now(), self.now() + HOLD)
        if claimed is None:
            return False
        tenant, kept = claimed
        try:
            async with self._held(tenant, kept):
                await self._see_through(tenant, kept)
        except asyncio.CancelledError:
            await asyncio.shield(self.store.put_back(tenant, kept, self.now(), "interrupted"))
            raise
        except BudgetExhausted as error:
            later = self.now() + timedelta(seconds=error.retry_after)
            await self.store.put_back(tenant, kept, later, "budget_exhausted")
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - the next try may do better
            _log.error("an interview could not be graded: %s", type(error).__name__)
            await self._try_again(tenant, kept, type(error).__name__)
        async with self._done:
            self._done.notify_all()
        return True

    async def _see_through(self, tenant: str, kept: KeptInterview) -> None:
        wanted = HandedIn.model_validate_json(kept.commission)
        commission = wanted.commission(await self._earlier(tenant, kept))
        adviser = self.advising(tenant, wanted.judge)
        with on_behalf_of(Subject(tenant)):
            prepared = await prepare(self.embedder, wanted.transcript, commission, self.glossary(), adviser)
        if prepared.unclear:
            report = prepared.report.model_copy(update={"version": kept.version})
            await self.store.settle(tenant, kept, InterviewState.NEEDS_ROLES, report.model_dump_json())
            return
        async with self.lending(tenant, self.grader, prepared.requests) as lent:
            report = await graded(replace(self.grader, judges=lent.judges), self.embedder, prepared, tenant)
        await self._keep(tenant, kept, prepared, report.model_copy(update={"version": kept.version}))

    async def _keep(self, tenant: str, kept: KeptInterview, prepared: Prepared, report: InterviewReport) -> None:
        """The report, and every grade in it that is new, in one transaction."""
        new = list(_new_grades(prepared, report))
        async with self.together(tenant):
            if await self.store.settle(tenant, kept, InterviewState.GRADED, report.model_dump_json()):
                for request, grade in new:
                    await self.keeper.keep(tenant, request, grade, kept.made_by)

    async def _earlier(self, tenant: str, kept: KeptInterview) -> InterviewReport | None:
        """The report of the last version before that was graded."""
        for version in range(kept.version - 1, 0, -1):
            found = await self.store.find(tenant, kept.id, version)
            if found is not None and found.state is InterviewState.GRADED:
                return InterviewReport.model_validate_json(found.report)
        return None

    async def _try_again(self, tenant: str, kept: KeptInterview, reason: str) -> None:
        if kept.tries >= MAX_TRIES:
            await self.store.settle(tenant, kept, InterviewState.FAILED, "")
        else:
            await self.store.put_back(tenant, kept, self.now() + DELAY, reason)

    @asynccontextmanager
    async def _held(self, tenant: str, kept: KeptInterview) -> AsyncIterator[None]:
        """Give a sign of life while the work inside goes on."""

        async def hold() -> None:
            while True:
                await asyncio.sleep(HOLD.total_seconds() / 3)
                with suppress(StorageError):
                    await self.store.hold(tenant, kept, self.now() + HOLD)

        holding = asyncio.create_task(hold())
        try:
            yield
        finally:
            holding.cancel()


def _new_grades(prepared: Prepared, report: InterviewReport) -> list[tuple[Request, Grade]]:
    """The grades that no earlier version has, each with what was asked."""
    found = []
    for speaker, planned, answer in prepared.answers:
        if prepared.kept(speaker, planned, answer) is None:
            candidate = next(each for each in report.candidates if each.speaker == speaker)
            question = next(each for each in candidate.questions if each.question_id == planned.id)
            if question.grade is not None:
                found.append((prepared.request(speaker, planned, answer), question.grade))
    return found
