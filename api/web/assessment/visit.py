"""Who comes by a link: to which order, and what it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path

from api.dependencies import App, Application
from api.errors import Problem
from grader.assessment import AssessmentOrder, SavedAnswer, Test
from grader.links import LinkExpired, Purpose
from rubrics.errors import UnknownQuestion
from rubrics.model import Question

Token = Annotated[str, Path(max_length=100)]


@dataclass(frozen=True)
class Visit:
    """One visit by a link; `path` is the link's own, below which its pages are."""

    app: Application
    tenant: str
    order: AssessmentOrder
    test: Test
    path: str

    @property
    def now(self) -> datetime:
        """The desk's time."""
        return self.app.settlement.desk.now()

    async def answers(self) -> dict[str, SavedAnswer]:
        """What was written so far, by question."""
        saved = await self.app.settlement.desk.orders.answers(self.tenant, self.order.id)
        return {each.question_id: each for each in saved}

    async def question(self, number: int) -> Question:
        """The question of this number, from 1 on; 404."""
        if not 1 <= number <= len(self.order.questions):
            raise Problem(404, "not-found", "The test has no such question.")
        question_id = self.order.questions[number - 1]
        try:
            return (await self.app.author.of_question(self.tenant, question_id)).question
        except UnknownQuestion:  # retired since: reports of it stay readable
            return Question(id=question_id, title=question_id, text="This question is no longer kept.")


def visiting(purpose: Purpose) -> Callable[[Application, str], Awaitable[Visit]]:
    """Makes the visit of a link for this purpose; 404 for one that is not ours, or whose order was erased."""

    async def visit(app: App, token: Token) -> Visit:
        order_id, desk = _order_id(app, purpose, token), app.settlement.desk
        tenant = None if order_id is None else await desk.orders.owner(order_id)
        if order_id is None or tenant is None:
            raise Problem(404, "not-found", "This link leads nowhere. Perhaps a part of it was lost: copy it whole.")
        order = await desk.order(tenant, order_id)
        return Visit(app, tenant, order, await desk.test(tenant, order.test_id), f"/{purpose}/{token}")

    return visit


def _order_id(app: Application, purpose: Purpose, token: str) -> str | None:
    try:
        return app.links.read(purpose, token)
    except LinkExpired:
        detail = "This link could be used for a while, and that is over. Whoever ordered the test can get a new one."
        raise Problem(404, "not-found", detail) from None


Invited = Annotated[Visit, Depends(visiting(Purpose.INVITATION))]
Reading = Annotated[Visit, Depends(visiting(Purpose.REPORT))]
