"""How an answer becomes a kept grade here: on whose behalf, within which budget, under which id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from grader.access import Amount
from grader.backlog import Backlog
from grader.bootstrap.access import Access
from grader.bootstrap.reviews import build_keeper
from grader.bootstrap.services import Services
from grader.caching import on_behalf_of
from grader.domain import Grade
from grader.errors import AlreadyStored
from grader.grading import Request
from grader.keeping import Keeper
from grader.ports import Subject
from grader.reception import Reception
from grader.settings import Settings


def build_reception(
    settings: Settings, services: Services, access: Access, noted: Callable[[Grade], None] = lambda _grade: None
) -> Reception:
    """The reception of these services; `noted` is told of every grade that is kept."""
    work, storage = GradeWork(services, access, noted), services.storage
    backlog = Backlog(
        storage.pending,
        storage.together,
        work.make,
        work.keep,
        limit=settings.backlog_limit,
        workers=settings.backlog_workers,
    )
    return Reception(backlog, limit=settings.direct_limit)


@dataclass(frozen=True)
class GradeWork:
    """The two halves of a grade: made, which takes time and money, and kept, which takes neither."""

    services: Services
    access: Access
    noted: Callable[[Grade], None] = lambda _grade: None

    @cached_property
    def _keeper(self) -> Keeper:
        return build_keeper(self.services.storage)

    async def make(self, tenant: str, request: Request) -> Grade:
        """Grade within the tenant's budget; BudgetExhausted where its day is spent."""
        grader = self.services.grader
        with on_behalf_of(Subject(tenant, request.candidate_ref)):
            async with self.access.budget.reserved(tenant, self.access.estimate(grader, request)) as reservation:
                grade = await grader.grade(request)
                reservation.took = Amount.of(grade.usage)
        return grade

    async def keep(self, tenant: str, request: Request, grade: Grade, made_by: str | None, asked_at: datetime) -> Grade:
        """Keep a grade and return the one that is kept: of two under one id the first stays."""
        storage = self.services.storage
        try:
            await self._keeper.keep(tenant, request, grade, made_by, asked_at)
        except AlreadyStored:
            return await storage.grades.find(tenant, grade.id) or grade
        self.noted(grade)
        return grade
