"""What goes over the wire besides the Grade itself: requests, checked strictly, and the smaller responses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.texts import Line, Text
from grader.intake.inline import inline_question
from grader.ports import PendingGrade
from grader.review import ListedGrade
from grader.text.canonical import MAX_CHARACTERS
from rubrics.model import MAX_KEY_POINTS, MAX_WEIGHT, Group, Identifier, KeyPoint, Question, Rubric

QuestionId = Annotated[str, Field(min_length=1, max_length=64)]


class Strict(BaseModel):
    """A request part: exact types, no unknown field."""

    model_config = ConfigDict(strict=True, extra="forbid")


class KeyPointIn(Strict):
    """A key point of an inline rubric."""

    id: Identifier
    text: Line
    weight: float = Field(default=1.0, gt=0, le=MAX_WEIGHT, allow_inf_nan=False)
    required: bool = False
    penalty: bool = False
    topic: Line | None = None
    hint: Line | None = None
    kind: Literal["statement", "formula", "list_item"] = "statement"
    paraphrases: list[Line] = Field(default=[], max_length=20)


class GroupIn(Strict):
    """A group of an inline rubric."""

    id: Identifier
    kind: Literal["any_of", "k_of_n", "exclusive", "prerequisite"]
    members: list[Identifier] = Field(min_length=2, max_length=MAX_KEY_POINTS)
    k: int | None = Field(default=None, ge=1)


class RubricShape(Strict, ABC):
    """What describes a rubric, and is refused where no rubric can be made of it."""

    @model_validator(mode="after")
    def _is_a_rubric(self) -> Self:
        try:
            self.to_rubric()
        except ValidationError as error:
            # Said anew: pydantic's own text would repeat the input, and behind a colon stand ids that the client chose.
            problems = (found["msg"].removeprefix("Value error, ").partition(": ")[0] for found in error.errors())
            raise ValueError("; ".join(problems)) from None
        return self

    @abstractmethod
    def to_rubric(self) -> Rubric:
        """The rubric this describes."""


class RubricIn(RubricShape):
    """A rubric sent with the request."""

    question: Text
    key_points: list[KeyPointIn] = Field(min_length=1, max_length=MAX_KEY_POINTS)
    groups: list[GroupIn] = Field(default=[], max_length=MAX_KEY_POINTS)

    def to_rubric(self) -> Rubric:
        """The rubric this describes; its question gets an id from its text."""
        return Rubric(
            question=inline_question(self.question),
            key_points=tuple(KeyPoint.model_validate_json(point.model_dump_json()) for point in self.key_points),
            groups=tuple(Group.model_validate_json(group.model_dump_json()) for group in self.groups),
        )


class GradeRequest(Strict):
    """An answer and what to grade it against: a question of the bank, an inline rubric, or a reference answer."""

    answer: str = Field(max_length=MAX_CHARACTERS)
    question_id: QuestionId | None = None
    rubric: RubricIn | None = None
    question: Text | None = None
    reference_answer: Text | None = None
    judge: QuestionId | None = None
    feedback: Literal["full", "hints", "none"] = "full"
    llm_feedback: bool | None = None
    candidate_ref: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _names_one_yardstick(self) -> Self:
        by_reference = self.question is not None or self.reference_answer is not None
        if [self.question_id is not None, self.rubric is not None, by_reference].count(True) != 1:
            raise ValueError("send exactly one of: question_id; rubric; question with reference_answer")
        if by_reference and (self.question is None or self.reference_answer is None):
            raise ValueError("question and reference_answer belong together; one of them is missing")
        return self


class DraftRequest(Strict):
    """A reference answer to draw key points from: by its structure, or by the LLM where one is configured."""

    question: Text
    reference_answer: Text
    extractor: Literal["structure", "llm"] = "structure"


class PromisedGrade(BaseModel):
    """A grade that is still to come: queued, running, or failed for good for this `reason`; then send it anew."""

    id: str
    status: Literal["queued", "running", "failed"]
    question_id: str
    rubric_hash: str
    candidate_ref: str | None
    score: None = None
    reason: str
    accepted_at: datetime

    @classmethod
    def of(cls, pending: PendingGrade) -> Self:
        """What is told of a promise; what is to be graded stays inside."""
        fields = ("id", "question_id", "rubric_hash", "candidate_ref", "reason", "accepted_at")
        return cls(status=pending.state.value, **{name: getattr(pending, name) for name in fields})


class GradeList(BaseModel):
    """A page of grades, the newest first; `next` is the cursor of the next page, null on the last."""

    grades: list[ListedGrade]
    next: str | None


class QuestionList(BaseModel):
    """Questions that fit a filter."""

    questions: list[Question]
    total: int


class Health(BaseModel):
    """Whether the service is alive or ready; `waiting_for` names what is not there yet."""

    status: Literal["ok", "starting", "failed"]
    waiting_for: list[str] = []
