"""Grades that were promised: stored before they are promised, made in the background, whatever happens to the process.

Nothing is graded twice for one promise: a grade and the end of its promise are kept in one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from grader.domain import Grade
from grader.errors import BudgetExhausted, CandidateErased, InvalidAnswer, Overloaded, StorageError
from grader.grading import Request
from grader.outage import judge_was_down
from grader.ports import PendingGrade, PendingGrades, PendingState, Together
from grader.urgency import in_bulk

_log: Final = logging.getLogger(__name__)
_requests: Final = TypeAdapter(Request)

HOLD: Final = timedelta(seconds=30)
"""How long whoever makes a grade holds it without a sign of life; after a kill -9 it is taken over as late as that."""

POLL_SECONDS: Final = 5.0
"""How often the database is asked for what others left behind; what this process accepts it starts at once."""

DELAYS: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
"""Waits before the next try: twenty minutes in all, so that an outage of the judge for five minutes costs no grade."""

MAX_TRIES: Final = len(DELAYS) + 1

CANNOT_BE_GRADED: Final = "cannot_be_graded"
"""The answer breaks a limit, or each try to grade it ended the process."""

TOO_MANY_TRIES: Final = "too_many_tries"
"""Every try failed in a way nobody expected."""

Make = Callable[[str, Request], Awaitable[Grade]]
"""Makes the grade of a tenant's request."""

Keep = Callable[[str, Request, Grade, str | None, datetime], Awaitable[Grade]]
"""Keeps a tenant's grade with what was asked, with the key of which id, and when; of two under one id the first stays.

CandidateErased where the candidate was erased since then.
"""


@dataclass
class Backlog:
    """Accepted answers, at most `limit` of all tenants together, of which `workers` are graded at a time."""

    pending: PendingGrades
    together: Together
    make: Make
    keep: Keep
    limit: int = 10_000
    workers: int = 4
    hold: timedelta = HOLD
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _waiting: int = field(default=0, init=False)
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    @property
    def waiting(self) -> int:
        """How many wait or are being made, as far as this process knows; set right every POLL_SECONDS."""
        return self._waiting

    async def accept(self, tenant: str, grade_id: str, request: Request, made_by: str | None = None) -> PendingGrade:
        """Promise a grade; when this returns the promise survives a crash. Overloaded, StorageError."""
        pending = self._promised(grade_id, request, made_by)
        await self._add(tenant, pending)
        self._news.set()
        return pending

    async def adopt(  # noqa: PLR0913 - all that is known of a grade half made
        self,
        tenant: str,
        grade_id: str,
        request: Request,
        making: asyncio.Future[Grade],
        made_by: str | None = None,
        *,
        asked_at: datetime | None = None,
    ) -> tuple[PendingGrade, Coroutine[Any, Any, None]]:
        """Promise a grade that is being made; the second of the two is what is left to do. Overloaded, StorageError."""
        pending = replace(
            self._promised(grade_id, request, made_by),
            accepted_at=asked_at or self.now(),
            state=PendingState.RUNNING,
            tries=1,
            due_at=self.now() + self.hold,
        )
        await self._add(tenant, pending)
        return pending, self._finish(tenant, pending, making)

    async def run(self) -> None:
        """Make grades until cancelled, in bulk; what is under way then is put back for others."""
        with in_bulk():
            async with asyncio.TaskGroup() as group:
                group.create_task(self._recount())
                for _ in range(self.workers):
                    group.create_task(self._work())

    def _promised(self, grade_id: str, request: Request, made_by: str | None) -> PendingGrade:
        if self._waiting >= self.limit:
            raise Overloaded(f"{self._waiting} answers wait for their grade already")
        rubric, now = request.rubric, self.now()
        return PendingGrade(
            id=grade_id,
            question_id=rubric.question.id,
            rubric_hash=rubric.content_hash,
            candidate_ref=request.candidate_ref,
            accepted_at=now,
            due_at=now,
            request=_requests.dump_json(request).decode(),
            made_by=made_by,
        )

    async def _add(self, tenant: str, pending: PendingGrade) -> None:
        self._waiting += 1  # before it is stored: many may come at once
        try:
            await self.pending.add(tenant, pending)
        except BaseException:
            self._waiting -= 1
            raise

    async def _recount(self) -> None:
        while True:
            with _failures_logged():
                self._waiting = await self.pending.count()
            await asyncio.sleep(POLL_SECONDS)

    async def _work(self) -> None:
        while True:
            self._news.clear()
            if await self._take_one():
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._news.wait()

    async def _take_one(self) -> bool:
        """Make the grade that is due the longest; False where there is none, or no database."""
        with _failures_logged():
            claimed = await self.pending.claim(self.now(), self.now() + self.hold)
            if claimed is not None:
                tenant, pending = claimed
                await self._finish(tenant, pending, self._made(tenant, pending))
                return True
        return False

    async def _made(self, tenant: str, pending: PendingGrade) -> Grade:
        if pending.tries > MAX_TRIES:  # each of them ended the process
            raise InvalidAnswer("no try ever came to an end")
        return await self.make(tenant, _requests.validate_json(pending.request))

    async def _finish(self, tenant: str, pending: PendingGrade, making: Awaitable[Grade]) -> None:
        """See a grade through: kept, or tried again later, or given up; without a database the hold just runs out."""
        with _failures_logged():
            try:
                async with self._held(tenant, pending):
                    grade = await making
            except asyncio.CancelledError:
                await asyncio.shield(self.pending.put_back(tenant, pending.id, self.now(), "interrupted"))
                raise
            except InvalidAnswer:
                await self._give_up(tenant, pending, CANNOT_BE_GRADED)
            except BudgetExhausted as error:
                wait = timedelta(seconds=error.retry_after)
                await self.pending.put_back(tenant, pending.id, self.now() + wait, "budget_exhausted")
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may do better
                _log.exception("a promised grade could not be made")
                await self._try_again(tenant, pending, type(error).__name__)
            else:
                await self._settle(tenant, pending, grade)

    async def _settle(self, tenant: str, pending: PendingGrade, grade: Grade) -> None:
        if judge_was_down(grade) and pending.tries < MAX_TRIES:
            await self._try_again(tenant, pending, "judge_unavailable")
            return
        request, made = _requests.validate_json(pending.request), grade.model_copy(update={"id": pending.id})
        async with self.together(tenant):
            if await self.pending.remove(tenant, pending.id):  # else it was erased, or somebody was faster
                with suppress(CandidateErased):  # promised after that, of a grade asked for before
                    await self.keep(tenant, request, made, pending.made_by, pending.accepted_at)
        self._waiting -= 1

    async def _try_again(self, tenant: str, pending: PendingGrade, reason: str) -> None:
        if pending.tries >= MAX_TRIES:
            await self._give_up(tenant, pending, TOO_MANY_TRIES)
            return
        await self.pending.put_back(tenant, pending.id, self.now() + DELAYS[pending.tries - 1], reason)

    async def _give_up(self, tenant: str, pending: PendingGrade, reason: str) -> None:
        await self.pending.fail(tenant, pending.id, reason)
        self._waiting -= 1

    @asynccontextmanager
    async def _held(self, tenant: str, pending: PendingGrade) -> AsyncIterator[None]:
        """Give a sign of life while the work inside goes on."""
        holding = asyncio.create_task(self._hold(tenant, pending))
        try:
            yield
        finally:
            holding.cancel()

    async def _hold(self, tenant: str, pending: PendingGrade) -> None:
        while True:
            await asyncio.sleep(self.hold.total_seconds() / 3)
            with _failures_logged():
                await self.pending.hold(tenant, pending.id, self.now() + self.hold)


@contextmanager
def _failures_logged() -> Iterator[None]:
    """The database may be away for a while, and nothing else may end the work either: say so and go on."""
    try:
        yield
    except StorageError as error:
        _log.warning("promised grades wait for the database: %s", error)
    except Exception:  # noqa: BLE001 - the others' grades are still to be made
        _log.exception("the backlog failed in a way nobody expected")
