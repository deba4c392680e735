"""Cutting a long answer into stretches that the network can read, at ends of sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence


def windows(length: int, sentence_starts: Sequence[int], limit: int) -> list[range]:
    """Ranges of at most `limit` that cover `[0, length)`, each beginning with the last sentence of the one before.

    `sentence_starts` is where sentences begin, ascending; a sentence longer than `limit` is cut where it must be.
    """
    found = []
    start = 0
    while length - start > limit:
        end = _last(sentence_starts, start + limit, start) or start + limit
        found.append(range(start, end))
        start = _last(sentence_starts, end - 1, start) or end
    return [*found, range(start, length)]


def _last(starts: Sequence[int], until: int, beyond: int) -> int | None:
    """The last sentence start in `(beyond, until]`."""
    place = bisect_right(starts, until) - 1
    return starts[place] if place >= 0 and starts[place] > beyond else None
