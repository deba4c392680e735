"""A language model asked about the little that the interview itself leaves open: single turns, and who speaks.

What it says weighs as one more thing that was heard, and is no decision by itself. It sees the planned questions and
part of the transcript, and answers with items and labels that it was given; anything else is not used. Its replies
are not kept: they are about everybody in an interview.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.budget import FREE, Prices
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.interviews.planned import Planned
from grader.ports import ChatModel
from grader.prompting.completed import completed
from grader.prompting.extraction import UnusableReply
from grader.prompting.interview import (
    SCHEMA_NAME,
    Asked,
    interview_prompt,
    interview_schema,
    read_decisions,
)
from grader.transcripts import Role, Transcript

_log: Final = logging.getLogger(__name__)

SURE: Final = 3.0
"""Logits that its word weighs: as of somebody right 19 times in 20. Assumed: no model was at hand to measure it."""

CONTEXT: Final = 3
"""Turns shown before and after one that is asked about."""

MAX_ASKED: Final = 40
"""Turns asked about at once; an interview with more in doubt is one for a person."""

MAX_SHOWN: Final = 400
"""Turns shown where each speaker, or each turn, is asked about: those from the beginning."""

NONE: Final = "none"

_PLACING: Final = "Say which planned question each of these turns belongs to, by its id, or none."
_SPEAKERS: Final = "Say what each of these speakers is."
_TURNS: Final = "Nobody is named. Say for each of these turns whether the interviewer or the candidate says it."


@dataclass(frozen=True)
class Advice:
    """A label for each item that was decided, what it consumed, and why there is none where there is none."""

    labels: Mapping[str, str]
    usage: Usage = field(default_factory=Usage)
    problem: str = ""


@dataclass(frozen=True)
class Adviser:
    """Asks with one chat call; `secret` makes the transcript's delimiters unguessable."""

    model: ChatModel
    secret: bytes
    prices: Prices = FREE

    async def places(self, transcript: Transcript, plan: Sequence[Planned], doubtful: Sequence[int]) -> Advice:
        """The question's id, or `NONE`, for each doubtful turn, by the turn's number."""
        doubtful = doubtful[:MAX_ASKED]
        near = {turn for each in doubtful for turn in range(each - CONTEXT, each + CONTEXT + 1)}
        labels = [*(each.id for each in plan), NONE]
        return await self._ask(transcript, plan, near, Asked(_PLACING, [str(each) for each in doubtful], labels))

    async def speakers(self, transcript: Transcript, plan: Sequence[Planned], names: Sequence[str]) -> Advice:
        """The role of each of these speakers, by name."""
        labels = [Role.INTERVIEWER.value, Role.CANDIDATE.value, Role.OTHER.value]
        return await self._ask(transcript, plan, range(MAX_SHOWN), Asked(_SPEAKERS, names, labels))

    async def turns(self, transcript: Transcript, plan: Sequence[Planned]) -> Advice:
        """The role of each turn of a transcript without speakers, by the turn's number."""
        shown = range(min(MAX_SHOWN, len(transcript.turns)))
        labels = [Role.INTERVIEWER.value, Role.CANDIDATE.value]
        return await self._ask(transcript, plan, shown, Asked(_TURNS, [str(each) for each in shown], labels))

    async def _ask(
        self, transcript: Transcript, plan: Sequence[Planned], shown: Collection[int], asked: Asked
    ) -> Advice:
        prompt = interview_prompt(
            {each.id: each.rubric.question.text for each in plan},
            [(turn.index, turn.speaker, turn.text) for turn in transcript.turns if turn.index in shown],
            asked,
            secret=self.secret,
        )
        try:
            completion = await self.model.complete(
                system=prompt.system, user=prompt.user, schema_name=SCHEMA_NAME, schema=interview_schema(asked)
            )
        except JudgeFailure as failure:
            return self._without(failure.reason, self.prices.priced(failure.usage))
        usage = self.prices.usage(completion)
        try:
            return Advice(read_decisions(completed(completion, prompt.canary), asked), usage)
        except JudgeFailure as failure:
            return self._without(failure.reason, usage)
        except UnusableReply as unusable:
            return self._without(f"unusable reply: {unusable}", usage)

    def _without(self, reason: str, usage: Usage) -> Advice:
        _log.warning("no advice on an interview: %s", reason)
        return Advice({}, usage, f"The language model could not be asked for advice ({reason}).")
