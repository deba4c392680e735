"""What a check of a rubric found: its own faults, how the judge did, and which of both a failed trial is due to."""

from __future__ import annotations

from enum import StrEnum

from pydantic import computed_field

from grader.domain import Label
from grader.selftest.answers import Trial
from rubrics.checks import Finding, Severity
from rubrics.model import Immutable


class Cause(StrEnum):
    """Whose fault a failed trial is: the rubric's, the judge's limit, or nobody's because nothing was graded."""

    RUBRIC = "rubric"
    JUDGE = "judge"
    UNGRADED = "ungraded"


class TrialResult(Immutable):
    """One answer with a known outcome; `score` is null where the judge could not grade it.

    `key_points` are those that came out wrong; `cause` is null where the trial passed, `why` says how it was told.
    """

    answer: Trial
    score: float | None
    least: float
    most: float
    key_points: tuple[str, ...] = ()
    cause: Cause | None = None
    why: str = ""

    @property
    def passed(self) -> bool:
        """Whether the score is where it has to be."""
        return self.score is not None and self.least <= self.score <= self.most


class PointTrial(Immutable):
    """How well one point can be told from the others.

    `alone` is its verdict on an answer that is only its own text, `without` on the reference answer minus its source
    (null where that cannot be asked), `also` the other points that its own text earns.
    """

    key_point_id: str
    alone: Label
    without: Label | None = None
    also: tuple[str, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def discriminates(self) -> bool:
        """Whether it is earned by saying it and not earned by leaving it out."""
        return self.alone is Label.COVERED and self.without is not Label.COVERED


class CheckReport(Immutable):
    """Everything a check found in one rubric under one judge."""

    question_id: str
    content_hash: str
    judge: str
    findings: tuple[Finding, ...]
    trials: tuple[TrialResult, ...]
    points: tuple[PointTrial, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def passed(self) -> bool:
        """Whether the rubric has no fault of its own and everything could be graded: then it may be published."""
        faultless = all(finding.severity is not Severity.ERROR for finding in self.findings)
        return faultless and all(trial.cause in {None, Cause.JUDGE} for trial in self.trials)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def held(self) -> bool:
        """Whether the judge, too, kept every bound; where not, its grades by this rubric need an eye."""
        return self.passed and all(trial.passed for trial in self.trials)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def unearned(self) -> tuple[str, ...]:
        """The points that the reference answer does not earn."""
        return next((trial.key_points for trial in self.trials if trial.answer is Trial.REFERENCE), ())
