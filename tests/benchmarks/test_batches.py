"""What a batch costs beside the grading: time a row, memory, and the time a look at the progress takes.

`pytest -m slow tests/benchmarks/test_batches.py -s`; the rows come from BATCH_ROWS (default 10,000; 1,000,000 takes an
hour on a busy machine).
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from grader.access import LOCAL
from grader.batch import Batches, Lane, NewBatch, NewRow
from grader.bootstrap.batches import OFFLINE, BatchWork
from grader.bootstrap.stores import Storage
from grader.domain import Grade
from grader.grading import Request
from grader.ports import BatchState
from grader.settings import Settings
from rubrics.bank import Bank
from tests.grader.adapters.sql.examples import grade

RUBRIC = Bank().rubric("DL0028")
MOST_MEMORY_MB = 400
MOST_LOOK_SECONDS = 0.02


@pytest.mark.slow
async def test_a_batch_of_instant_grades(tmp_path: Path) -> None:
    total = int(os.environ.get("BATCH_ROWS", "10000"))
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'grader.db'}")
    storage = Storage(settings)

    async def make(_tenant: str, request: Request) -> Grade:
        return grade(candidate_ref=request.candidate_ref)

    work = BatchWork(settings, storage, {OFFLINE: Lane(make, rows_at_once=64)}, lambda _options: OFFLINE)

    async def rows() -> AsyncIterator[NewRow]:
        for number in range(total):
            yield NewRow(RUBRIC, f"answer {number} " + "with some forty words " * 10)

    start = time.perf_counter()
    batch = await work.batches.submit(LOCAL, NewBatch(), rows())
    submitted = time.perf_counter()
    async with work.running():
        looks = await _looks(work.batches, batch.id)
    done = time.perf_counter()
    await storage.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    looks.sort()
    print(f"\n{total} rows: submitted at {1000 * (submitted - start) / total:.3f} ms a row,")
    print(f"graded at {1000 * (done - submitted) / total:.3f} ms a row; {memory:.0f} MB at most;")
    print(f"a look at the progress {1000 * looks[len(looks) // 2]:.1f} ms, at most {1000 * looks[-1]:.1f} ms")
    assert memory <= MOST_MEMORY_MB
    assert looks[len(looks) // 2] <= MOST_LOOK_SECONDS


async def _looks(batches: Batches, batch_id: str) -> list[float]:
    """How long each look at the progress took, until the batch is completed."""
    looks: list[float] = []
    while True:
        start = time.perf_counter()
        progress = await batches.progress("local", batch_id)
        looks.append(time.perf_counter() - start)
        if progress.batch.state is BatchState.COMPLETED:
            return looks
        await asyncio.sleep(0.2)
