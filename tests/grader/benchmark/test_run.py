from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from grader.benchmark import Dataset, Run, run_benchmark
from grader.benchmark.run import CONCURRENCY
from grader.domain import Judgement, Label, Submission, Verdict
from grader.errors import ConfigurationError, ModelUnavailable
from grader.grading import Grader


@dataclass
class CountingJudge:
    """Takes its time, the longer the shorter the answer, and counts how many answers it has at once."""

    name: str = "counting"
    identity: dict[str, str] = field(default_factory=dict)
    busy: int = 0
    busiest: int = 0

    async def judge(self, submission: Submission) -> Judgement:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        await asyncio.sleep(0.05 / len(submission.answer.text))
        self.busy -= 1
        points = submission.rubric.key_points
        return Judgement(tuple(Verdict(key_point_id=p.id, label=Label.MISSING, judged_by=self.name) for p in points))


class BrokenJudge(CountingJudge):
    async def judge(self, submission: Submission) -> Judgement:
        if "Winds" in submission.answer.text:
            raise ModelUnavailable("no weights")
        return await super().judge(submission)


def nothing() -> None:
    pass


def grader(judge: CountingJudge) -> Grader:
    return Grader({judge.name: judge}, judge.name)


async def test_grades_stand_in_the_order_of_the_dataset(run: Run) -> None:
    points = [[(point.verdict, point.confidence) for point in grade.points] for grade in run.grades]
    assert points[0] == [(Label.COVERED, 0.95), (Label.PARTIAL, 0.55)]
    assert points[2] == [(Label.COVERED, 0.85), (Label.PARTIAL, None)]


async def test_a_failing_judge_leaves_ungraded_points_and_the_run_goes_on(run: Run) -> None:
    assert [grade.score is None for grade in run.grades] == [False, False, False, True]
    assert {point.verdict for point in run.grades[3].points} == {Label.UNGRADED}


async def test_progress_is_told_once_a_case(dataset: Dataset) -> None:
    told: list[None] = []
    await run_benchmark(grader(CountingJudge()), dataset, judge=None, on_case=lambda: told.append(None))
    assert len(told) == len(dataset.cases)


async def test_a_few_answers_are_graded_at_once_but_never_more(dataset: Dataset) -> None:
    judge = CountingJudge()
    await run_benchmark(grader(judge), Dataset("many", dataset.cases * 10), judge=None, on_case=nothing)
    assert judge.busiest == CONCURRENCY


async def test_every_answer_but_the_first_is_timed(dataset: Dataset) -> None:
    run = await run_benchmark(grader(CountingJudge()), dataset, judge="counting", on_case=nothing)
    assert len(run.latencies) == len(dataset.cases) - 1
    assert min(run.latencies) > 0
    assert max(run.latencies) <= run.wall_seconds


async def test_a_dataset_of_one_answer_runs(dataset: Dataset) -> None:
    run = await run_benchmark(grader(CountingJudge()), Dataset("one", dataset.cases[:1]), judge=None, on_case=nothing)
    assert (len(run.grades), run.latencies) == (1, ())


async def test_an_unknown_judge_is_refused(dataset: Dataset) -> None:
    with pytest.raises(ConfigurationError, match="no judge 'oracle'"):
        await run_benchmark(grader(CountingJudge()), dataset, judge="oracle", on_case=nothing)


async def test_an_error_that_is_no_judgement_ends_the_run_as_it_is(dataset: Dataset) -> None:
    with pytest.raises(ModelUnavailable, match="no weights"):
        await run_benchmark(grader(BrokenJudge()), dataset, judge=None, on_case=nothing)
