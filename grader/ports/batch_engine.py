"""The engine that hands chunks of batches to workers; it dispatches, the tables of `BatchStore` are the truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Job:
    """The chunk of a batch at `lo`, to be graded in this generation; a lower `priority`, from 1 on, goes first.

    Of two with one `id` the engine knows only the first.
    """

    id: str
    queue: str
    tenant: str
    batch_id: str
    generation: int
    lo: int
    priority: int = 20


class JobState(StrEnum):
    """Whether a job waits for a worker or has one; those that ended are not listed."""

    WAITING = "waiting"
    TAKEN = "taken"


@dataclass(frozen=True)
class KnownJob:
    """A job as the engine sees it."""

    id: str
    state: JobState


Work = Callable[[Job], Awaitable[None]]
"""Does a job; it may be called twice for one, even at the same time."""


class BatchEngine(Protocol):
    """Four verbs; the engine survives a crash of its process, and every job is done at least once."""

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        """Know these jobs; those it knows already stay as they are, ended or not."""
        ...

    async def cancel(self, job_ids: Collection[str]) -> None:
        """Forget what waits; what is under way ends by itself."""
        ...

    async def resume(self, job_ids: Collection[str]) -> None:
        """Let these jobs be done again by whoever is free; those that ended stay ended."""
        ...

    async def list(self, prefix: str = "") -> tuple[KnownJob, ...]:
        """The jobs that wait or are taken whose ids begin so."""
        ...
