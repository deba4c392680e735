"""What goes over the wire about batches besides the reports themselves."""

from __future__ import annotations

from pydantic import BaseModel

from grader.batch_desk import BatchReport


class BatchList(BaseModel):
    """A page of batches, the newest first; `next` is the cursor of the next page, null on the last."""

    batches: list[BatchReport]
    next: str | None


class Retried(BaseModel):
    """How many rows are graded again, and the batch."""

    rows: int
    batch: BatchReport
