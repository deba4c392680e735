"""The engine that hands chunks of batches to workers; it dispatches, the tables of `BatchStore` are the truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class JobKind(StrEnum):
    """What is to be done: hand all chunks of a batch to the engine, or grade one of them."""

    PLAN = "plan"
    CHUNK = "chunk"


@dataclass(frozen=True)
class Job:
    """One piece of work; of two with one `id` the engine knows only the first. A lower `priority` goes first."""

    id: str
    kind: JobKind
    queue: str
    tenant: str
    batch_id: str
    generation: int
    lo: int = 0
    priority: int = 20


class JobState(StrEnum):
    """Whether a job waits for a worker or has one; those that ended are not listed."""

    WAITING = "waiting"
    TAKEN = "taken"


@dataclass(frozen=True)
class KnownJob:
    """A job as the engine sees it; a taken one names its worker's `executor` id."""

    id: str
    state: JobState
    executor: str | None = None


Work = Callable[[Job], Awaitable[Sequence[Job]]]
"""Does a job and returns those it leads to, which the engine then knows; it may be called twice for one job."""


class BatchEngine(Protocol):
    """Four verbs; the engine survives a crash of its process, and every job is done at least once."""

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        """Know these jobs; those it knows already stay as they are, ended or not."""
        ...

    async def cancel(self, job_ids: Collection[str]) -> None:
        """Forget what waits; what is under way ends by itself."""
        ...

    async def resume(self, job_ids: Collection[str]) -> None:
        """Let these jobs be done again by whoever is free: their worker is dead."""
        ...

    async def list(self, prefix: str = "") -> tuple[KnownJob, ...]:
        """The jobs that wait or are taken whose ids begin so."""
        ...
