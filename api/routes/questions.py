"""The question bank over HTTP; reference answers and key points stay inside."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import App
from api.schemas import QuestionList
from rubrics.model import Difficulty, Question

router = APIRouter(prefix="/v1/questions", tags=["questions"])


@router.get("")
async def list_questions(
    app: App,
    category: Annotated[str | None, Query(max_length=100)] = None,
    difficulty: Difficulty | None = None,
    text: Annotated[str | None, Query(max_length=200)] = None,
) -> QuestionList:
    """The questions that fit the filters, by id."""
    found = app.bank.questions(category=category, difficulty=difficulty, text=text)
    return QuestionList(questions=list(found), total=len(found))


@router.get("/{question_id}")
async def get_question(app: App, question_id: str) -> Question:
    """One question."""
    return app.bank.rubric(question_id).question
