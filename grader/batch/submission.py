"""What somebody submits as a batch, and the requests its rows become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from grader.access import Limit
from grader.feedback import FeedbackMode
from grader.grading import Request, ScreeningPolicy
from grader.ports import Item, Priority
from rubrics.model import Rubric


class Options(BaseModel):
    """How every answer of a batch is graded; the fields mean what they mean in `grading.Request`.

    With `half_price` the LLM is asked by bulk jobs, which take up to a day each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: str | None = None
    feedback: FeedbackMode = FeedbackMode.FULL
    coached: bool | None = None
    screening: ScreeningPolicy | None = None
    half_price: bool = False


@dataclass(frozen=True)
class NewBatch:
    """A batch to be: `limit` is the most it may spend before it pauses, `key` makes a second submission the first."""

    name: str = ""
    options: Options = field(default_factory=Options)
    priority: Priority = Priority.NORMAL
    limit: Limit = field(default_factory=Limit)
    key: str | None = None


@dataclass(frozen=True)
class NewRow:
    """One row to be: an answer, what it is graded against, and its other columns, kept as they are."""

    rubric: Rubric
    answer: str
    candidate_ref: str | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def request_for(item: Item, rubric: Rubric, options: Options) -> Request:
    """What is asked for by a row."""
    return Request(
        rubric,
        item.answer,
        judge=options.judge,
        feedback=options.feedback,
        candidate_ref=item.candidate_ref,
        coached=options.coached,
        screening=options.screening,
    )
