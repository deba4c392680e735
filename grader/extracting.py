"""Key points drawn from a reference answer by a language model, and only those that it can show the words for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from grader.budget import FREE, Prices
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import ChatModel, Completion
from grader.prompting.completed import FINISHED, completed
from grader.prompting.extraction import UnusableReply
from grader.prompting.messages import Prompt
from grader.prompting.points import (
    SCHEMA_NAME,
    points_prompt,
    points_prompt_hash,
    points_schema,
    read_claims,
)
from rubrics.extraction.cited import CitedExtraction, Claim, extract_cited
from rubrics.extraction.structure import checked_reference
from rubrics.model import Question

_log: Final = logging.getLogger(__name__)

NAME: Final = "llm"

INVALID_REPLY: Final = "invalid_reply"


def is_worth_keeping(completion: Completion, _asked: tuple[str, ...]) -> bool:
    """Whether a later call for the same may get this reply: it is whole and a list of points."""
    if completion.refusal or completion.finish_reason not in FINISHED:
        return False
    try:
        return bool(read_claims(completion.text))
    except UnusableReply:
        return False


@dataclass(frozen=True)
class Extracted:
    """A draft rubric and what it consumed."""

    extraction: CitedExtraction
    usage: Usage


@dataclass(frozen=True)
class LlmExtractor:
    """Draws points with one chat call, or two where the first reply cannot be read.

    `secret` makes the reference's delimiters unguessable.
    """

    model: ChatModel
    secret: bytes
    prices: Prices = FREE

    @property
    def identity(self) -> dict[str, str]:
        """The extractor, the model, its endpoint and the prompt's hash."""
        return {"extractor": NAME, **self.model.identity, "prompt_hash": points_prompt_hash()}

    async def extract(self, question: Question, reference_answer: str) -> Extracted:
        """The points that the model shows the words for, and of `structure` what it passed over.

        ExtractionError where the reference holds nothing or no point cites it; JudgeFailure, by name and with what was
        consumed, where the model gives no list of points.
        """
        reference = checked_reference(reference_answer)
        claims, usage = await self._claims(question, reference)
        return Extracted(extract_cited(question, reference, claims), usage)

    async def _claims(self, question: Question, reference: str) -> tuple[tuple[Claim, ...], Usage]:
        prompt = points_prompt(question, reference, secret=self.secret)
        completion = await self._ask(prompt, Usage())
        usage = self.prices.usage(completion)
        try:
            return read_claims(_text(completion, prompt, usage)), usage
        except UnusableReply as unusable:
            _log.warning("%s: asked again: %s", completion.model, unusable)
            again = points_prompt(question, reference, secret=self.secret, problem=str(unusable))
        second = await self._ask(again, usage)
        usage += self.prices.usage(second)
        try:
            return read_claims(_text(second, again, usage)), usage
        except UnusableReply as unusable:
            raise JudgeFailure(
                INVALID_REPLY, f"the model gave no list of points: {unusable}", usage=usage
            ) from unusable

    async def _ask(self, prompt: Prompt, spent: Usage) -> Completion:
        try:
            return await self.model.complete(
                system=prompt.system, user=prompt.user, schema_name=SCHEMA_NAME, schema=points_schema()
            )
        except JudgeFailure as failure:
            failure.usage = spent + self.prices.priced(failure.usage)
            raise


def _text(completion: Completion, prompt: Prompt, usage: Usage) -> str:
    try:
        return completed(completion, prompt.canary)
    except JudgeFailure as failure:
        failure.usage = usage
        raise
