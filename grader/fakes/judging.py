"""Fakes that read and judge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.domain import Judgement, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure
from grader.ports import (
    Passage,
    Reading,
    Word,
)
from grader.text.words import stems


@dataclass(frozen=True)
class FakeReader:
    """A Reader by rule: a text makes a statement whose words it uses, and denies it where only one of both negates."""

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-shared-words"}

    async def read(self, passage: Passage) -> list[list[Reading]]:
        """One reading a statement: the whole text is one stretch."""
        return [[self._reading(passage.text, statement)] for statement in passage.statements]

    def _reading(self, text: str, statement: str) -> Reading:
        wanted = stems(statement)
        words = tuple(
            Word(found.start(), found.end(), float(bool(stems(found.group()) & wanted)))
            for found in re.finditer(r"\w+", text)
        )
        share = len(stems(text) & wanted) / max(1, len(wanted))
        denied = (" not " in f" {text} ") != (" not " in f" {statement} ")
        made = 6.0 if share >= 0.5 else -6.0  # noqa: PLR2004 - half of the words, as good as any for a fake
        return Reading((made - 3.0 * denied, -6.0, -made, made - 3.0 * (not denied)), words)


@dataclass(frozen=True)
class FakeJudge:
    """Gives each key point the label scripted for it, `missing` where none is, with its confidence, if any.

    With a `failure` it raises that instead. Keeps which points it was asked for.
    """

    labels: Mapping[str, Label] = field(default_factory=dict)
    name: str = "fake"
    confidences: Mapping[str, float] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    failure: JudgeFailure | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list, compare=False)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake"}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point, without evidence."""
        self.asked.append(tuple(point.id for point in submission.points))
        if self.failure is not None:
            raise self.failure
        return Judgement(tuple(self._verdict(point.id) for point in submission.points), self.usage)

    def _verdict(self, point: str) -> Verdict:
        label = self.labels.get(point, Label.MISSING)
        reason = "scripted" if label is Label.UNGRADED else ""
        confidence = self.confidences.get(point)
        return Verdict(key_point_id=point, label=label, judged_by=self.name, reason=reason, confidence=confidence)
