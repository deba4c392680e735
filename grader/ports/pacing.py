"""A pace that several processes keep together."""

from __future__ import annotations

from typing import Protocol


class PaceStore(Protocol):
    """Keeps, by name, when the next place of a pace is free; StorageError where that cannot be done."""

    async def lease(self, name: str, places: int, per_second: float) -> float:
        """Take the next `places` of the pace, and return in how many seconds the first of them is due.

        Negative where it was due before: places that nobody took stay free for `CATCH_UP` seconds.
        """
        ...


CATCH_UP = 0.5
"""Seconds that who was late may make good; more would be a burst."""
