"""Batches: many answers accepted at once, graded in chunks, each row exactly once whatever happens to the processes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from grader.access import Amount, Limit


class BatchState(StrEnum):
    """How far a batch is; in `preparing` its rows are still coming in, the last two are final but for a retry."""

    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PauseReason(StrEnum):
    """Why a batch is paused: somebody asked, a budget is spent, or its judge is not set up here."""

    ASKED = "asked"
    BUDGET = "budget_exhausted"
    TENANT_BUDGET = "tenant_budget_exhausted"
    CONFIGURATION = "configuration"


class Priority(StrEnum):
    """Which batches go first; those of one priority share."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class ItemStatus(StrEnum):
    """What became of a row: the first three are those of its grade, `failed` has a reason instead of a grade.

    An `erased` row has neither: its candidate asked for that.
    """

    GRADED = "graded"
    NEEDS_REVIEW = "needs_review"
    UNGRADED = "ungraded"
    FAILED = "failed"
    ERASED = "erased"


REDONE: Final = frozenset({ItemStatus.UNGRADED, ItemStatus.FAILED})
"""What a retry does again."""


@dataclass(frozen=True)
class Batch:
    """A batch as it stands; it is made of `total` rows, of which `distinct` are to be graded.

    `options` is how to grade, as JSON (`grader.batch.Options`). Each resume and each retry is a new `generation`, whose
    chunks are the only ones that still count; `planned` is the last of which all chunks were handed to the engine, and
    what stands for a result since before `redo_before` and is among `REDONE` is done again. `limit` is what it
    may spend, `spent` what it has. `settled` rows had their result when it was last `resumed_at`.
    """

    id: str
    name: str
    state: BatchState
    options: str
    queue: str
    created_at: datetime
    touched_at: datetime
    priority: Priority = Priority.NORMAL
    total: int = 0
    distinct: int = 0
    chunk_rows: int = 0
    generation: int = 1
    planned: int = 0
    redo_before: int = 0
    limit: Limit = field(default_factory=Limit)
    reason: PauseReason | None = None
    made_by: str | None = None
    key: str | None = None
    resumed_at: datetime | None = None
    settled: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Item:
    """One row: an answer to be graded against the rubric of this hash; `extra` are its other columns, kept as they are.

    `same_as` is the first row of the batch with the same answer to the same rubric, where that is another one.
    """

    idx: int
    rubric_hash: str
    answer: str
    candidate_ref: str | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    same_as: int | None = None

    @property
    def sameness(self) -> bytes:
        """16 bytes that two rows share only if they have the same answer to the same rubric."""
        text = f"{self.rubric_hash}\0{self.answer}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=16).digest()

    @property
    def emptied(self) -> Item:
        """What is left of it once its candidate is forgotten."""
        return Item(self.idx, self.rubric_hash, "")


@dataclass(frozen=True)
class Result:
    """What became of one row; `grade` is the Grade as JSON, or None with a `reason`.

    `salt` is that of what the decision log says of it, and goes when its candidate is erased.
    """

    idx: int
    status: ItemStatus
    generation: int
    made_at: datetime
    score: float | None = None
    grade: str | None = None
    reason: str = ""
    salt: bytes | None = field(default=None, repr=False)


def grade_id_of(batch_id: str, idx: int, generation: int) -> str:
    """The id of the grade that a row got in a generation: it says itself where the grade is."""
    return f"{batch_id}.{idx}.{generation}"


def place_of(grade_id: str) -> tuple[str, int, int] | None:
    """Batch, row and generation of a grade that was made in a batch; None where it was not."""
    batch_id, *numbers = grade_id.rsplit(".", 2)
    if len(numbers) != 2 or not all(number.isdecimal() and len(number) < 10 for number in numbers):  # noqa: PLR2004
        return None
    return batch_id, int(numbers[0]), int(numbers[1])


@dataclass(frozen=True)
class Row:
    """A row with its result, if it has one yet."""

    item: Item
    result: Result | None = None


@dataclass(frozen=True)
class Counts:
    """How many rows have which status, and what grading them took."""

    graded: int = 0
    needs_review: int = 0
    ungraded: int = 0
    failed: int = 0
    erased: int = 0
    spent: Amount = field(default_factory=Amount)

    @property
    def settled(self) -> int:
        """How many rows have a result."""
        return self.graded + self.needs_review + self.ungraded + self.failed + self.erased

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


@dataclass(frozen=True)
class Chunk:
    """Rows `[lo, hi)` of a batch, graded by one worker at a time, with all rows elsewhere that are the same as one.

    `rows` of them and of those are settled by it; `attempts` counts the starts since it last got a result.
    """

    lo: int
    hi: int
    rows: int
    counts: Counts = field(default_factory=Counts)
    attempts: int = 0


@dataclass(frozen=True)
class Todo:
    """What is left of a stretch of rows: the rows to grade, and by the number of each the rows that are the same."""

    items: tuple[Item, ...]
    same: Mapping[int, tuple[Item, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Standing:
    """What a worker must know of a batch while it grades: whether it still runs, in which generation, what it spent.

    `kept` are the rows whose results, of those just handed in, are the ones that stay.
    """

    state: BatchState
    generation: int
    spent: Amount
    kept: frozenset[int] = frozenset()


@dataclass(frozen=True)
class BatchPlace:
    """Where a page of batches ended: its last one's `created_at` and id."""

    created_at: datetime
    id: str
