"""Where answers come in: graded while the caller waits, or, where that takes too long, promised."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from grader.backlog import Backlog
from grader.domain import Grade
from grader.errors import Overloaded
from grader.grading import Request
from grader.outage import judge_was_down
from grader.ports import PendingGrade


@dataclass
class Reception:
    """Grades at most `limit` answers at a time for callers who wait; the others go to the backlog.

    As an async context manager it works the backlog off.
    """

    backlog: Backlog
    limit: int = 64
    _waited_for: int = field(default=0, init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    @property
    def waited_for(self) -> int:
        """How many callers wait for their grade."""
        return self._waited_for

    async def grade(
        self, tenant: str, grade_id: str, request: Request, *, seconds: float | None, made_by: str | None = None
    ) -> Grade | PendingGrade:
        """The kept grade if it is there after `seconds` (None: however long it takes), else the promise of it.

        A grade for which no judge was there (`judge_was_down`) is not kept. Overloaded, StorageError, CandidateErased,
        and what grading raises.
        """
        if seconds is not None and seconds <= 0:
            return await self.backlog.accept(tenant, grade_id, request, made_by)
        if self._waited_for >= self.limit:
            raise Overloaded(f"{self._waited_for} callers wait for their grade already")
        asked_at, making = self.backlog.now(), asyncio.ensure_future(self.backlog.make(tenant, request))
        self._waited_for += 1
        try:
            done, _ = await asyncio.wait({making}, timeout=seconds)
        except asyncio.CancelledError:
            making.cancel()
            raise
        finally:
            self._waited_for -= 1
        if not done:
            return await self._promise(tenant, grade_id, request, making, made_by, asked_at=asked_at)
        grade = making.result().model_copy(update={"id": grade_id})
        return grade if judge_was_down(grade) else await self.backlog.keep(tenant, request, grade, made_by, asked_at)

    async def _promise(  # noqa: PLR0913 - as `Backlog.adopt`
        self,
        tenant: str,
        grade_id: str,
        request: Request,
        making: asyncio.Future[Grade],
        made_by: str | None,
        *,
        asked_at: datetime,
    ) -> PendingGrade:
        try:
            pending, rest = await self.backlog.adopt(tenant, grade_id, request, making, made_by, asked_at=asked_at)
        except BaseException:
            making.cancel()
            raise
        self._start(rest)
        return pending

    async def __aenter__(self) -> Self:
        self._start(self.backlog.run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
