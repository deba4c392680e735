"""The query parameters of batches: how a file is to be graded, and what that may cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from api.cursors import MAX_LENGTH
from api.queries import PAGE, Parameters, digits
from api.queries import Limit as PageSize
from grader.access import Limit
from grader.batch import NewBatch, Options
from grader.batch_desk import BadRows
from grader.feedback import FeedbackMode
from grader.ports import Priority

Count = Annotated[int, BeforeValidator(digits), Field(ge=0)]


class BudgetParameters(Parameters):
    """The most that a batch may spend before it pauses; one that is not named does not limit."""

    budget_calls: Annotated[Count | None, Field(description="Most calls of a paid model")] = None
    budget_tokens: Annotated[Count | None, Field(description="Most tokens, in and out")] = None
    budget_usd: Annotated[float | None, Field(ge=0, allow_inf_nan=False, description="Most USD")] = None

    @property
    def limit(self) -> Limit:
        """The limit they make."""
        return Limit(self.budget_calls, self.budget_tokens, self.budget_usd)


class SubmissionParameters(BudgetParameters):
    """What is to be made of a file of answers."""

    name: Annotated[str, Field(max_length=200, description="For people")] = ""
    judge: Annotated[str | None, Field(min_length=1, max_length=64, description="Of every row")] = None
    feedback: Annotated[FeedbackMode, Field(description="As in `POST /v1/grades`")] = FeedbackMode.FULL
    llm_feedback: Annotated[bool | None, Field(description="Let the LLM put the feedback into words")] = None
    priority: Annotated[Priority, Field(description="Which batches go first")] = Priority.NORMAL
    bad_rows: Annotated[BadRows, Field(description="Accept nothing, or all but them")] = BadRows.REFUSE
    question_id: Annotated[
        str | None, Field(min_length=1, max_length=64, description="What rows are graded against that do not say")
    ] = None
    half_price: Annotated[
        bool, Field(description="Ask the LLM by bulk jobs at half the price; a row takes up to a day, or two")
    ] = False
    dry_run: Annotated[bool, Field(description="Only tell what it would take; nothing is kept")] = False

    def batch(self, key: str | None) -> NewBatch:
        """The batch they ask for."""
        return NewBatch(self.name, self.options, self.priority, self.limit, key)

    @property
    def options(self) -> Options:
        """How its rows are to be graded."""
        return Options(judge=self.judge, feedback=self.feedback, coached=self.llm_feedback, half_price=self.half_price)


class BatchPageParameters(Parameters):
    """Which page of the list is wanted."""

    limit: Annotated[PageSize, Field(description="Most batches of a page")] = PAGE
    cursor: Annotated[str | None, Field(max_length=MAX_LENGTH, description="`next` of the page before")] = None


class ResultParameters(Parameters):
    """In which form results are wanted, for clients that cannot say it in `Accept`."""

    format: Annotated[str | None, Field(pattern="^(jsonl|csv|html)$", description="`jsonl`, `csv` or `html`")] = None
