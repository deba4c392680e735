"""The words of assessments: a test, an order to take it, what the candidate wrote, and the result that is told.

A result is points and a number. It never says to hire or to reject: what follows from it a person decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Self

from pydantic import Field, model_validator

from grader.domain import Status
from rubrics.model import Identifier, Immutable

MAX_QUESTIONS: Final = 50
"""Of one test: each is a page for the candidate."""

LONGEST_MINUTES: Final = 24 * 60
"""For one test, extra time included."""


MOST_ATTEMPTS: Final = 100
"""Of one candidate at one test, where that is limited at all."""


class CandidateFeedback(StrEnum):
    """What candidates see once their result has left: nothing, how many points they made, or which topics too."""

    NONE = "none"
    SUMMARY = "summary"
    TOPICS = "topics"


class HumanReview(StrEnum):
    """When a person looks before a result leaves: never, where something was flagged or not graded, or always."""

    NEVER = "never"
    FLAGGED = "flagged"
    ALWAYS = "always"


class Test(Immutable):
    """A set of questions with a policy.

    `judge` None takes the service's own. `minutes` is the time from the first question on, None without limit;
    `days` is how long an invitation may be taken up; `attempts` how often one candidate may begin it, None without
    limit.
    """

    __test__: ClassVar[bool] = False
    """It is none of pytest's."""

    id: str
    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2_000)
    question_ids: tuple[Identifier, ...] = Field(min_length=1, max_length=MAX_QUESTIONS)
    judge: str | None = Field(default=None, min_length=1, max_length=64)
    pass_mark: float | None = Field(default=None, ge=0, le=1)
    minutes: int | None = Field(default=None, ge=1, le=LONGEST_MINUTES)
    days: int = Field(default=14, ge=1, le=90)
    attempts: int | None = Field(default=None, ge=1, le=MOST_ATTEMPTS)
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    feedback: CandidateFeedback = CandidateFeedback.NONE
    review: HumanReview = HumanReview.FLAGGED
    retired: bool = False
    created_at: datetime

    @model_validator(mode="after")
    def _each_question_once(self) -> Self:
        if len(set(self.question_ids)) != len(self.question_ids):
            raise ValueError("a question stands twice")
        return self


class Platform(StrEnum):
    """Where an order comes from: a hiring platform, or the customer's own program."""

    GREENHOUSE = "greenhouse"
    ASHBY = "ashby"
    WORKABLE = "workable"
    API = "api"


class OrderState(StrEnum):
    """How far an order is.

    invited -> started -> submitted -> (in_review ->) complete; or cancelled, or expired before it was started.
    """

    INVITED = "invited"
    STARTED = "started"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN: Final = frozenset({OrderState.INVITED, OrderState.STARTED})
"""The candidate can still do something."""

ENDED: Final = frozenset({OrderState.COMPLETE, OrderState.CANCELLED, OrderState.EXPIRED})
"""Nothing happens to it any more."""


class QuestionResult(Immutable):
    """What one question came to; the grade says why. `score` in [0, 1] is null where it could not be graded."""

    question_id: str
    grade_id: str
    status: Status
    score: float | None
    score_interval: tuple[float, float]


class Result(Immutable):
    """What an order came to: the mean of its questions, null while one of them has no score.

    `passed` says which side of the test's pass mark that is, null without one; `needs_review` that a question was
    flagged or not graded. `released_by` is the key of the person who let it go, null where nobody had to.
    `corrections` counts how often it was told anew after it had left, because people had overridden grades.
    """

    score: float | None
    score_interval: tuple[float, float]
    passed: bool | None
    needs_review: bool
    questions: tuple[QuestionResult, ...]
    made_at: datetime
    released_by: str | None = None
    corrections: int = Field(default=0, ge=0)


class Candidate(Immutable):
    """Who is to take a test; the name and the address are for the letter and the page, never for a judge."""

    ref: str = Field(min_length=1, max_length=200)
    name: str = Field(default="", max_length=500)
    email: str = Field(default="", max_length=320)


class AssessmentOrder(Immutable):
    """One candidate's order to take one test.

    `questions` are the test's when it was ordered. `dedup_key` is what the platform would send again: of two orders
    with the same the first stays. `callback` is where the platform wants to be told, if it says so; `connection` the
    id of the platform's connection that it came by. `due_at` is when somebody must look again (an invitation's end,
    a deadline, grades that may be there), null where nothing is to come. `stepped_at` is when it came into its state,
    later at every step; `revision` counts its changes.
    """

    id: str
    test_id: str
    platform: Platform
    connection: str = ""
    dedup_key: str | None = None
    callback: str = ""
    candidate: Candidate
    questions: tuple[str, ...]
    state: OrderState = OrderState.INVITED
    ordered_by: str | None = None
    ordered_at: datetime
    stepped_at: datetime
    expires_at: datetime
    minutes: int | None = None
    extra_minutes: int = Field(default=0, ge=0, le=LONGEST_MINUTES)
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    result: Result | None = None
    revision: int = 0

    @property
    def deadline(self) -> datetime | None:
        """When the time to answer is over, extra time included; null without a limit, or before the start."""
        if self.started_at is None or self.minutes is None:
            return None
        return self.started_at + timedelta(minutes=self.minutes + self.extra_minutes)

    @property
    def closes_at(self) -> datetime:
        """When what is there is handed in by itself: with the deadline, else with the invitation's end."""
        return self.deadline or self.expires_at

    @property
    def ended(self) -> bool:
        """Whether nothing happens to it any more."""
        return self.state in ENDED


class SavedAnswer(Immutable):
    """What the candidate has written so far; `revision` counts the savings, so that a second device is noticed."""

    question_id: str
    text: str
    revision: int
    saved_at: datetime
