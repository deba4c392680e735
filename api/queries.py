"""Query parameters, read as strictly as a body: each known, once, and of the form it should have."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import unquote_to_bytes

from fastapi import Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from api.cursors import MAX_LENGTH
from api.errors import FieldError, Problem, invalid
from grader.domain import Status
from grader.ports import GradeFilter
from rubrics.model import Difficulty

PAGE: Final = 50
MAX_PAGE: Final = 200
"""Grades on a page, if nothing else is asked for, and at most: 200 are about 1 MB."""

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d[T ].+", re.ASCII)
_YEARS: Final = range(1970, 3000)


async def check_query(request: Request) -> None:
    """Refuse a query whose text is broken (400), holds NUL, or names a parameter twice (422)."""
    raw = request.scope["query_string"]
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise Problem(400, "malformed-request", "The query is not UTF-8.") from None
    if "\0" in text:
        raise Problem(422, "invalid-text", "The query holds a NUL character.")
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise invalid(FieldError(pointer="query", code="repeated", detail="A parameter stands twice; send it once."))


def digits(value: object) -> object:
    """Only plain digits are a number: pydantic would take 1_0, +1, 1.0 and blanks too."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError("a whole number, in digits")
    return value


def _dated(value: object) -> object:
    """Only a date with a time is a moment: pydantic would take a number of seconds too."""
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("a moment with its time zone, such as 2026-11-21T12:00:00Z")
    return value


def _of_our_times(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise ValueError(f"a moment in the years {_YEARS[0]} to {_YEARS[-1]}")
    return value


Limit = Annotated[int, BeforeValidator(digits), Field(ge=1, le=MAX_PAGE)]
Moment = Annotated[AwareDatetime, BeforeValidator(_dated), AfterValidator(_of_our_times)]


class Parameters(BaseModel):
    """Parameters of a query: no unknown one."""

    model_config = ConfigDict(extra="forbid")


class QuestionParameters(Parameters):
    """Which questions are wanted."""

    category: Annotated[str | None, Field(max_length=100, description="Exactly this category")] = None
    difficulty: Annotated[Difficulty | None, Field(description="Exactly this difficulty")] = None
    text: Annotated[str | None, Field(max_length=200, description="Words that its title or text holds")] = None


class GradeParameters(Parameters):
    """Which grades are wanted, and from where on."""

    question_id: Annotated[str | None, Field(min_length=1, max_length=64, description="Of this question")] = None
    status: Annotated[Status | None, Field(description="With this status, as it counts once people have spoken")] = None
    candidate_ref: Annotated[str | None, Field(min_length=1, max_length=200, description="Of this candidate")] = None
    since: Annotated[Moment | None, Field(description="Made at this moment or later; with its time zone")] = None
    limit: Annotated[Limit, Field(description="Most grades of a page")] = PAGE
    cursor: Annotated[str | None, Field(max_length=MAX_LENGTH, description="`next` of the page before")] = None

    @property
    def filter(self) -> GradeFilter:
        """The filter they make."""
        return GradeFilter(self.question_id, self.status, self.candidate_ref, self.since)

    @property
    def identity(self) -> str:
        """The filter in words of one form: what a cursor belongs to."""
        return self.model_dump_json(include={"question_id", "status", "candidate_ref", "since"})
