"""`/report/…`: what an order came to, for who ordered it. It never says whom to hire."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.web.assessment.visit import Reading
from api.web.marking import Passage, badge, mark
from api.web.rendering import page
from grader.assessment import OrderState
from grader.domain import Grade
from grader.feedback import FLAG_NOTES
from grader.keeping import request_of
from grader.review import Review
from grader.text.canonical import canonicalise
from rubrics.model import Question

router = APIRouter(prefix="/report/{token}", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class Answered:
    """One question with its grade, what people said of it, and the answer with the evidence marked."""

    question: Question
    grade: Grade | None
    review: Review | None
    passages: tuple[Passage, ...]


@router.get("")
async def show(visit: Reading) -> Response:
    """The report; before the order is complete, how far it is."""
    done = visit.order.state is OrderState.COMPLETE
    answered = [await _answered(visit, number) for number in range(1, len(visit.order.questions) + 1)] if done else []
    return page(
        "assessment/report.html",
        order=visit.order,
        test=visit.test,
        result=visit.order.result if done else None,
        answered=answered,
        badge=badge,
        flag_notes=FLAG_NOTES,
    )


async def _answered(visit: Reading, number: int) -> Answered:
    app, result = visit.app, visit.order.result
    grade_id = "" if result is None else result.questions[number - 1].grade_id
    question, grade = await visit.question(number), await app.store.find(visit.tenant, grade_id)
    if grade is None:
        return Answered(question, None, None, ())
    basis = await app.services.storage.bases.find(visit.tenant, grade.id)
    text = "" if basis is None else canonicalise(request_of(basis).answer).text
    return Answered(question, grade, await app.reviewer.review(visit.tenant, grade), mark(text, grade.points))
