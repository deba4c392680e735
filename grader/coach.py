"""Feedback in a model's words, where somebody asks for it: checked in code, replaced by the templates when it fails.

The model sees verdicts and verified quotes only. What it writes must name real points with fitting verdicts,
quote nothing that is not proved, keep the reference secret where the caller does, and be plain text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from grader.budget import FREE, Prices
from grader.domain import Feedback, Flag, Label, Usage, Verdict
from grader.errors import JudgeFailure
from grader.feedback import FeedbackMode, name_of, write_feedback
from grader.ports import ChatModel, Completion
from grader.prompting.extraction import json_objects
from grader.prompting.feedback import (
    SCHEMA_NAME,
    Told,
    feedback_prompt,
    feedback_prompt_hash,
    feedback_schema,
)
from grader.prompting.messages import Prompt
from grader.text.firewall import is_plain, leaks
from grader.text.neutral import neutralised
from grader.text.quotes import says
from rubrics.model import KeyPoint, Rubric

_log: Final = logging.getLogger(__name__)

MAX_REMARKS: Final = 4

_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
_QUOTED: Final = re.compile(r"[\"“]([^\"“”]{2,})[\"”]")
_WEAK: Final = frozenset({Label.CONTRADICTED, Label.MISSING, Label.PARTIAL})
_STRONG: Final = frozenset({Label.COVERED, Label.PARTIAL})


class _Remark(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    key_point_id: str
    text: _Sentence


class _Draft(BaseModel):
    """What the model writes."""

    model_config = ConfigDict(strict=True, extra="forbid")

    summary: _Sentence
    strengths: list[_Remark] = Field(max_length=MAX_REMARKS)
    improvements: list[_Remark] = Field(max_length=MAX_REMARKS)
    next_step: _Sentence

    def texts(self) -> Iterator[str]:
        """Everything a person would read."""
        yield self.summary
        yield from (remark.text for remark in (*self.strengths, *self.improvements))
        yield self.next_step


@dataclass(frozen=True)
class Written:
    """Feedback, what it consumed, and a flag where the templates had to stand in."""

    feedback: Feedback
    usage: Usage
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Coach:
    """Writes feedback with one chat call."""

    model: ChatModel
    secret: bytes
    prices: Prices = FREE

    @property
    def identity(self) -> dict[str, str]:
        """The model, its endpoint and the feedback prompt's hash."""
        return {**self.model.identity, "prompt_hash": feedback_prompt_hash()}

    async def write(self, rubric: Rubric, verdicts: tuple[Verdict, ...], mode: FeedbackMode) -> Written:
        """Feedback on verdicts in rubric order; never fails, at worst it is the template feedback, flagged."""
        plain = write_feedback(rubric, verdicts, mode)
        if mode is FeedbackMode.NONE or all(verdict.label is Label.UNGRADED for verdict in verdicts):
            return Written(plain, Usage())
        verdicts = tuple(_shown(rubric, verdicts))
        prompt = feedback_prompt(rubric, _told(rubric, verdicts, mode), secret=self.secret)
        try:
            completion = await self.model.complete(
                system=prompt.system, user=prompt.user, schema_name=SCHEMA_NAME, schema=feedback_schema(rubric)
            )
        except JudgeFailure as failure:
            _log.warning("no feedback written: %s (%s)", failure.reason, failure)
            return Written(plain, failure.usage, (Flag.FEEDBACK_REPLACED,))
        usage = self.prices.usage(completion)
        draft = _draft(completion)
        fault = "it has no usable JSON" if draft is None else _fault(draft, prompt, rubric, verdicts, mode)
        if draft is None or fault:
            _log.warning("%s: the feedback was replaced: %s", completion.model, fault)
            return Written(plain, usage, (Flag.FEEDBACK_REPLACED,))
        return Written(_feedback(draft), usage)


def _shown(rubric: Rubric, verdicts: tuple[Verdict, ...]) -> Iterator[Verdict]:
    """What the model is told: a mistake that was made reads as a contradiction, one that was not is no news."""
    for verdict in verdicts:
        if not rubric.point(verdict.key_point_id).penalty:
            yield verdict
        elif verdict.label in _STRONG:
            yield verdict.model_copy(update={"label": Label.CONTRADICTED})


def _told(rubric: Rubric, verdicts: tuple[Verdict, ...], mode: FeedbackMode) -> tuple[Told, ...]:
    return tuple(Told(verdict, _subject(rubric.point(verdict.key_point_id), mode)) for verdict in verdicts)


def _subject(point: KeyPoint, mode: FeedbackMode) -> str:
    """The point itself where the reference is open, else its topic and hint."""
    if mode is FeedbackMode.FULL:
        return f"{'Wrong is' if point.penalty else 'The point'}: {point.text}"
    return f"Topic only: {name_of(point)}. {point.hint or ''}".strip()


def _draft(completion: Completion) -> _Draft | None:
    objects = json_objects(completion.text)
    try:
        return _Draft.model_validate(objects[0]) if len(objects) == 1 else None
    except ValidationError:
        return None


def _fault(
    draft: _Draft, prompt: Prompt, rubric: Rubric, verdicts: tuple[Verdict, ...], mode: FeedbackMode
) -> str | None:
    """Which rule the draft breaks, None where it breaks none."""
    texts = "\n".join(draft.texts())
    strong = {verdict.key_point_id for verdict in verdicts if verdict.label in _STRONG}
    weak = {verdict.key_point_id for verdict in verdicts if verdict.label in _WEAK}
    faults = {
        "it praises a point that was not made": any(each.key_point_id not in strong for each in draft.strengths),
        "it corrects a point that needs none": any(each.key_point_id not in weak for each in draft.improvements),
        "it has a link or markup": not is_plain(texts),
        "it repeats its instructions": prompt.canary in texts or leaks(texts, [prompt.system]),
        "it repeats the reference": mode is not FeedbackMode.FULL and leaks(texts, _secrets(rubric)),
        "it quotes what the answer does not say": not _quotes_hold(texts, rubric, verdicts, mode),
    }
    return next((fault for fault, applies in faults.items() if applies), None)


def _secrets(rubric: Rubric) -> Iterator[str]:
    yield rubric.reference_answer or ""
    yield from (point.text for point in rubric.key_points)


def _quotes_hold(texts: str, rubric: Rubric, verdicts: tuple[Verdict, ...], mode: FeedbackMode) -> bool:
    """Whether everything in quotation marks is the person's verified words, the question's or an open key point's."""
    proved = [item.text for verdict in verdicts for item in verdict.evidence]
    open_book = [point.text for point in rubric.key_points] if mode is FeedbackMode.FULL else []
    sources = [*proved, *map(neutralised, proved), rubric.question.text, *open_book]
    quotes = (match[1].strip(" .,;:!?…") for match in _QUOTED.finditer(texts))
    return all(any(says(source, quote) for source in sources) for quote in quotes if quote)


def _feedback(draft: _Draft) -> Feedback:
    return Feedback(
        summary=draft.summary,
        strengths=tuple(remark.text for remark in draft.strengths),
        improvements=tuple(remark.text for remark in draft.improvements),
        next_step=draft.next_step,
    )
