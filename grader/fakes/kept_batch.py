"""One batch in the memory of the fake store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from grader.access import Amount
from grader.ports import REDONE, Batch, Chunk, Counts, Item, ItemStatus, Result
from rubrics.model import Rubric


@dataclass
class KeptBatch:
    """A batch with all that is its."""

    tenant: str
    batch: Batch
    rubrics: dict[str, Rubric] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    chunks: dict[int, Chunk] = field(default_factory=dict)
    spent: dict[int, Amount] = field(default_factory=dict)

    def counts(self, chunk: Chunk | None = None) -> Counts:
        """How many rows have which status: of the batch, or of those that a chunk settles."""
        mine = [each for each in self.results.values() if chunk is None or self._is_in(each.idx, chunk)]
        by_status = {status.value: sum(each.status is status for each in mine) for status in ItemStatus}
        amounts = self.spent.values() if chunk is None else [self.spent.get(chunk.lo, Amount())]
        return Counts(**by_status, spent=sum(amounts, Amount()))

    def open(self, idx: int) -> bool:
        """Whether a row is to be graded."""
        result = self.results.get(idx)
        return result is None or (result.status in REDONE and result.generation < self.batch.redo_before)

    def is_settled(self, chunk: Chunk) -> bool:
        """Whether nothing is left to do of a chunk."""
        return not any(self.open(idx) for idx in self.items if self._is_in(idx, chunk))

    def chunk(self, lo: int) -> Chunk:
        """A chunk with its counts."""
        chunk = self.chunks[lo]
        rows = sum(self._is_in(idx, chunk) for idx in self.items)
        return replace(chunk, rows=rows, counts=self.counts(chunk))

    def cut(self, chunk_rows: int) -> None:
        """Cut it into chunks."""
        total = len(self.items)
        for lo in range(0, total, chunk_rows):
            self.chunks[lo] = Chunk(lo, min(lo + chunk_rows, total), 0)

    def _is_in(self, idx: int, chunk: Chunk) -> bool:
        same_as = self.items[idx].same_as
        return chunk.lo <= (idx if same_as is None else same_as) < chunk.hi
