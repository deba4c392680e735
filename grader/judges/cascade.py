"""The judge that saves calls: what a cheap first judge is sure of stands, a second one decides the rest in one call.

How sure is sure enough is measured on labelled answers (`grader bench --judge cascade --first … --second …`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from pydantic import Field, TypeAdapter, ValidationError

from grader.domain import Flag, Judgement, Label, Submission, Verdict
from grader.errors import ConfigurationError, JudgeFailure
from grader.judges.merging import flagged, merged_flags, opposed, ungraded
from grader.ports import Judge
from rubrics.model import Immutable

_log: Final = logging.getLogger(__name__)

NAME: Final = "cascade"


class Thresholds(Immutable):
    """From which confidence in [0, 1] on a first judge's verdict stands, by label; None: never.

    From the mean confidence `answer` on its verdicts on a whole answer stand, where it calls nothing wrong and doubts
    nothing: the second judge reads an answer as a whole, so half of the answers saved is half of the price, and half of
    the points is not.
    `risk` in [0, 1] is the share of wrong ones among the verdicts that stand, which was not exceeded at 95 %
    confidence; `measured_on` says on what. There is none for `contradicted`: to say that somebody is wrong
    always takes a second opinion. From the confidence `sure` on it is worth a person's time that the second judge
    says the opposite.
    """

    covered: float | None = Field(default=None, ge=0, le=1)
    partial: float | None = Field(default=None, ge=0, le=1)
    missing: float | None = Field(default=None, ge=0, le=1)
    answer: float | None = Field(default=None, ge=0, le=1)
    sure: float | None = Field(default=None, ge=0, le=1)
    risk: float = Field(ge=0, le=1)
    measured_on: str

    @classmethod
    def never(cls) -> Self:
        """Nothing is clear, so nothing is risked; nobody knows what the confidence is worth."""
        return cls(risk=0.0, measured_on="nothing")

    @classmethod
    def read(cls, judge: str, file: Path | None = None) -> Self:
        """Those of the first judge `judge` in `file` (None: the shipped one), `never` where it has none."""
        source = file or files("grader.judges").joinpath("cascade.json")
        try:
            found = TypeAdapter(dict[str, cls]).validate_json(source.read_text("utf-8"))  # type: ignore[valid-type]
        except (OSError, ValidationError) as error:
            raise ConfigurationError(
                f"{source}: cannot be read as thresholds; `grader bench --judge cascade` writes them"
            ) from error
        return found.get(judge, cls.never())

    def standing(self, verdicts: Sequence[Verdict]) -> frozenset[str]:
        """The points of an answer on which the first judge's verdicts stand, together or each by itself."""
        together = _reaches(sureness(verdicts), self.answer)
        return frozenset(each.key_point_id for each in verdicts if together or self._is_met_by(each))

    def _is_met_by(self, verdict: Verdict) -> bool:
        lowest = {Label.COVERED: self.covered, Label.PARTIAL: self.partial, Label.MISSING: self.missing}
        return _reaches(verdict.confidence, lowest.get(verdict.label))

    def is_sure(self, verdict: Verdict) -> bool:
        """Whether the opposite from the second judge is strange."""
        return _reaches(verdict.confidence, self.sure)


def sureness(verdicts: Sequence[Verdict]) -> float | None:
    """How sure a judge is of an answer, the mean of its confidences; None where it calls a point wrong or flags one.

    What is called wrong takes a second opinion, and what a person would have to look at is the second judge's first. On
    `gold` the mean parts right from wrong a little better than the least of the confidences (measured).
    """
    known = [each.confidence for each in verdicts if each.confidence is not None]
    doubted = any(each.flags or each.label is Label.CONTRADICTED for each in verdicts)
    if not known or len(known) < len(verdicts) or doubted:
        return None
    return sum(known) / len(known)


def _reaches(confidence: float | None, threshold: float | None) -> bool:
    return confidence is not None and threshold is not None and confidence >= threshold


@dataclass(frozen=True)
class CascadeJudge:
    """Asks `first` for every point and `second` for those on which `first` is not clear.

    Where `second` fails the points it was asked for are ungraded with its reason; with `fallback` the opinion of
    `first` stands in, flagged for review.
    """

    first: Judge
    second: Judge
    thresholds: Thresholds
    fallback: bool = False

    @property
    def name(self) -> str:
        """`cascade`."""
        return NAME

    @property
    def identity(self) -> dict[str, str]:
        """The second judge's, the first one's with `first_` before each name, and the thresholds."""
        first = {f"first_{name}": value for name, value in self.first.identity.items()}
        thresholds = {"thresholds": self.thresholds.model_dump_json(), "fallback": str(self.fallback).lower()}
        return {**self.second.identity, "first": self.first.name, **first, "second": self.second.name, **thresholds}

    async def judge(self, submission: Submission) -> Judgement:
        """The first judge's clear verdicts and the second one's of the rest; `judged_by` says whose each is."""
        first = await self._first(submission)
        opinions = {verdict.key_point_id: verdict for verdict in first.verdicts}
        clear = self.thresholds.standing(first.verdicts)
        unclear = tuple(point.id for point in submission.points if point.id not in clear)
        if not unclear:
            return first
        doubtful = tuple(opinions[name] for name in unclear if name in opinions)
        second = await self._second(replace(submission, asked=unclear, opinions=doubtful))
        said = {verdict.key_point_id: verdict for verdict in second.verdicts}
        verdicts = tuple(
            opinions[point.id] if point.id in clear else self._settled(point.id, opinions, said)
            for point in submission.points
        )
        stands = clear or any(Flag.FALLBACK in verdict.flags for verdict in verdicts)
        heard = (first, second) if stands else (second,)
        return Judgement(verdicts, first.usage + second.usage, merged_flags(heard, verdicts))

    async def _first(self, submission: Submission) -> Judgement:
        try:
            return await self.first.judge(submission)
        except JudgeFailure as failure:
            _log.warning("judge %s failed, all points go to %s: %s", self.first.name, self.second.name, failure)
            return Judgement((), failure.usage)

    async def _second(self, submission: Submission) -> Judgement:
        try:
            return await self.second.judge(submission)
        except JudgeFailure as failure:
            _log.warning("judge %s failed: %s (%s)", self.second.name, failure.reason, failure)
            verdicts = (ungraded(point.id, self.second.name, failure.reason) for point in submission.points)
            return Judgement(tuple(verdicts), failure.usage)

    def _settled(self, name: str, opinions: Mapping[str, Verdict], said: Mapping[str, Verdict]) -> Verdict:
        """What holds of a point that went to the second judge."""
        opinion = opinions.get(name, ungraded(name, self.first.name, "no_opinion"))
        verdict = said.get(name, ungraded(name, self.second.name, "incomplete_judgement"))
        if verdict.label is Label.UNGRADED:
            stands_in = self.fallback and opinion.label is not Label.UNGRADED
            return flagged(opinion, Flag.FALLBACK) if stands_in else verdict
        disagree = self.thresholds.is_sure(opinion) and opposed(opinion.label, verdict.label)
        return flagged(verdict, Flag.JUDGES_DISAGREE) if disagree else verdict
