"""How the rows of each queue are graded: what makes their grades, what one may take, how many at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from grader.access import Amount
from grader.domain import Grade
from grader.grading import Request

SLICE_ROWS: Final = 250
"""Rows read at a time."""

STALLED_SECONDS: Final = 1_200.0
"""A chunk that somebody works on and that got no result for so long is given to somebody else, too: harmless."""

Make = Callable[[str, Request], Awaitable[Grade]]
"""Makes the grade of a tenant's request."""


@dataclass(frozen=True)
class Lane:
    """What becomes of one queue's rows: `make` grades one, which takes at most what `taking` says.

    `rows_at_once` of the `slice_rows` that are read of a chunk are under way at a time.
    """

    make: Make
    taking: Callable[[Request], Amount] = lambda _request: Amount()
    rows_at_once: int = 8
    slice_rows: int = SLICE_ROWS
    stalled_seconds: float = STALLED_SECONDS
