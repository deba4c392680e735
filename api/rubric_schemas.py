"""What goes over the wire about rubrics: whole rubrics in, versions, changes and previews out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.cursors import MAX_LENGTH
from api.queries import PAGE, Limit
from api.schemas import GroupIn, KeyPointIn, QuestionId, RubricShape, Strict
from api.texts import Line, Text
from grader.selftest import CheckReport
from rubrics.model import MAX_KEY_POINTS, MAX_RULINGS, Identifier, Rubric
from rubrics.versions import RubricVersion, State
from rubrics.versions.differences import Change

Note = Annotated[str, Field(min_length=1, max_length=1_000)]


class RulingIn(Strict):
    """What some words of candidates count as."""

    said: Line
    counts_as: Literal["covered", "partial", "missing", "contradicted"] = "covered"
    note: Line | None = None


class SpanIn(Strict):
    """A character range `[start, end)` of the reference answer."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)


class SymbolIn(Strict):
    """One symbol of a formula and what it stands for."""

    name: Line
    meaning: Line


class AuthoredPointIn(KeyPointIn):
    """A key point of a rubric that is kept: with its source, its symbols, and what reviewers decided."""

    symbols: list[SymbolIn] = Field(default=[], max_length=50)
    source: SpanIn | None = None
    rulings: list[RulingIn] = Field(default=[], max_length=MAX_RULINGS)


class AuthoredQuestionIn(Strict):
    """A question whose rubric is kept."""

    id: Identifier
    title: Line
    text: Text
    category: Line | None = None
    difficulty: Literal["easy", "medium", "hard"] | None = None
    tags: list[Line] = Field(default=[], max_length=50)


class AuthoredRubricIn(RubricShape):
    """A whole rubric, as a rubric file has it."""

    question: AuthoredQuestionIn
    reference_answer: Text | None = None
    key_points: list[AuthoredPointIn] = Field(min_length=1, max_length=MAX_KEY_POINTS)
    groups: list[GroupIn] = Field(default=[], max_length=MAX_KEY_POINTS)
    notes: Text | None = None

    def to_rubric(self) -> Rubric:
        """The rubric this describes."""
        return Rubric.model_validate_json(self.model_dump_json(exclude_none=True))


class CheckRequest(Strict):
    """A rubric to look for faults in."""

    rubric: AuthoredRubricIn
    judge: QuestionId | None = None


class PublishRequest(Strict):
    """A rubric to keep; with `publish` its question is graded by it from now on, once it passes its check."""

    rubric: AuthoredRubricIn
    publish: bool = True
    judge: QuestionId | None = None
    note: Note | None = None


class PreviewRequest(Strict):
    """An edited rubric; with a `judge` the points whose wording changed are judged anew."""

    rubric: AuthoredRubricIn
    pass_mark: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    judge: QuestionId | None = None


class RulingRequest(RulingIn):
    """A decision on an edge case of a key point."""

    key_point_id: Identifier


class StateRequest(Strict):
    """The state to put a version into."""

    state: Literal["published", "retired"]


class StateParameters(BaseModel):
    """Which versions to list, and from where on."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[State, Field(description="In this state")] = State.PUBLISHED
    limit: Annotated[Limit, Field(description="Most versions of a page")] = PAGE
    cursor: Annotated[str | None, Field(max_length=MAX_LENGTH, description="`next` of the page before")] = None


class DiffParameters(BaseModel):
    """What to compare with: a question id, or a content hash."""

    model_config = ConfigDict(extra="forbid")

    to: str = Field(min_length=1, max_length=80)


class VersionOut(BaseModel):
    """One version, with its rubric and, where it was checked just now, the report."""

    id: str
    version: RubricVersion
    check: CheckReport | None = None


class RubricOut(BaseModel):
    """What a question is graded by; `version` is null for a rubric of the bank."""

    id: str
    rubric: Rubric
    version: RubricVersion | None = None


class VersionList(BaseModel):
    """Versions, the newest first."""

    versions: list[VersionOut]


class VersionPage(VersionList):
    """A page of versions, the last to get into their state first; `next` is the cursor of the next page, or null."""

    next: str | None


class ChangeList(BaseModel):
    """What changed; `free` says that stored verdicts are enough to grade by the new rubric."""

    changes: list[Change]
    free: bool
