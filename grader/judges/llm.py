"""The judge that asks a chat model, once per answer for all points, and believes only what it can check.

The model gives verdicts and quotes; code matches them to the key points, looks every quote up in the
answer, and takes away credit that no quote supports. Whatever goes wrong becomes `ungraded` with a
reason, never a zero.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from grader.domain import Evidence, Flag, Judgement, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure
from grader.ports import ChatModel, Completion
from grader.prompting import SCHEMA_NAME, build_prompt, prompt_hash, response_schema
from grader.text.quotes import find_quote, says
from grader.text.words import content_words
from rubrics.model import KeyPoint

_log: Final = logging.getLogger(__name__)

NAME: Final = "llm"
MAX_QUOTES: Final = 3
"""Quotes looked up per point; the prompt asks for no more."""

MAX_REASON_CHARACTERS: Final = 500

_FINISHED: Final = frozenset({"stop", "eos", "end_turn"})
_NEEDS_QUOTE: Final = frozenset({Label.COVERED, Label.PARTIAL, Label.CONTRADICTED})


class _Said(BaseModel):
    """What the model says of one point."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key_point_id: str
    quotes: list[str]
    reason: str
    verdict: Label


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    verdicts: list[_Said] = Field(max_length=200)


@dataclass(frozen=True)
class Prices:
    """USD per million tokens."""

    input: float = 0.0
    output: float = 0.0

    def cost(self, completion: Completion) -> float:
        """USD of one call."""
        return (completion.input_tokens * self.input + completion.output_tokens * self.output) / 1_000_000


@dataclass(frozen=True)
class LlmJudge:
    """Judges with one chat call; `secret` makes the answer's delimiters unguessable."""

    model: ChatModel
    secret: bytes
    prices: Prices = Prices()

    @property
    def name(self) -> str:
        """`llm`."""
        return NAME

    @property
    def identity(self) -> dict[str, str]:
        """The model, its endpoint and the prompt's hash."""
        return {**self.model.identity, "prompt_hash": prompt_hash()}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict a key point; JudgeFailure when the call gave no answer at all."""
        rubric, text = submission.rubric, submission.answer.text
        prompt = build_prompt(rubric, text, secret=self.secret)
        completion = await self.model.complete(
            system=prompt.system, user=prompt.user, schema_name=SCHEMA_NAME, schema=response_schema(rubric)
        )
        usage = Usage(
            llm_calls=1,
            input_tokens=completion.input_tokens,
            output_tokens=completion.output_tokens,
            cost_usd=round(self.prices.cost(completion), 6),
        )
        try:
            reply = _read(completion)
        except JudgeFailure as failure:
            # The call was paid for: its usage must not be lost with its answer.
            _log.warning("%s: %s (%s)", completion.model, failure.reason, failure)
            verdicts = tuple(_ungraded(point, failure.reason) for point in rubric.key_points)
            return Judgement(verdicts, usage, (Flag.JUDGE_FAILED,))
        verdicts = tuple(_verdict(point, reply, text, rubric.question.text) for point in rubric.key_points)
        failed = any(verdict.label is Label.UNGRADED for verdict in verdicts)
        return Judgement(verdicts, usage, (Flag.JUDGE_FAILED,) if failed else ())


def _read(completion: Completion) -> _Reply:
    """The reply in a completion; JudgeFailure says what is wrong with it."""
    if completion.refusal:
        raise JudgeFailure("refused", "the model refused to judge this answer")
    if completion.finish_reason == "content_filter":
        raise JudgeFailure("content_filter", "the endpoint's content filter stopped the model")
    if completion.finish_reason not in _FINISHED:
        raise JudgeFailure("truncated", f"the model stopped early: {completion.finish_reason}")
    if not completion.text.strip():
        raise JudgeFailure("empty_reply", "the model answered nothing")
    try:
        return _Reply.model_validate_json(completion.text)
    except ValueError as error:  # pydantic's own, or half a surrogate pair in the text
        raise JudgeFailure("invalid_reply", "the model's answer does not fit the schema") from error


def _verdict(point: KeyPoint, reply: _Reply, text: str, question: str) -> Verdict:
    """The point's verdict, if the model gave exactly one and its quotes hold."""
    said = [entry for entry in reply.verdicts if entry.key_point_id == point.id]
    if len(said) != 1 or said[0].verdict is Label.UNGRADED:
        return _ungraded(point, "no_verdict" if not said else "ambiguous_verdict")
    entry = said[0]
    found = _verified(entry.quotes, text, question) if entry.verdict in _NEEDS_QUOTE else ()
    reason = entry.reason.strip()[:MAX_REASON_CHARACTERS]
    if entry.verdict in _NEEDS_QUOTE and not found:
        return Verdict(
            key_point_id=point.id,
            label=Label.MISSING,
            judged_by=NAME,
            reason=f"The judge said {entry.verdict.value}, but none of its quotes stands in the answer.",
            flags=(Flag.UNVERIFIED_QUOTE,),
        )
    return Verdict(key_point_id=point.id, label=entry.verdict, judged_by=NAME, reason=reason, evidence=found)


def _verified(quotes: list[str], text: str, question: str) -> tuple[Evidence, ...]:
    """Where the answer says the quotes; words of the question, and words without content, prove nothing."""
    found = (find_quote(text, quote) for quote in quotes[:MAX_QUOTES])
    proving = (item for item in found if item and content_words(item.text) and not says(question, item.text))
    return tuple(dict.fromkeys(proving))


def _ungraded(point: KeyPoint, reason: str) -> Verdict:
    return Verdict(key_point_id=point.id, label=Label.UNGRADED, judged_by=NAME, reason=reason)
