"""What is told of batches, over HTTP, to the client and by the command line alike."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel

from grader.access import Amount, Limit
from grader.batch import Estimate, Progress
from grader.intake import BadRow, Survey
from grader.ports import BatchState, PauseReason, Priority


class AmountReport(BaseModel):
    """Calls of a paid model, tokens in and out, and what they cost."""

    calls: int
    tokens: int
    usd: float

    @classmethod
    def of(cls, amount: Amount) -> Self:
        """What is told of an amount."""
        return cls(calls=amount.calls, tokens=amount.tokens, usd=round(amount.usd, 6))


class LimitReport(BaseModel):
    """The most a batch may spend; null does not limit."""

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None

    @classmethod
    def of(cls, limit: Limit) -> Self:
        """What is told of a limit."""
        return cls(calls=limit.calls, tokens=limit.tokens, usd=limit.usd)


class CountsReport(BaseModel):
    """Rows by what became of them; those that are `waiting` have no result yet."""

    graded: int
    needs_review: int
    ungraded: int
    failed: int
    erased: int
    waiting: int


class BatchReport(BaseModel):
    """How far a batch is: `distinct` of its `total` rows are graded, the others have the same answer as one of them.

    `reason` says why it is paused. `rows_per_second` and `eta_seconds` are null while it does not run.
    """

    id: str
    name: str
    state: BatchState
    reason: PauseReason | None
    priority: Priority
    total: int
    distinct: int
    counts: CountsReport
    spent: AmountReport
    limit: LimitReport
    rows_per_second: float | None
    eta_seconds: float | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def settled(self) -> int:
        """Rows with a result."""
        return self.total - self.counts.waiting

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in {BatchState.COMPLETED, BatchState.CANCELLED}

    @classmethod
    def of(cls, progress: Progress) -> Self:
        """What is told of a batch."""
        batch, counts = progress.batch, progress.counts
        told = ("graded", "needs_review", "ungraded", "failed", "erased")
        of_batch = ("id", "name", "state", "reason", "priority", "total", "distinct", "created_at", "finished_at")
        return cls(
            **{name: getattr(batch, name) for name in of_batch},
            counts=CountsReport(**{name: getattr(counts, name) for name in told}, waiting=max(0, progress.waiting)),
            spent=AmountReport.of(counts.spent),
            limit=LimitReport.of(batch.limit),
            rows_per_second=progress.rate,
            eta_seconds=progress.eta_seconds,
        )


class BadRowReport(BaseModel):
    """A row that was left out: its number in the file, and what is wrong with it."""

    row: int
    problem: str

    @classmethod
    def of(cls, row: BadRow) -> Self:
        """What is told of a bad row."""
        return cls(row=row.number, problem=row.problem)


class Submitted(BatchReport):
    """A batch that was just submitted; `left_out` rows of its file were bad, the first of them are described."""

    left_out: int = 0
    bad_rows: tuple[BadRowReport, ...] = ()

    @classmethod
    def with_survey(cls, progress: Progress, survey: Survey) -> Self:
        """What is told of a new batch."""
        bad_rows = tuple(map(BadRowReport.of, survey.described))
        return cls(**BatchReport.of(progress).model_dump(), left_out=survey.bad, bad_rows=bad_rows)


class EstimateReport(BaseModel):
    """What a file would take as a batch; nothing of it is kept, and nobody is asked.

    `takes` is an upper bound for judges that ask a paid model only where they are not sure. `seconds` comes from the
    `rate` of earlier batches here, or of the machine the default was measured on; null where nothing was measured.
    """

    rows: int
    distinct: int
    key_points: int
    takes: AmountReport
    seconds: float | None
    rate: Literal["measured", "default"] | None
    left_out: int
    bad_rows: tuple[BadRowReport, ...] = ()

    @classmethod
    def of(cls, estimate: Estimate, survey: Survey, rate: Literal["measured", "default"] | None) -> Self:
        """What is told of an estimate."""
        return cls(
            rows=estimate.rows,
            distinct=estimate.distinct,
            key_points=estimate.points,
            takes=AmountReport.of(estimate.takes),
            seconds=None if rate is None else round(estimate.seconds, 1),
            rate=rate,
            left_out=survey.bad,
            bad_rows=tuple(map(BadRowReport.of, survey.described)),
        )
