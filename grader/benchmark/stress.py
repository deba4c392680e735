"""What changed answers do to verdicts: a judge that reads notices a deleted or negated sentence and no filler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from pydantic import Field

from grader.benchmark import metrics
from grader.benchmark.bootstrap import Bootstrap, Estimate
from grader.benchmark.dataset import Case, Dataset
from grader.benchmark.metrics import Floats
from grader.benchmark.perturbation import (
    DELETION,
    FLIPS,
    GONE,
    REWORDINGS,
    Variant,
    deletions,
    gone,
    negations,
    read_again,
    rewordings,
)
from grader.benchmark.run import Run, a_few_at_a_time, request
from grader.domain import Grade, Label
from grader.grading import Grader
from rubrics.model import Immutable

ALL_RULES: Final = "all rules"
CREDITED: Final = frozenset({Label.COVERED, Label.PARTIAL})


class Undone(Immutable):
    """Covered points whose proof was deleted or turned round, by rule; all shares are of graded points.

    `credited` had credit (covered or partial) before the change. Credit after it is mostly wrong, but not always: the
    rest of the answer may make the point once more. The rule `GONE` is about those deletions after which it does not.
    """

    rule: str
    cases: int = Field(description="points")
    credited: int = Field(description="had")
    still_credited: Estimate = Field(description="kept")
    still_covered: Estimate = Field(description="covered")
    now_missing: Estimate = Field(description="missing")
    now_contradicted: Estimate = Field(description="contradicted")
    credited_of_all: Estimate = Field(description="all kept")
    covered_of_all: Estimate = Field(description="all covered")
    contradicted_of_all: Estimate


class Reworded(Immutable):
    """Answers changed in a way that should not matter: which share of verdicts changes, how far the score moves."""

    rule: str
    answers: int = Field(description="answers")
    points: int = Field(description="points")
    changed: Estimate = Field(description="verdicts changed")
    credit_changed: Estimate = Field(description="credit changed")
    score_shift: Estimate = Field(description="mean score shift")


class StressReport(Immutable):
    """The three tests of one judge on one dataset."""

    deletion: tuple[Undone, ...]
    negation: tuple[Undone, ...]
    invariance: tuple[Reworded, ...]


@dataclass(frozen=True)
class Trial:
    """One changed answer of the case in row `row`: its kind of test, the change, and its grade once there is one."""

    row: int
    test: str
    variant: Variant


_TESTS: Final[Mapping[str, Callable[[Case], tuple[Variant, ...]]]] = {
    "deletion": deletions,
    "negation": negations,
    "invariance": rewordings,
}
_RULES: Final = (DELETION, GONE, *FLIPS, *REWORDINGS)
"""In the order of the report."""


def trials_of(dataset: Dataset) -> tuple[Trial, ...]:
    """Every changed answer of the three tests; the same dataset always gives the same ones."""
    return tuple(
        Trial(row, test, variant)
        for row, case in enumerate(dataset.cases)
        for test, change in _TESTS.items()
        for variant in change(case)
    )


async def run_stress(
    grader: Grader, run: Run, trials: tuple[Trial, ...], *, judge: str | None, on_trial: Callable[[], None]
) -> StressReport:
    """Grade every changed answer with `judge` and compare with the grades of `run`; `on_trial` is called after each."""

    async def grade(trial: Trial) -> Grade:
        grade = await grader.grade(request(run.dataset.cases[trial.row].rubric, trial.variant.answer, judge))
        on_trial()
        return grade

    grades = await a_few_at_a_time(grade, trials)
    return summarise_stress(run, list(zip(trials, grades, strict=True)))


def summarise_stress(
    run: Run, graded: list[tuple[Trial, Grade]], labels: Mapping[str, str] | None = None
) -> StressReport:
    """The report of graded trials; the same grades always give the same report.

    `labels` says of shortened answers what is left of a point in them, by default what `read_again` knows.
    """
    labels = read_again() if labels is None else labels
    bootstrap = Bootstrap([case.question_id for case in run.dataset.cases])
    compared = [_Compared(trial, run.grades[trial.row], after) for trial, after in graded]
    compared += [
        each.about(left)
        for each in compared
        if (left := gone(run.dataset.cases[each.trial.row], each.trial.variant, labels))
    ]

    def of_test(test: str) -> dict[str, list[_Compared]]:
        chosen = [each for each in compared if each.trial.test == test]
        by_rule = {rule: [each for each in chosen if each.trial.variant.rule == rule] for rule in _RULES}
        return {rule: group for rule, group in by_rule.items() if group}

    negated = of_test("negation")
    if len(negated) > 1:
        negated[ALL_RULES] = [each for group in negated.values() for each in group]
    return StressReport(
        deletion=tuple(_undone(rule, group, bootstrap) for rule, group in of_test("deletion").items()),
        negation=tuple(_undone(rule, group, bootstrap) for rule, group in negated.items()),
        invariance=tuple(_reworded(rule, group, bootstrap) for rule, group in of_test("invariance").items()),
    )


@dataclass(frozen=True)
class _Compared:
    """A trial beside the grades of the answer before and after."""

    trial: Trial
    before: Grade
    after: Grade

    def about(self, variant: Variant) -> _Compared:
        """The same answers, compared on the points of `variant` only."""
        return replace(self, trial=replace(self.trial, variant=variant))

    def labels(self) -> Iterable[tuple[Label, Label]]:
        """Verdict before and after of the points the change is about, where both are graded."""
        before, after = (
            {point.key_point_id: point.verdict for point in grade.points} for grade in (self.before, self.after)
        )
        pairs = ((before[name], after[name]) for name in self.trial.variant.key_point_ids)
        return (pair for pair in pairs if Label.UNGRADED not in pair)


def _undone(rule: str, group: list[_Compared], bootstrap: Bootstrap) -> Undone:
    """Sums per answer: points, credited before; of these credited, covered, missing, contradicted after; of all."""
    sums = np.zeros((bootstrap.answers, 9), dtype=np.float64)
    for each in group:
        for before, after in each.labels():
            said = [after in CREDITED, after is Label.COVERED, after is Label.CONTRADICTED]
            had = before in CREDITED
            of_credited = [had and said[0], had and said[1], had and after is Label.MISSING, had and said[2]]
            sums[each.trial.row] += [True, had, *of_credited, *said]
    cases, credited = int(sums[:, 0].sum()), int(sums[:, 1].sum())
    estimate = bootstrap.estimate
    return Undone(
        rule=rule,
        cases=cases,
        credited=credited,
        still_credited=estimate(sums[:, [2, 1]], metrics.ratio, credited),
        still_covered=estimate(sums[:, [3, 1]], metrics.ratio, credited),
        now_missing=estimate(sums[:, [4, 1]], metrics.ratio, credited),
        now_contradicted=estimate(sums[:, [5, 1]], metrics.ratio, credited),
        credited_of_all=estimate(sums[:, [6, 0]], metrics.ratio, cases),
        covered_of_all=estimate(sums[:, [7, 0]], metrics.ratio, cases),
        contradicted_of_all=estimate(sums[:, [8, 0]], metrics.ratio, cases),
    )


def _reworded(rule: str, group: list[_Compared], bootstrap: Bootstrap) -> Reworded:
    """Sums per answer: points, changed verdicts, changed credit; scored answers, score shift."""
    verdicts, scores = np.zeros((bootstrap.answers, 3)), np.zeros((bootstrap.answers, 2))
    for each in group:
        for before, after in each.labels():
            verdicts[each.trial.row] += [True, before is not after, (before in CREDITED) is not (after in CREDITED)]
        scores[each.trial.row] = _shift(each.before.score, each.after.score)
    points, scored = int(verdicts[:, 0].sum()), int(scores[:, 1].sum())
    return Reworded(
        rule=rule,
        answers=len(group),
        points=points,
        changed=bootstrap.estimate(verdicts[:, [1, 0]], metrics.ratio, points),
        credit_changed=bootstrap.estimate(verdicts[:, [2, 0]], metrics.ratio, points),
        score_shift=bootstrap.estimate(scores, metrics.ratio, scored),
    )


def _shift(before: float | None, after: float | None) -> Floats:
    """How far the score moved and a count of 1, or nothing where one of them is open."""
    return np.zeros(2) if before is None or after is None else np.array([abs(after - before), 1.0])
