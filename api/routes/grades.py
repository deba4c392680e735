"""Grading over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import App, Application
from api.drafting import draft
from api.errors import FieldError, Problem, invalid
from api.schemas import GradeRequest
from grader.domain import Grade
from grader.feedback import FeedbackMode
from grader.grading import Request
from rubrics.model import Rubric

router = APIRouter(prefix="/v1/grades", tags=["grades"])


@router.post("", status_code=201)
async def create_grade(app: App, body: GradeRequest, response: Response) -> Grade:
    """Grade an answer against a question of the bank, an inline rubric, or a reference answer."""
    _require_judge(app, body.judge)
    _require_coach(app, wanted=body.llm_feedback)
    rubric = await _rubric(app, body)
    mode = FeedbackMode(body.feedback)
    grade = await app.grade(
        Request(rubric, body.answer, body.judge, mode, body.candidate_ref, coached=body.llm_feedback)
    )
    response.headers["Location"] = f"/v1/grades/{grade.id}"
    return grade


@router.get("/{grade_id}")
async def get_grade(app: App, grade_id: str) -> Grade:
    """A stored grade."""
    grade = await app.store.find(grade_id)
    if grade is None:
        raise Problem(404, "not-found", "There is no such grade.")
    return grade


def _require_judge(app: Application, name: str | None) -> None:
    judges = app.services.grader.judges
    if name is not None and name not in judges:
        raise invalid(
            FieldError(pointer="/judge", code="unknown_judge", detail=f"There is {', '.join(sorted(judges))}.")
        )


def _require_coach(app: Application, *, wanted: bool | None) -> None:
    if wanted and app.services.grader.coach is None:
        raise invalid(FieldError(pointer="/llm_feedback", code="no_llm", detail="No LLM is configured here."))


async def _rubric(app: Application, body: GradeRequest) -> Rubric:
    if body.question_id is not None:
        return app.bank.rubric(body.question_id)
    if body.rubric is not None:
        return body.rubric.to_rubric()
    return (await draft(body.question or "", body.reference_answer or "")).rubric
