"""What people say of a grade: overrides, appeals, and the outcome that counts once they have spoken.

The machine's result is never changed. An override stands beside it, and the outcome is computed anew, by the same
code, from the machine's verdicts with the overrides in their place.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from grader.domain import Evidence, Grade, Label, Status
from rubrics.model import Identifier, Immutable

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
"""A few sentences by a person."""


class OverrideReason(StrEnum):
    """Why a person decided otherwise than the machine."""

    EVIDENCE_MISSED = "evidence_missed"
    EVIDENCE_WRONG = "evidence_wrong"
    RUBRIC_WRONG = "rubric_wrong"
    TRANSCRIPT_ERROR = "transcript_error"
    ALIGNMENT_ERROR = "alignment_error"
    PROMPTED = "prompted_by_interviewer"
    POLICY = "policy"
    OTHER = "other"


class Outcome(Immutable):
    """What counts now: the score of the machine's verdicts with the overrides in their place.

    `verdicts` and `credits` hold every key point; the other fields mean what they mean in a grade.
    """

    status: Status
    score: float | None
    score_interval: tuple[float, float]
    passed: bool | None
    verdicts: dict[str, Label]
    credits: dict[str, float | None]


def once_seen(status: Status) -> Status:
    """The status that counts of a grade at which a person has looked and left the verdicts: it waits for nobody."""
    return Status.GRADED if status is Status.NEEDS_REVIEW else status


class Override(Immutable):
    """A person's verdict on one key point, in the place of the machine's; the latest one of a point counts.

    `number` counts a grade's overrides from 1 on, `made_by` is the id of the key that was used, with the name of who
    shares it behind a slash; `outcome` is what the grade comes to with it, and never changes.
    """

    id: str
    grade_id: str
    number: int = Field(ge=1)
    key_point_id: Identifier
    verdict: Label
    reason_code: OverrideReason
    note: Note
    evidence: tuple[Evidence, ...] = ()
    outcome: Outcome
    made_by: str
    made_at: datetime


class AppealReason(StrEnum):
    """What a candidate says is wrong with a verdict."""

    COVERED = "i_covered_this"
    REFERENCE_WRONG = "the_reference_is_wrong"
    UNCLEAR = "the_point_is_unclear"
    OTHER = "other"


class AppealState(StrEnum):
    """How far an appeal is: waiting, or the verdict stands, or an override changed it, or it was taken back."""

    OPEN = "open"
    UPHELD = "upheld"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class Appeal(Immutable):
    """Somebody's objection to the verdict on one key point, and what became of it.

    `number` counts a grade's appeals from 1 on; the answer's fields are null while the appeal is open.
    """

    id: str
    grade_id: str
    number: int = Field(ge=1)
    key_point_id: Identifier
    reason: AppealReason
    text: Note
    made_by: str
    made_at: datetime
    state: AppealState = AppealState.OPEN
    answer: Note | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


class PointOpinion(Immutable):
    """What a person says of one key point, and what the machine had said of it."""

    key_point_id: Identifier
    verdict: Label
    machine: Label
    judged_by: str


class SecondOpinion(Immutable):
    """A person's own verdicts on the points of one grade, beside the machine's; it never changes either.

    `blind` says that they were given before the machine's were seen, `drawn` that chance chose the grade, and not a
    doubt. The scores are what either's verdicts come to; null where they come to none. `judge` is the grade's.
    """

    grade_id: str
    question_id: str
    rubric_hash: str
    judge: str
    points: tuple[PointOpinion, ...]
    score: float | None
    machine_score: float | None
    blind: bool
    drawn: bool
    made_by: str
    made_at: datetime

    def of(self, key_point_id: str) -> Label | None:
        """The person's verdict on a point; None where they were not asked."""
        return next((each.verdict for each in self.points if each.key_point_id == key_point_id), None)


class Review(Immutable):
    """Everything people have said of one grade, and the outcome; `outcome` is the machine's while nobody has spoken.

    `settled_at` and `settled_by` say when and by which key a person was content with what stands; null where nobody
    was, or where somebody has objected since.
    """

    grade_id: str
    overrides: tuple[Override, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    settled_at: datetime | None = None
    settled_by: str | None = None
    outcome: Outcome

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything."""
        return not (self.overrides or self.appeals or self.settled_at)


class ReviewedGrade(Grade):
    """A grade with what people said of it; `review` is null while nobody has said anything."""

    review: Review | None = None

    @classmethod
    def of(cls, grade: Grade, review: Review | None = None) -> Self:
        """The grade, with its review where somebody said anything."""
        fields = {name: getattr(grade, name) for name in Grade.model_fields}
        return cls(**fields, review=None if review is None or review.is_empty else review)


class ListedGrade(Grade):
    """A grade as the machine made it, with what counts since people have spoken; `outcome` is null until then."""

    outcome: Outcome | None = None

    @classmethod
    def of(cls, grade: Grade, outcome: Outcome | None) -> Self:
        """The grade with its outcome."""
        return cls(**{name: getattr(grade, name) for name in Grade.model_fields}, outcome=outcome)
