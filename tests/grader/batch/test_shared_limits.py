"""What all workers together may ask of a provider, with real processes on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import pytest

from grader.bootstrap.batches import LLM
from tests.grader.batch.test_kills import observing
from tests.grader.batch.worker import Plan, spans, working

CAP = 6
"""Three quarters of the eight calls that one process may make at a time: two would make twelve."""


def most_at_once(found: list[tuple[float, float]]) -> int:
    """How many of these were under way at the same time."""
    changes = sorted([(begun, 1) for begun, _ in found] + [(ended, -1) for _, ended in found])
    return max(accumulate(change for _, change in changes))


async def test_two_workers_together_have_no_more_rows_under_way_than_is_allowed(new_plan: Callable[..., Plan]) -> None:
    plan = new_plan("postgresql", seconds=0.03, rows=CAP, queue=LLM, in_flight=CAP)
    async with observing(plan, 120) as observer:
        with working(plan), working(plan):
            await observer.until(120, 60)
    assert most_at_once(spans(plan)) == CAP


@pytest.mark.slow  # what is measured is time
async def test_two_workers_together_keep_the_rate_within_five_per_cent(new_plan: Callable[..., Plan]) -> None:
    rate, rows = 20, 400
    plan = new_plan("postgresql", seconds=0.1, rows=16, queue=LLM, per_minute=60 * rate)
    async with observing(plan, 16 * rows) as observer:  # of which so many are waited for: its chunks are not small
        with working(plan), working(plan):
            await observer.until(rows, 120)
    begun = [begin for begin, _ in spans(plan)]
    found = (len(begun) - 1) / (begun[-1] - begun[0])
    assert found == pytest.approx(rate, rel=0.05)
