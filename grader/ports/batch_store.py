"""Where batches are kept: for those who submit and look, and for the workers that grade."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from grader.access import Amount, Limit
from grader.ports.batches import Batch, BatchPlace, Chunk, Counts, Item, PauseReason, Result, Row, Standing, Todo
from rubrics.model import Rubric


class BatchStore(Protocol):
    """Keeps batches, their rows, and how far they are, by tenant; StorageError from every operation."""

    async def create(self, tenant: str, batch: Batch) -> None:
        """Keep a new batch; AlreadyStored where its id, or its tenant's `key`, is not new."""
        ...

    async def add(
        self, tenant: str, batch_id: str, items: Sequence[Item], rubrics: Sequence[Rubric], at: datetime
    ) -> None:
        """Keep rows of a batch in preparation, and what of `rubrics` it does not have yet.

        Finds out which of the rows are the same as an earlier one; their own `same_as` does not matter.
        """
        ...

    async def start(self, tenant: str, batch_id: str, chunk_rows: int, at: datetime) -> Batch:
        """All rows are there: count them, cut them into chunks of `chunk_rows`, and let it run."""
        ...

    async def discard(self, tenant: str, batch_id: str) -> bool:
        """Delete a batch with everything of it, and what people said of its grades; whether it was there."""
        ...

    async def find(self, tenant: str, batch_id: str) -> Batch | None:
        """The tenant's batch with this id, or None."""
        ...

    async def by_key(self, tenant: str, key: str) -> Batch | None:
        """The tenant's batch that was submitted with this key, or None."""
        ...

    async def page(self, tenant: str, *, limit: int, after: BatchPlace | None = None) -> tuple[Batch, ...]:
        """At most `limit` of the tenant's batches, the newest first."""
        ...

    async def progress(self, tenant: str, batch_id: str) -> tuple[Batch, Counts] | None:
        """The tenant's batch and how many of its rows have which status, in one look, or None."""
        ...

    async def counts(self, tenant: str, batch_id: str) -> Counts:
        """How many rows of it have which status."""
        ...

    async def rubrics(self, tenant: str, batch_id: str) -> Mapping[str, Rubric]:
        """What its rows are graded against, by hash."""
        ...

    async def rows(self, tenant: str, batch_id: str, *, after: int, limit: int) -> tuple[Row, ...]:
        """At most `limit` rows behind row number `after`, in order, with their results where they have one."""
        ...

    async def results(self, tenant: str, batch_id: str, idxs: Collection[int]) -> Mapping[int, Result]:
        """What these rows have as results by now, by their numbers."""
        ...

    async def pause(self, tenant: str, batch_id: str, reason: PauseReason, at: datetime) -> bool:
        """Let a running one rest; False where it was not running."""
        ...

    async def resume(self, tenant: str, batch_id: str, at: datetime, limit: Limit | None = None) -> bool:
        """Let a paused one go on as a new generation, with another limit if given; False where it was not paused."""
        ...

    async def cancel(self, tenant: str, batch_id: str, at: datetime) -> bool:
        """End one that runs or is paused, for good; False where there is nothing to end."""
        ...

    async def retry(self, tenant: str, batch_id: str, at: datetime) -> int:
        """Let a completed one do again what is among `REDONE`, as a new generation; how many rows."""
        ...

    async def finish(self, tenant: str, batch_id: str, at: datetime) -> bool:
        """Complete a running one if every row is settled; whether it did."""
        ...


class ChunkStore(Protocol):
    """What workers read and write while they grade; the same tables, and the same errors."""

    async def running(self) -> tuple[tuple[str, Batch], ...]:
        """Every running batch with its tenant, the oldest first."""
        ...

    async def open(self, tenant: str, batch_id: str) -> tuple[Chunk, ...]:
        """Its chunks that are not settled, in order."""
        ...

    async def planned(self, tenant: str, batch_id: str, generation: int) -> None:
        """All chunks of this generation are with the engine."""
        ...

    async def begin(self, tenant: str, batch_id: str, lo: int, generation: int) -> Chunk | None:
        """Start on a chunk, which counts as an attempt; None where the batch does not run in this generation."""
        ...

    async def attempted(self, tenant: str, batch_id: str, lo: int, attempts: int) -> None:
        """So many starts on a chunk count."""
        ...

    async def todo(self, tenant: str, batch_id: str, lo: int, hi: int) -> Todo:
        """What is left to do of rows `[lo, hi)`."""
        ...

    async def save(self, tenant: str, batch_id: str, lo: int, results: Sequence[Result], spent: Amount) -> Standing:
        """Keep results of the chunk at `lo`, and what they took; of two results of one row the first stays.

        Only one that is to be done again is replaced, by a result of a later generation. Empty `results` just ask how
        the batch stands.
        """
        ...

    async def sweep(self, before: datetime) -> int:
        """Delete batches in preparation that nobody has added to since; how many."""
        ...


class BatchSubjects(Protocol):
    """What batches hold about candidates, on the same tables, with the same errors."""

    async def of(self, tenant: str, candidate_ref: str) -> tuple[Row, ...]:
        """Every row about this candidate, of whichever batch."""
        ...

    async def erase(self, tenant: str, candidate_ref: str, at: datetime) -> int:
        """Empty every row about this candidate: answer, columns and grade; rows that were the same keep theirs."""
        ...

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete the batches that ended before, with everything of them; their ids."""
        ...
