"""What is told of all that is held about one candidate, and of its erasure."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from grader.assessment import AssessmentOrder, SavedAnswer
from grader.domain import Grade
from grader.keeping import read_request
from grader.ports import KeptInterview, PendingGrade, Row
from grader.practice import Attempt, Reveal, Study
from grader.review import Appeal, Override, SecondOpinion


class Held(BaseModel):
    """One grade of a candidate, the answer it was made from, and what people said of it."""

    grade: Grade
    answer: str | None
    overrides: tuple[Override, ...]
    appeals: tuple[Appeal, ...]
    opinions: tuple[SecondOpinion, ...] = ()


class Promised(BaseModel):
    """A grade that is still to be made, and the answer it will be made from; none where it failed for good."""

    id: str
    question_id: str
    accepted_at: datetime
    answer: str | None


class HeldRow(BaseModel):
    """One row of a batch about a candidate: the answer, its other columns, its grade if it has one, and what was said.

    `overrides`, `appeals` and `opinions` are what people said of the grade.
    """

    answer: str
    extra: dict[str, str]
    grade: Grade | None
    overrides: tuple[Override, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    opinions: tuple[SecondOpinion, ...] = ()


class Ordered(BaseModel):
    """An order to take a test, and what was written for it and not yet handed in."""

    order: AssessmentOrder
    answers: tuple[SavedAnswer, ...]


class Interviewed(BaseModel):
    """One version of an interview: what was handed in, the transcript included, and what it came to, as JSON."""

    id: str
    version: int
    created_at: datetime
    commission: str
    report: str


class Export(BaseModel):
    """Everything held about a candidate; `replies` are what language models said of the answers, word for word.

    Attempts, reveals and studies are there for who practised: help that was taken, drafts and days to come back;
    `rows` are those of batches, `orders` those to take a test.
    """

    candidate_ref: str
    exported_at: datetime
    grades: tuple[Held, ...]
    promised: tuple[Promised, ...] = ()
    replies: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    studies: tuple[Study, ...] = ()
    rows: tuple[HeldRow, ...] = ()
    orders: tuple[Ordered, ...] = ()
    interviews: tuple[Interviewed, ...] = ()


class Erasure(BaseModel):
    """What was erased, and the entry of the decision log that says so; `receipt` is its subject.

    `bulk_requests` were sent to an LLM's endpoint in files: these are deleted there within minutes of the jobs' end.
    """

    receipt: str
    grades: int
    promised: int
    replies: int
    statements: int
    attempts: int
    studies: int
    rows: int
    bulk_requests: int
    orders: int
    interviews: int
    entry: str


def held_row(row: Row, held: Held | None) -> HeldRow:
    """What is told of a row; `held` is what is held of its grade."""
    told = HeldRow(answer=row.item.answer, extra=dict(row.item.extra), grade=None)
    if held is None:
        return told
    said = {"overrides": held.overrides, "appeals": held.appeals, "opinions": held.opinions}
    return told.model_copy(update={"grade": held.grade, **said})


def grade_of(row: Row) -> Grade | None:
    """The grade of a row, if it has one."""
    stored = row.result.grade if row.result else None
    return None if stored is None else Grade.model_validate_json(stored)


def promised_grade(pending: PendingGrade) -> Promised:
    """What is told of a promise."""
    answer = read_request(pending.request).answer if pending.request else None
    return Promised(id=pending.id, question_id=pending.question_id, accepted_at=pending.accepted_at, answer=answer)


def interviewed(kept: KeptInterview) -> Interviewed:
    """What is told of an interview."""
    fields = ("id", "version", "created_at", "commission", "report")
    return Interviewed(**{name: getattr(kept, name) for name in fields})
