"""Questions over HTTP, of the bank and of published rubrics; reference answers and key points stay inside."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import App, Caller
from api.queries import QuestionParameters
from api.schemas import QuestionList
from rubrics.model import Question

router = APIRouter(prefix="/v1/questions", tags=["questions"])


@router.get("")
async def list_questions(app: App, caller: Caller, wanted: Annotated[QuestionParameters, Query()]) -> QuestionList:
    """The questions that fit the filters, by id."""
    author, tenant = app.author, caller.tenant
    found = await author.questions(tenant, category=wanted.category, difficulty=wanted.difficulty, text=wanted.text)
    return QuestionList(questions=list(found), total=len(found))


@router.get("/{question_id}")
async def get_question(app: App, caller: Caller, question_id: str) -> Question:
    """One question."""
    return (await app.author.of_question(caller.tenant, question_id)).question
