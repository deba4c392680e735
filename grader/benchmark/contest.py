"""Several judges on several datasets: every run with its report, in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.benchmark.dataset import Dataset
from grader.benchmark.report import Report
from grader.benchmark.run import Run, run_benchmark
from grader.benchmark.stored import run_stored
from grader.benchmark.stress import Trial, run_stress, trials_of
from grader.benchmark.summary import summarise
from grader.grading import Grader


@dataclass(frozen=True)
class Measured:
    """One judge on one dataset."""

    run: Run
    report: Report


@dataclass(frozen=True)
class Contest:
    """Which judges (None: the default one) and files of stored verdicts to measure on which datasets.

    `stressed` adds the stress tests of the judges; stored verdicts say nothing of changed answers.
    """

    datasets: tuple[Dataset, ...]
    judges: tuple[str | None, ...]
    stored: tuple[Path, ...] = ()
    stressed: bool = False

    @property
    def gradings(self) -> int:
        """How many answers will be graded, changed ones included."""
        per_judge = sum(len(dataset.cases) for dataset in self.datasets) + sum(map(len, self._trials))
        return per_judge * len(self.judges)

    async def hold(self, grader: Grader, on_grading: Callable[[], None]) -> list[Measured]:
        """Dataset by dataset the judges, then the stored verdicts; `on_grading` is called after each answer."""
        measured = []
        for dataset, trials in zip(self.datasets, self._trials, strict=True):
            for judge in self.judges:
                run = await run_benchmark(grader, dataset, judge=judge, on_case=on_grading)
                report = summarise(run)
                if self.stressed:
                    stress = await run_stress(grader, run, trials, judge=judge, on_trial=on_grading)
                    report = report.model_copy(update={"stress": stress})
                measured.append(Measured(run, report))
            for file in self.stored:
                run = run_stored(file, dataset, grader.policy)
                measured.append(Measured(run, summarise(run)))
        return measured

    @cached_property
    def _trials(self) -> tuple[tuple[Trial, ...], ...]:
        return tuple(trials_of(dataset) if self.stressed else () for dataset in self.datasets)
