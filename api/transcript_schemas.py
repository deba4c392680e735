"""What goes over the wire about interviews: a file and its questions in, a report in versions out."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas import QuestionId, RubricIn, Strict
from api.texts import Line
from grader.interviews.report import InterviewReport
from grader.ports import InterviewState, KeptInterview

MAX_QUESTIONS = 50
"""Questions of one plan; an interview has time for ten."""

Speaker = Annotated[str, Field(min_length=1, max_length=200)]
CandidateRef = Annotated[str, Field(min_length=1, max_length=200)]
RoleName = Literal["interviewer", "candidate", "other"]
TurnNumber = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,5})$")]


class FileIn(Strict):
    """A transcript's file: text as it is, anything else (DOCX, other encodings) in Base64."""

    name: Line
    content: str | None = Field(default=None, min_length=1)
    content_base64: str | None = Field(default=None, min_length=1, pattern=r"^[A-Za-z0-9+/\s]+=*\s*$")

    @model_validator(mode="after")
    def _has_one_content(self) -> Self:
        if (self.content is None) is (self.content_base64 is None):
            raise ValueError("send exactly one of content and content_base64")
        try:
            base64.b64decode(self.content_base64 or "", validate=False)
        except binascii.Error:
            raise ValueError("content_base64 is not Base64") from None
        return self

    @property
    def raw(self) -> bytes:
        """The file's bytes."""
        return self.content.encode() if self.content is not None else base64.b64decode(self.content_base64 or "")


class PlannedIn(Strict):
    """A planned question: of the bank or published, or a rubric; `phrasings` are other ways in which it is asked."""

    question_id: QuestionId | None = None
    rubric: RubricIn | None = None
    phrasings: list[Line] = Field(default=[], max_length=20)

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.question_id is None) is (self.rubric is None):
            raise ValueError("send exactly one of question_id and rubric")
        return self


class TranscriptRequest(Strict):
    """An interview and the questions it was to be about, in their order."""

    file: FileIn
    questions: list[PlannedIn] = Field(min_length=1, max_length=MAX_QUESTIONS)
    roles: dict[Speaker, RoleName] = Field(default={}, max_length=50)
    interviewers: list[Line] = Field(default=[], max_length=20)
    candidates: list[Line] = Field(default=[], max_length=20)
    accept_roles: bool = False
    judge: QuestionId | None = None
    feedback: Literal["full", "hints", "none"] = "full"
    prompted: Literal["half", "none", "full"] = "half"
    candidate_ref: CandidateRef | None = None
    candidate_refs: dict[Speaker, CandidateRef] = Field(default={}, max_length=20)


class AlignmentRequest(Strict):
    """What a person puts right: who is who, whose a turn is, which question it belongs to (null: to none)."""

    roles: dict[Speaker, RoleName] = Field(default={}, max_length=50)
    turns: dict[TurnNumber, QuestionId | None] = Field(default={}, max_length=1_000)
    turn_roles: dict[TurnNumber, RoleName] = Field(default={}, max_length=1_000)
    accept_roles: bool = False


class VersionParameters(BaseModel):
    """Which version to show."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int | None, Field(ge=1, le=1_000_000, description="Default: the newest")] = None


class ReportParameters(BaseModel):
    """The report's form, and interviews to show beside this one."""

    model_config = ConfigDict(extra="forbid")

    form: Annotated[Literal["html", "csv", "json"], Field(description="One file in this form")] = "html"
    beside: Annotated[
        str | None, Field(max_length=1_000, description="Ids of other interviews, with commas between them")
    ] = None


class InterviewOut(BaseModel):
    """A version of an interview: how far it is, and what it came to once it is `graded` or `needs_roles`."""

    id: str
    version: int
    status: InterviewState
    reason: str
    created_at: datetime
    report: InterviewReport | None

    @classmethod
    def of(cls, kept: KeptInterview) -> Self:
        """What is told of a version; what was handed in stays inside."""
        return cls(
            id=kept.id,
            version=kept.version,
            status=kept.state,
            reason=kept.reason,
            created_at=kept.created_at,
            report=InterviewReport.model_validate_json(kept.report) if kept.report else None,
        )
