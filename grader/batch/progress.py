"""How far a batch is, and how long it will still take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.ports import Batch, BatchState, Counts


@dataclass(frozen=True)
class Progress:
    """A batch and its counts; `rate` is rows a second since it last began to run, `eta_seconds` what is left at it.

    Both are None until something is settled, and where it does not run.
    """

    batch: Batch
    counts: Counts
    rate: float | None = None
    eta_seconds: float | None = None

    @property
    def settled(self) -> int:
        """Rows with a result."""
        return self.counts.settled

    @property
    def waiting(self) -> int:
        """Rows without one."""
        return self.batch.total - self.counts.settled


def progress_of(batch: Batch, counts: Counts, now: datetime) -> Progress:
    """How far it is at `now`."""
    since = batch.resumed_at
    if batch.state is not BatchState.RUNNING or since is None:
        return Progress(batch, counts)
    seconds, settled = (now - since).total_seconds(), counts.settled - batch.settled
    if settled <= 0 or seconds <= 0:
        return Progress(batch, counts)
    rate = settled / seconds
    return Progress(batch, counts, rate, (batch.total - counts.settled) / rate)
