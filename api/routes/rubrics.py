"""Drafting rubrics over HTTP."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import App
from api.drafting import draft
from api.schemas import DraftRequest
from grader.selftest import SelfTest, self_test
from rubrics.extraction.coverage import Coverage
from rubrics.model import Rubric

router = APIRouter(prefix="/v1/rubrics", tags=["rubrics"])


class Draft(BaseModel):
    """A draft rubric, where it came from, how much of the reference it covers, and how it does in trials."""

    rubric: Rubric
    content_hash: str
    provenance: dict[str, str]
    coverage: Coverage
    check: SelfTest


@router.post("/drafts", status_code=201)
async def create_draft(app: App, body: DraftRequest) -> Draft:
    """Draw key points from a reference answer and try them out; nothing is stored."""
    extraction = await draft(body.question, body.reference_answer)
    return Draft(
        rubric=extraction.rubric,
        content_hash=extraction.rubric.content_hash,
        provenance={"extractor": body.extractor},
        coverage=extraction.coverage,
        check=await self_test(app.services.grader, extraction.rubric),
    )
