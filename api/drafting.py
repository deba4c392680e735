"""Drawing key points from a reference answer that came with a request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.dependencies import Application
from api.errors import FieldError, Problem, invalid
from api.schemas import DraftRequest
from grader.access import Amount
from grader.caching import on_behalf_of
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.extracting import Extracted, LlmExtractor
from grader.intake.inline import inline_question
from grader.ports import Subject

if TYPE_CHECKING:
    from rubrics.extraction.structure import Extraction


@dataclass(frozen=True)
class Drafted:
    """What was drawn, by whom, and what that consumed."""

    extraction: Extraction
    provenance: dict[str, str]
    usage: Usage = field(default_factory=Usage)


async def drafted(app: Application, tenant: str, body: DraftRequest) -> Drafted:
    """The draft by the extractor that is asked for; ExtractionError where the reference answer gives none.

    A Problem where that is `llm` and there is none, or it fails; BudgetExhausted where the tenant's day is spent.
    """
    if body.extractor == "structure":
        return Drafted(await draft(body.question, body.reference_answer), {"extractor": body.extractor})
    extractor = app.services.extractor
    if extractor is None:
        raise invalid(FieldError(pointer="/extractor", code="no_llm", detail="No LLM is configured here."))
    await draft(body.question, body.reference_answer)  # what holds no statement is refused before anybody is paid
    try:
        found = await _by_model(app, extractor, tenant, body)
    except JudgeFailure as failure:
        detail = f"The LLM gave no key points ({failure.reason}); nothing was stored."
        raise Problem(503, "judge-unavailable", detail) from failure
    return Drafted(found.extraction, extractor.identity, found.usage)


async def draft(question: str, reference_answer: str) -> Extraction:
    """The rubric a reference answer gives, made off the event loop; ExtractionError where it gives none."""
    return await asyncio.to_thread(_extract, question, reference_answer)


async def _by_model(app: Application, extractor: LlmExtractor, tenant: str, body: DraftRequest) -> Extracted:
    """What the LLM draws, within the tenant's budget; a reply that none of its points rests on counts as expected."""
    estimate = app.access.call(body.question, body.reference_answer)
    with on_behalf_of(Subject(tenant)):
        async with app.access.budget.reserved(tenant, estimate) as reservation:
            reservation.took = estimate
            try:
                found = await extractor.extract(inline_question(body.question), body.reference_answer)
            except JudgeFailure as failure:
                reservation.took = Amount.of(failure.usage)
                raise
            reservation.took = Amount.of(found.usage)
            return found


def _extract(question: str, reference_answer: str) -> Extraction:
    from rubrics.extraction.structure import extract  # noqa: PLC0415 - its patterns take 0.1 s that a start can spare

    return extract(inline_question(question), reference_answer)
