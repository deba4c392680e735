"""One attempt as it can be seen just now, and the state that it is in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from grader.domain import Flag, Grade, Label, Status
from grader.ports import PendingGrade, PendingState
from grader.practice import REFERENCE, Attempt, Help, Reveal
from grader.review import Review
from rubrics.model import KeyPoint, Rubric


class State(StrEnum):
    """How far an attempt is, or how far its grade can be trusted."""

    QUEUED = "queued"
    GRADING = "grading"
    DELAYED = "delayed"
    FAILED = "failed"
    REFUSED = "refused"
    PROVISIONAL = "provisional"
    UNSURE = "unsure"
    GRADED = "graded"

    @property
    def is_waiting(self) -> bool:
        """Whether a grade is still to come."""
        return self in {State.QUEUED, State.GRADING, State.DELAYED}


_REFUSALS: Final = frozenset({Flag.BLANK, Flag.NO_WORDS, Flag.DECLINED, Flag.PLACEHOLDER, Flag.ECHO})
"""Why an answer was not judged at all."""


@dataclass(frozen=True)
class Seen:
    """An attempt with everything that is shown of it.

    `grade`, `review` and `rubric` are there once it is graded; `answer` is its text, the draft while it is not graded;
    `before` are the learner's earlier attempts at the same question, the oldest first.
    """

    attempt: Attempt
    answer: str
    grade: Grade | None = None
    review: Review | None = None
    rubric: Rubric | None = None
    pending: PendingGrade | None = None
    before: tuple[Attempt, ...] = ()
    after: tuple[Attempt, ...] = ()
    reveals: tuple[Reveal, ...] = ()

    @property
    def state(self) -> State:
        """How far it is."""
        if self.grade is not None:
            return _trust(self.grade)
        if self.pending is None or self.pending.state is PendingState.FAILED:
            return State.FAILED
        if self.pending.reason:
            return State.DELAYED
        return State.GRADING if self.pending.state is PendingState.RUNNING else State.QUEUED

    @property
    def previous(self) -> Attempt | None:
        """The last attempt before this one that has a result."""
        return next((each for each in reversed(self.before) if each.result is not None), None)

    @property
    def reference_shown(self) -> bool:
        """Whether the reference answer was looked at."""
        return any(each.key_point_id == REFERENCE for each in self.reveals)

    def shown(self, key_point_id: str) -> int:
        """How many hints of a point's ladder were taken."""
        return sum(each.key_point_id == key_point_id for each in self.reveals)


def study_name(attempt: Attempt) -> str:
    """Under which name drafts and days to come back are kept: a follow-up question has its own."""
    return attempt.question_id if attempt.follow_up is None else f"{attempt.question_id}.{attempt.follow_up}"


def help_at(step: int, hints: tuple[str, ...]) -> Help:
    """What step 1, 2, … of a ladder of hints is."""
    if step >= len(hints):
        return Help.POINT
    return Help.TOPIC if step == 1 else Help.QUESTION


def follow_up_of(seen: Seen) -> KeyPoint | None:
    """The heaviest point that is missed or wrong and has a pointed question to ask about it; None in a follow-up."""
    if seen.rubric is None or seen.review is None or seen.attempt.follow_up is not None:
        return None
    verdicts = seen.review.outcome.verdicts
    asked = (point for point in seen.rubric.key_points if point.hint and not point.penalty)
    weak = [point for point in asked if verdicts.get(point.id) in {Label.MISSING, Label.CONTRADICTED}]
    return max(weak, key=lambda point: (point.required, point.weight), default=None)


def _trust(grade: Grade) -> State:
    if grade.status is Status.UNGRADED and all(point.verdict is Label.UNGRADED for point in grade.points):
        return State.FAILED
    if _REFUSALS.intersection(grade.flags):
        return State.REFUSED
    if Flag.SIMILARITY_ONLY in grade.flags:
        return State.PROVISIONAL
    return State.GRADED if grade.status is Status.GRADED else State.UNSURE
