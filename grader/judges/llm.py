"""The judge that asks a chat model, once per answer for all points, and believes only what it can check.

The model gives verdicts and quotes; code matches them to the key points, looks every quote up in the
answer, and takes away credit that no quote supports. A reply that does not fit gets one more try. Whatever
still goes wrong becomes `ungraded` with a reason, never a zero.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from grader.budget import FREE, Prices
from grader.domain import Flag, Judgement, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure
from grader.judges.merging import ungraded
from grader.judges.proof import doubts, proof
from grader.ports import ChatModel, Completion
from grader.prompting import SCHEMA_NAME, build_prompt, prompt_hash, repair_prompt, response_schema
from grader.prompting.completed import FINISHED, PROMPT_LEAKED, completed
from grader.prompting.examples import Example
from grader.prompting.messages import Prompt
from grader.prompting.reading import Reply, Said, read_reply
from grader.text.firewall import is_plain
from rubrics.model import KeyPoint

_log: Final = logging.getLogger(__name__)

NAME: Final = "llm"

MAX_REASON_CHARACTERS: Final = 500
REASON_WITHHELD: Final = "The judge's reason was withheld: it contained a link or markup."

_NEEDS_QUOTE: Final = frozenset({Label.COVERED, Label.PARTIAL, Label.CONTRADICTED})


@dataclass(frozen=True)
class LlmJudge:
    """Judges with one chat call, or two where the first reply does not fit.

    `secret` makes the answer's delimiters unguessable; `examples` become part of the prompt and its hash.
    """

    model: ChatModel
    secret: bytes
    prices: Prices = FREE
    examples: tuple[Example, ...] = ()

    @property
    def name(self) -> str:
        """`llm`."""
        return NAME

    @property
    def identity(self) -> dict[str, str]:
        """The model, its endpoint and the prompt's hash."""
        return {**self.model.identity, "prompt_hash": prompt_hash(self.examples)}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point; JudgeFailure when the call gave no answer at all."""
        if not submission.points:
            return Judgement(())
        prompt = build_prompt(submission, secret=self.secret, examples=self.examples)
        completion = await self._ask(prompt, submission)
        usage = self.prices.usage(completion)
        try:
            reply = _read(completion, prompt, submission)
            if reply.problems:
                reply, more = await self._repaired(prompt, submission, completion, reply)
                usage += more
        except JudgeFailure as failure:
            # The call was paid for: its usage must not be lost with its answer.
            _log.warning("%s: %s (%s)", completion.model, failure.reason, failure)
            return _failed(submission, failure, usage)
        return _judgement(submission, reply, usage)

    async def _ask(self, prompt: Prompt, submission: Submission) -> Completion:
        try:
            return await self.model.complete(
                system=prompt.system,
                user=prompt.user,
                schema_name=SCHEMA_NAME,
                schema=response_schema(submission.rubric),
                cache_key=submission.rubric.content_hash,
                asked=tuple(point.id for point in submission.points),
            )
        except JudgeFailure as failure:
            failure.usage = self.prices.priced(failure.usage)
            raise

    async def _repaired(
        self, prompt: Prompt, submission: Submission, completion: Completion, reply: Reply
    ) -> tuple[Reply, Usage]:
        """The reply with its bad points taken from a second try, and what that consumed."""
        problems = "; ".join(reply.problems)
        _log.warning("%s: asked again: %s", completion.model, problems)
        again = repair_prompt(prompt, submission, completion.text, problems, secret=self.secret)
        try:
            second = await self._ask(again, submission)
        except JudgeFailure as failure:
            _log.warning("%s: no second reply: %s (%s)", completion.model, failure.reason, failure)
            return reply, failure.usage
        usage = self.prices.usage(second)
        try:
            better = _read(second, prompt, submission)
        except JudgeFailure as failure:
            _log.warning("%s: %s (%s)", second.model, failure.reason, failure)
            if failure.reason == PROMPT_LEAKED:
                better = Reply(bad=dict.fromkeys(reply.bad, PROMPT_LEAKED))
            else:
                return reply, usage
        return _merged(reply, better), usage


def is_worth_keeping(completion: Completion, asked: tuple[str, ...]) -> bool:
    """Whether a later call for the same may get this reply: it is whole and has a verdict on every point asked for."""
    if completion.refusal or completion.finish_reason not in FINISHED or not completion.text.strip():
        return False
    return not read_reply(completion.text, asked, asked, "").bad


def _read(completion: Completion, prompt: Prompt, submission: Submission) -> Reply:
    """What a completion says; JudgeFailure where there is nothing to repair."""
    text = completed(completion, prompt.canary)
    asked = [point.id for point in submission.points]
    known = [point.id for point in submission.rubric.key_points]
    return read_reply(text, asked, known, submission.answer.text)


def _merged(first: Reply, second: Reply) -> Reply:
    """The first reply, its bad points replaced by the second's good ones."""
    said = {**{point: second.said[point] for point in first.bad if point in second.said}, **first.said}
    bad = {point: second.bad.get(point, reason) for point, reason in first.bad.items() if point not in said}
    return Reply(said, bad)


def _judgement(submission: Submission, reply: Reply, usage: Usage) -> Judgement:
    verdicts = tuple(
        _verdict(point, reply.said[point.id], submission)
        if point.id in reply.said
        else ungraded(point.id, NAME, reply.bad[point.id])
        for point in submission.points
    )
    leaked = (Flag.PROMPT_LEAK,) if PROMPT_LEAKED in reply.bad.values() else ()
    failed = (Flag.JUDGE_FAILED,) if reply.bad else ()
    return Judgement(verdicts, usage, (*leaked, *failed))


def _failed(submission: Submission, failure: JudgeFailure, usage: Usage) -> Judgement:
    verdicts = tuple(ungraded(point.id, NAME, failure.reason) for point in submission.points)
    leaked = (Flag.PROMPT_LEAK,) if failure.reason == PROMPT_LEAKED else ()
    return Judgement(verdicts, usage, (*leaked, Flag.JUDGE_FAILED))


def _verdict(point: KeyPoint, said: Said, submission: Submission) -> Verdict:
    """The point's verdict, if its quotes hold."""
    if said.verdict not in _NEEDS_QUOTE:
        return Verdict(key_point_id=point.id, label=said.verdict, judged_by=NAME, reason=_reason(said))
    evidence = proof(said.quotes, submission)
    if not evidence:
        return Verdict(
            key_point_id=point.id,
            label=Label.MISSING,
            judged_by=NAME,
            reason=f"The judge said {said.verdict.value}, but none of its quotes stands in the answer.",
            flags=(Flag.UNVERIFIED_QUOTE,),
        )
    flags = doubts(evidence, point) if said.verdict is not Label.CONTRADICTED else ()
    found = Verdict(key_point_id=point.id, label=said.verdict, judged_by=NAME, reason=_reason(said))
    return found.model_copy(update={"evidence": evidence, "flags": flags})


def _reason(said: Said) -> str:
    """What the model gives as its reason, as plain text of readable length."""
    reason = " ".join(said.reason.split())[:MAX_REASON_CHARACTERS]
    return reason if is_plain(reason) else REASON_WITHHELD
