"""The words of practising: attempts at questions, the help that was taken, and where a learner stands with a question.

An attempt is not a grade: it names one, and remembers of it what lists and progress need. A learner is a candidate, so
`candidate_ref` is who practises, and all of it is exported, erased and expires like everything about candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from grader.access import Principal
from grader.domain import Label
from grader.review import Outcome
from rubrics.model import Immutable

REFERENCE: Final = "reference_answer"
"""Stands for a key point's id where the whole reference answer was looked at."""


@dataclass(frozen=True)
class Learner:
    """Who practises: on whose behalf, and under which `candidate_ref`."""

    who: Principal
    ref: str

    @property
    def tenant(self) -> str:
        """Whose everything is that this learner leaves behind."""
        return self.who.tenant


class Result(Immutable):
    """What an attempt came to; `score` and `score_interval` as in a grade, `verdicts` those that count, by key point.

    `provisional` says that it was graded by similarity alone, because no other judge was there.
    """

    score: float | None
    score_interval: tuple[float, float]
    verdicts: dict[str, Label]
    provisional: bool = False

    @classmethod
    def of(cls, outcome: Outcome, *, provisional: bool) -> Result:
        """What counts of an outcome."""
        return cls(
            score=outcome.score,
            score_interval=outcome.score_interval,
            verdicts=outcome.verdicts,
            provisional=provisional,
        )

    @property
    def settled(self) -> bool:
        """Whether it says something about the learner, and not about a judge that was away."""
        return self.score is not None and not self.provisional


class Attempt(Immutable):
    """One answer to a question, or to the follow-up question about one of its key points.

    `grade_id` names its grade, another one after it was graded again; `result` is null until there is one.
    """

    id: str
    candidate_ref: str
    question_id: str
    follow_up: str | None = None
    grade_id: str
    begun_at: datetime
    result: Result | None = None


class Help(StrEnum):
    """What a learner had shown to them, from a nudge to the whole reference answer."""

    TOPIC = "topic"
    QUESTION = "question"
    POINT = "point"
    REFERENCE = "reference"

    @property
    def gives_away(self) -> bool:
        """Whether nothing is left to be found out."""
        return self in {Help.POINT, Help.REFERENCE}


class Reveal(Immutable):
    """Help that was taken after an attempt, for one key point or (`REFERENCE`) for all of them."""

    attempt_id: str
    key_point_id: str
    help: Help
    seen_at: datetime


class Rating(IntEnum):
    """How well something was remembered, as spaced repetition counts it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Draft(Immutable):
    """Text that is not graded yet."""

    text: str
    saved_at: datetime


class Card(Immutable):
    """When to come back to a question, last answered at `seen_at`; `memory` is what only the scheduler reads."""

    seen_at: datetime
    due_at: datetime
    memory: str


class Study(Immutable):
    """Where a learner stands with one question (or follow-up question) between attempts."""

    question_id: str
    draft: Draft | None = None
    card: Card | None = None
