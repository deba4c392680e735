"""Drawing key points from a reference answer that came with a request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from api.schemas import inline_question

if TYPE_CHECKING:
    from rubrics.extraction.structure import Extraction


async def draft(question: str, reference_answer: str) -> Extraction:
    """The rubric a reference answer gives, made off the event loop; ExtractionError where it gives none."""
    return await asyncio.to_thread(_extract, question, reference_answer)


def _extract(question: str, reference_answer: str) -> Extraction:
    from rubrics.extraction.structure import extract  # noqa: PLC0415 - its patterns take 0.1 s that a start can spare

    return extract(inline_question(question), reference_answer)
