"""What a batch would take, before anything is paid for."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass

from grader.access import Amount
from grader.batch.submission import NewRow, Options, request_for
from grader.grading import Request
from grader.ports import Item


@dataclass(frozen=True)
class Estimate:
    """Rows, how many of them are to be graded (`distinct`), their key points, and what that may take.

    `seconds` is at the rate measured on this machine, or the shipped one where nothing was measured.
    """

    rows: int
    distinct: int
    points: int
    takes: Amount
    seconds: float


async def estimate(
    rows: AsyncIterable[NewRow], options: Options, taking: Callable[[Request], Amount], rows_per_second: float
) -> Estimate:
    """The estimate for these rows; reads them all and keeps 16 bytes of each."""
    seen: set[bytes] = set()
    count, points, takes = 0, 0, Amount()
    async for row in rows:
        count += 1
        item = Item(count, row.rubric.content_hash, row.answer)
        if item.sameness in seen:
            continue
        seen.add(item.sameness)
        points += len(row.rubric.key_points)
        takes += taking(request_for(item, row.rubric, options))
    return Estimate(count, len(seen), points, takes, len(seen) / rows_per_second)
