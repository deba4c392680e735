"""What routes are given: the services built at start-up, and nothing they would have to look for."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request

from api.metrics import Metrics
from grader.access import Principal
from grader.assessing import Settlement
from grader.authoring import Author
from grader.batch_desk import BatchDesk
from grader.bootstrap import (
    Access,
    BatchWork,
    Services,
    Storage,
    build_author,
    build_batch_desk,
    build_candidates,
    build_links,
    build_mistakes,
    build_practice,
    build_registry,
    build_reviewer,
    build_triage,
)
from grader.candidates import Candidates
from grader.domain import Grade
from grader.errors import GraderError, Overloaded, SchemaOutdated, StorageAway, StorageBusy, StorageError
from grader.grading import Request as GradingRequest
from grader.interviews.desk import Desk
from grader.links import Links
from grader.mistakes import Mistakes
from grader.ports import Claim, GradeStore, PendingGrade
from grader.practising import Practice
from grader.reception import Reception
from grader.reviewing import Reviewer
from grader.triage import Triage
from grader.webhooks import EndpointRegistry
from rubrics.bank import Bank
from rubrics.errors import RubricError

_log: Final = logging.getLogger(__name__)

DATABASE_SECONDS: Final = 1.0
"""Between two looks whether a database that was away at the start is back, and for one look."""


@dataclass
class Readiness:
    """What is still missing before every request can be served, and what will never come.

    `refusal` is why the process must end: a database that is too old for it.
    """

    waiting_for: set[str] = field(default_factory=lambda: {"database", "models", "question bank"})
    failures: dict[str, str] = field(default_factory=dict)
    refusal: SchemaOutdated | None = None

    async def warm_up(self, services: Services) -> None:
        """Open the store, load the models, read the bank; a failure is kept, and told by `/readyz`."""
        await asyncio.gather(
            self._step("database", self._reach(services.storage)),
            self._step("models", services.warm()),
            self._step("question bank", asyncio.to_thread(services.bank.questions)),
        )

    async def _reach(self, storage: Storage) -> None:
        """Return when the database answers, however long it is away."""
        while True:
            try:
                return await storage.check()
            except (StorageAway, StorageBusy) as error:
                if "database" not in self.failures:
                    _log.warning("the database is waited for: %s", error)
                self.failures["database"] = str(error)
                await asyncio.sleep(DATABASE_SECONDS)
            except SchemaOutdated as error:
                self.refusal = error
                raise

    async def _step(self, name: str, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - whatever it is, this part will never come
            self.failures[name] = str(error)
            expected = isinstance(error, GraderError | RubricError)
            _log.error("the %s cannot be used: %s", name, error, exc_info=not expected)
        else:
            self.failures.pop(name, None)
            self.waiting_for.discard(name)


@dataclass(frozen=True)
class Application:
    """Everything a running application holds."""

    services: Services
    readiness: Readiness
    access: Access
    reception: Reception
    metrics: Metrics
    batch_work: BatchWork
    settlement: Settlement
    desk: Desk

    @property
    def store(self) -> GradeStore:
        """The stored grades."""
        return self.services.storage.grades

    @property
    def author(self) -> Author:
        """Who works on rubrics."""
        return build_author(self.services, self.access)

    async def database_answers(self) -> bool:
        """Whether the database can be reached just now, within `DATABASE_SECONDS`."""
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                await self.services.storage.check()
        except (StorageError, TimeoutError):
            return False
        return True

    @property
    def bank(self) -> Bank:
        """The question bank."""
        return self.services.bank

    @property
    def reviewer(self) -> Reviewer:
        """Who keeps what people say of grades."""
        return build_reviewer(self.services.storage)

    @property
    def triage(self) -> Triage:
        """What people are to look at."""
        return build_triage(self.services.storage)

    @property
    def mistakes(self) -> Mistakes:
        """The same words in several answers."""
        return build_mistakes(self.services.storage)

    @property
    def practice(self) -> Practice:
        """What those who practise can do."""
        return build_practice(self.services.storage, self.reception)

    @property
    def candidates(self) -> Candidates:
        """What is held about candidates."""
        return build_candidates(self.services.storage)

    @property
    def batch_desk(self) -> BatchDesk:
        """Where files of answers are handed in."""
        return build_batch_desk(self.services, self.batch_work.batches)

    @property
    def endpoints(self) -> EndpointRegistry:
        """Who is told what happens."""
        return build_registry(self.services.settings, self.services.storage)

    @property
    def links(self) -> Links:
        """The links of candidates and reports."""
        return build_links(self.services.settings)

    async def grade(
        self, request: GradingRequest, creation: Creation, *, seconds: float | None = None
    ) -> Grade | PendingGrade:
        """The kept grade if it is there after `seconds`, else the promise of it; see `grader.reception`.

        Where an earlier try has kept or promised one under this id already, that is it: none is made twice.
        """
        if creation.again and (found := await self.find(creation.tenant, creation.id)):
            return found
        return await self.reception.grade(
            creation.tenant, creation.id, request, seconds=seconds, made_by=creation.made_by
        )

    async def grade_now(self, request: GradingRequest, creation: Creation) -> Grade:
        """The kept grade, however long it takes."""
        found = await self.grade(request, creation)
        if isinstance(found, PendingGrade):
            raise Overloaded("this grade was promised by an earlier request")
        return found

    async def find(self, tenant: str, grade_id: str) -> Grade | PendingGrade | None:
        """The tenant's grade, or the promise of it; None where there is neither."""
        holding = await self.services.storage.holdings.find(tenant, grade_id)
        return holding.grade or holding.pending


async def application(request: Request) -> Application:
    """The application this request belongs to."""
    found: Application = request.app.state.application
    return found


@dataclass(frozen=True)
class Creation:
    """What a request creates: whose it is and its id; `again` says that an earlier try may have kept it already.

    `made_by` is the id of the key that was used, None on this machine itself.
    """

    tenant: str
    id: str
    again: bool = False
    made_by: str | None = None


async def caller(request: Request) -> Principal:
    """Who asks, as `api.authentication` found out."""
    found: Principal = request.state.principal
    return found


async def creation(request: Request) -> Creation:
    """What this request creates: under one Idempotency-Key the same at every try."""
    claim: Claim | None = getattr(request.state, "claim", None)
    principal = await caller(request)
    if claim is None:
        return Creation(principal.tenant, str(uuid.uuid4()), made_by=principal.key_id)
    again: bool = request.state.tried_before
    return Creation(principal.tenant, claim.resource_id, again, principal.key_id)


App = Annotated[Application, Depends(application)]
Caller = Annotated[Principal, Depends(caller)]
Creating = Annotated[Creation, Depends(creation)]
