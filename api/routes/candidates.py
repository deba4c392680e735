"""All that is held about a candidate: handed out, or erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import App, Caller
from grader.held import Erasure, Export

router = APIRouter(prefix="/v1/candidates", tags=["candidates"])

Ref = Annotated[str, Path(min_length=1, max_length=200, description="As it was sent with the answers")]


@router.get("/{candidate_ref:path}/export")
async def export_candidate(app: App, caller: Caller, candidate_ref: Ref) -> Export:
    """Everything held about a candidate: answers, grades, overrides, appeals; that it was read is logged."""
    return await app.candidates.export(caller, candidate_ref)


@router.delete("/{candidate_ref:path}")
async def erase_candidate(app: App, caller: Caller, candidate_ref: Ref) -> Erasure:
    """Erase everything held about a candidate, wherever it is; what remains is a decision log that can be verified."""
    return await app.candidates.erase(caller, candidate_ref)
