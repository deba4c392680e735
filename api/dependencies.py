"""What routes are given: the services built at start-up, and nothing they would have to look for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request

from grader.bootstrap import Services
from grader.domain import Grade
from grader.errors import GraderError
from grader.grading import Request as GradingRequest
from grader.ports import GradeStore
from rubrics.bank import Bank
from rubrics.errors import RubricError

_log: Final = logging.getLogger(__name__)


@dataclass
class Readiness:
    """What is still missing before every request can be served, and what will never come."""

    waiting_for: set[str] = field(default_factory=lambda: {"database", "models", "question bank"})
    failures: dict[str, str] = field(default_factory=dict)

    async def warm_up(self, services: Services, store: GradeStore) -> None:
        """Open the store, load the models, read the bank; a failure is kept, and told by `/readyz`."""
        await asyncio.gather(
            self._step("database", store.find("any")),
            self._step("models", services.warm()),
            self._step("question bank", asyncio.to_thread(services.bank.questions)),
        )

    async def _step(self, name: str, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - whatever it is, this part will never come
            self.failures[name] = str(error)
            expected = isinstance(error, GraderError | RubricError)
            _log.error("the %s cannot be used: %s", name, error, exc_info=not expected)
        else:
            self.waiting_for.discard(name)


@dataclass(frozen=True)
class Application:
    """Everything a running application holds."""

    services: Services
    store: GradeStore
    readiness: Readiness

    @property
    def bank(self) -> Bank:
        """The question bank."""
        return self.services.bank

    async def grade(self, request: GradingRequest) -> Grade:
        """Grade an answer and keep the grade."""
        grade = await self.services.grader.grade(request)
        await self.store.save(grade)
        return grade


def application(request: Request) -> Application:
    """The application this request belongs to."""
    found: Application = request.app.state.application
    return found


App = Annotated[Application, Depends(application)]
