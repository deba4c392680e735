"""What an interviewer had just supplied: a candidate who only says it after them earns less, and the grade says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from grader.domain import Flag, Judgement, Label, Submission, Usage, Verdict
from grader.interviews.answers import SpokenAnswer
from grader.judges.merging import flagged
from grader.ports import Embedder, Judge
from grader.similarity import find_matches
from grader.text.canonical import canonicalise
from grader.text.words import stems
from rubrics.model import KeyPoint

SUPPLIES_FROM: Final = 0.6
"""Cosine of an interviewer's sentence and a key point from which the sentence gives the point away."""

REPEATS_FROM: Final = 0.5
"""Share of the evidence's content words that the interviewer had used, from which it repeats them."""

_CREDITED: Final = frozenset({Label.COVERED, Label.PARTIAL})


class PromptedCredit(StrEnum):
    """What a point is worth that the interviewer had just supplied.

    `half`: one level less, covered counts as partial and partial as missing. `none`: missing. `full`: no less, but
    shown.
    """

    HALF = "half"
    NONE = "none"
    FULL = "full"


_LOWERED: Final = {
    (PromptedCredit.HALF, Label.COVERED): Label.PARTIAL,
    (PromptedCredit.HALF, Label.PARTIAL): Label.MISSING,
    (PromptedCredit.NONE, Label.COVERED): Label.MISSING,
    (PromptedCredit.NONE, Label.PARTIAL): Label.MISSING,
}

_WORTH: Final = {
    PromptedCredit.HALF: "so it counts one level less",
    PromptedCredit.NONE: "so it earns nothing",
    PromptedCredit.FULL: "it counts in full all the same",
}


@dataclass(frozen=True)
class Supplied:
    """A sentence of an interviewer, said while the question was being answered."""

    turn: int
    text: str


@dataclass(frozen=True)
class InterviewJudge:
    """A judge of one spoken answer: the verdicts of another, lowered where the interviewer had supplied the point.

    Verdicts that rest on misheard words say so. The interviewer's words never reach the judge.
    """

    inner: Judge
    embedder: Embedder
    answer: SpokenAnswer
    heard: tuple[Supplied, ...]
    credit: PromptedCredit = PromptedCredit.HALF

    @property
    def name(self) -> str:
        """That of the judge that reads."""
        return self.inner.name

    @property
    def identity(self) -> dict[str, str]:
        """The reading judge's, and what prompted points are worth."""
        return {**self.inner.identity, "prompted": self.credit.value}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point."""
        judgement = await self.inner.judge(submission)
        supplied = await self._supplied(submission.points) if self.heard else {}
        doubtful = {
            verdict.key_point_id: turn
            for verdict in judgement.verdicts
            if (turn := self._repeated(verdict, supplied.get(verdict.key_point_id, ()), submission)) is not None
        }
        alone, usage = await self._said_before(submission, doubtful)
        verdicts = tuple(
            self._lowered(verdict) if verdict.key_point_id in doubtful.keys() - alone else verdict
            for verdict in judgement.verdicts
        )
        told = tuple(self._with_mishearing(verdict, submission) for verdict in verdicts)
        return replace(judgement, verdicts=told, usage=judgement.usage + usage)

    async def _supplied(self, points: Sequence[KeyPoint]) -> dict[str, tuple[Supplied, ...]]:
        """The interviewer's sentences that give a point away, by point."""
        said = await self.embedder.embed([each.text for each in self.heard])
        found = {}
        for point in points:
            cosines = said @ (await self.embedder.embed([point.text, *point.paraphrases])).T
            near = cosines.max(axis=1) >= SUPPLIES_FROM
            found[point.id] = tuple(each for each, close in zip(self.heard, near, strict=True) if close)
        return found

    def _repeated(self, verdict: Verdict, supplied: Sequence[Supplied], submission: Submission) -> int | None:
        """The turn in which the interviewer supplied what the evidence repeats, or None."""
        if verdict.label not in _CREDITED or not supplied:
            return None
        asked = stems(submission.rubric.question.text)
        for evidence in verdict.evidence:
            turn = self.answer.first_turn(submission.answer.original_span(evidence.span))
            own = stems(evidence.text) - asked
            for each in supplied:
                after = turn is not None and each.turn < turn
                if after and own and len(own & stems(each.text)) >= REPEATS_FROM * len(own):
                    return each.turn
        return None

    async def _said_before(self, submission: Submission, doubtful: dict[str, int]) -> tuple[frozenset[str], Usage]:
        """The points that the candidate had made before the interviewer supplied them."""
        before = canonicalise(self.answer.until(min(doubtful.values()))) if doubtful else None
        if before is None or not before.text.strip():
            return frozenset(), Usage()
        asked = tuple(point.id for point in submission.points if point.id in doubtful)
        matches = await find_matches(self.embedder, submission.rubric, before)
        judged = await self.inner.judge(replace(submission, answer=before, matches=matches, asked=asked))
        return frozenset(v.key_point_id for v in judged.verdicts if v.label is Label.COVERED), judged.usage

    def _lowered(self, verdict: Verdict) -> Verdict:
        label = _LOWERED.get((self.credit, verdict.label), verdict.label)
        reason = f"The interviewer had just said so, {_WORTH[self.credit]}. {verdict.reason}".strip()
        return flagged(verdict.model_copy(update={"label": label, "reason": reason}), Flag.PROMPTED)

    def _with_mishearing(self, verdict: Verdict, submission: Submission) -> Verdict:
        """The verdict, with a word on it where its evidence holds a term that was heard as something else."""
        spans = (submission.answer.original_span(evidence.span) for evidence in verdict.evidence)
        if verdict.label not in _CREDITED or not any(map(self.answer.is_mended, spans)):
            return verdict
        reason = f"{verdict.reason} Credited despite a transcription error.".strip()
        return flagged(verdict.model_copy(update={"reason": reason}), Flag.MISHEARD)
