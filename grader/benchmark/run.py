"""Grading every case of a dataset, a few at a time, and taking the time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from grader.benchmark.dataset import Case, Dataset
from grader.domain import Grade
from grader.feedback import FeedbackMode
from grader.grading import Grader, Request
from rubrics.model import Rubric

CONCURRENCY: Final = 8
"""Answers graded at once: enough to hide the wait for a chat endpoint, too few to trip its rate limit."""


def usable_cores() -> int:
    """Processors this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Run:
    """What a run gave: one grade a case, in dataset order, and how long it took.

    The first answer is not timed, because models load on first use: `latencies` are the seconds
    that each further answer took, `wall_seconds` the time from the start to the end of them all, `cores`
    the processors this process may use. Verdicts read from a file have no times.
    """

    dataset: Dataset
    grades: tuple[Grade, ...]
    latencies: tuple[float, ...]
    wall_seconds: float
    cores: int = field(default_factory=usable_cores)


_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def request(rubric: Rubric, answer: str, judge: str | None) -> Request:
    """What to ask a grader for where only the verdicts count."""
    return Request(rubric, answer, judge, FeedbackMode.NONE, coached=False)


@dataclass(frozen=True)
class _Timed:
    grade: Grade
    seconds: float


async def run_benchmark(grader: Grader, dataset: Dataset, *, judge: str | None, on_case: Callable[[], None]) -> Run:
    """Grade every case with `judge` (None: the default one); `on_case` is called after each.

    A judge that fails leaves ungraded points. What is no judgement ends the run: ConfigurationError
    for an unknown judge, ModelUnavailable for an embedding model that is not there.
    """

    async def grade(case: Case) -> _Timed:
        started = time.perf_counter()
        result = await grader.grade(request(case.rubric, case.answer, judge))
        on_case()
        return _Timed(result, time.perf_counter() - started)

    first = await grade(dataset.cases[0])
    started = time.perf_counter()
    others = await a_few_at_a_time(grade, dataset.cases[1:])
    wall_seconds = time.perf_counter() - started
    return Run(
        dataset=dataset,
        grades=(first.grade, *(timed.grade for timed in others)),
        latencies=tuple(timed.seconds for timed in others),
        wall_seconds=wall_seconds,
    )


async def a_few_at_a_time(work: Callable[[_Item], Awaitable[_Result]], items: Sequence[_Item]) -> list[_Result]:
    """The results in the order of `items`, CONCURRENCY at once; the first error cancels the rest and is raised."""
    slots = asyncio.Semaphore(CONCURRENCY)

    async def in_a_slot(item: _Item) -> _Result:
        async with slots:
            return await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_a_slot(item)) for item in items]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]
