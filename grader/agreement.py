"""How far people and the machine judge alike: per key point, judge, rubric version, month; and people among each other.

What is compared are second opinions. Those given blind on grades that chance drew say how good the machine is; those
on grades that were doubted say how good it is where it doubts itself, which is worse, and are told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from grader.benchmark import metrics
from grader.benchmark.bootstrap import NO_ESTIMATE, Bootstrap, Estimate
from grader.benchmark.metrics import LABELS, Floats
from grader.domain import Label
from grader.review import SecondOpinion

LEAST: Final = 30
"""Verdicts from which on figures are shown. Labels drawn as those of `gold`, half of them the same on both sides: the
interval of kappa is 0.58 wide of 20 verdicts, 0.49 of 30, 0.38 of 50 and 0.27 of 100 (medians of 60 drawings)."""

REWRITE_BELOW: Final = 0.6
"""Kappa of a point that is to be rewritten if its whole interval lies below: above it agreement is called substantial
(Landis and Koch 1977)."""

CREDIT: Final = np.array([1.0, 0.5, 0.0, 0.0])
"""What LABELS are worth, for the error in credit."""

_DISTANCE: Final = np.abs(CREDIT[:, None] - CREDIT[None, :])


@dataclass(frozen=True)
class Compared:
    """One key point that two judged: `first` is the person, `second` the machine or another person."""

    grade_id: str
    question_id: str
    rubric_hash: str
    key_point_id: str
    judge: str
    month: str
    first: Label
    second: Label


@dataclass(frozen=True)
class Agreement:
    """How far two agree on `n` verdicts; the figures are empty below LEAST. `confusion` counts, person by machine.

    Both kappas are empty, too, where one of the two always says the same: they would be 0, whatever the other says.
    """

    name: tuple[str, ...]
    n: int
    agreement: Estimate = NO_ESTIMATE
    kappa: Estimate = NO_ESTIMATE
    weighted_kappa: Estimate = NO_ESTIMATE
    error: Estimate = NO_ESTIMATE
    confusion: tuple[tuple[int, ...], ...] = ()

    @property
    def too_few(self) -> bool:
        """Whether nothing can be said yet."""
        return self.n < LEAST

    @property
    def is_poor(self) -> bool:
        """Whether it surely agrees too little."""
        return self.kappa.high is not None and self.kappa.high < REWRITE_BELOW


@dataclass(frozen=True)
class Calibration:
    """Everything that is told of how far people and the machine agree; `score_error` is in score units."""

    whole: Agreement
    people: Agreement
    score_error: Estimate
    points: tuple[Agreement, ...] = ()
    judges: tuple[Agreement, ...] = ()
    rubrics: tuple[Agreement, ...] = ()
    months: tuple[Agreement, ...] = ()
    compared: tuple[Compared, ...] = field(default=(), repr=False)

    @property
    def to_rewrite(self) -> tuple[Agreement, ...]:
        """The points on which people and the machine surely disagree: their wording is the first suspect."""
        return tuple(each for each in self.points if each.is_poor)


def calibration(opinions: Sequence[SecondOpinion]) -> Calibration:
    """The figures of these opinions; verdicts of `ungraded`, by either side, are left out."""
    compared = tuple(_against_machine(opinions))
    return Calibration(
        whole=_agreement((), compared),
        people=_agreement((), tuple(_among_people(opinions))),
        score_error=_score_error(opinions),
        points=_by(compared, lambda each: (each.question_id, each.key_point_id)),
        judges=_by(compared, lambda each: (each.judge,)),
        rubrics=_by(compared, lambda each: (each.question_id, each.rubric_hash)),
        months=_by(compared, lambda each: (each.month,)),
        compared=compared,
    )


def _against_machine(opinions: Iterable[SecondOpinion]) -> Iterable[Compared]:
    for opinion in opinions:
        for point in opinion.points:
            if Label.UNGRADED not in {point.verdict, point.machine}:
                yield _compared(opinion, point.key_point_id, point.judged_by, point.verdict, point.machine)


def _among_people(opinions: Iterable[SecondOpinion]) -> Iterable[Compared]:
    """The first two who judged a grade blind, beside each other."""
    by_grade: dict[str, list[SecondOpinion]] = defaultdict(list)
    for opinion in sorted(opinions, key=lambda each: each.made_at):
        if opinion.blind:
            by_grade[opinion.grade_id].append(opinion)
    for first, second, *_ in (given for given in by_grade.values() if len(given) > 1):
        for point in first.points:
            other = second.of(point.key_point_id)
            if other is not None and Label.UNGRADED not in {point.verdict, other}:
                yield _compared(first, point.key_point_id, "people", point.verdict, other)


def _compared(opinion: SecondOpinion, key_point_id: str, judge: str, first: Label, second: Label) -> Compared:
    return Compared(
        grade_id=opinion.grade_id,
        question_id=opinion.question_id,
        rubric_hash=opinion.rubric_hash,
        key_point_id=key_point_id,
        judge=judge,
        month=f"{opinion.made_at:%Y-%m}",
        first=first,
        second=second,
    )


def _by(compared: Iterable[Compared], name: Callable[[Compared], tuple[str, ...]]) -> tuple[Agreement, ...]:
    groups: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
    for each in compared:
        groups[name(each)].append(each)
    return tuple(_agreement(key, groups[key]) for key in sorted(groups))


def _agreement(name: tuple[str, ...], compared: Sequence[Compared]) -> Agreement:
    n = len(compared)
    if not n:
        return Agreement(name, 0)
    rows = {grade_id: row for row, grade_id in enumerate(dict.fromkeys(each.grade_id for each in compared))}
    counts = metrics.confusions(
        np.array([rows[each.grade_id] for each in compared]),
        np.array([LABELS.index(each.first) for each in compared]),
        np.array([LABELS.index(each.second) for each in compared]),
        len(rows),
    )[..., : len(LABELS)]
    confusion = tuple(tuple(int(count) for count in row) for row in counts.sum(axis=0))
    if n < LEAST:
        return Agreement(name, n, confusion=confusion)
    varied = all(int((counts.sum(axis=(0, side)) > 0).sum()) > 1 for side in (1, 2))
    questions = {each.grade_id: each.question_id for each in compared}
    bootstrap = Bootstrap([questions[grade_id] for grade_id in rows])
    return Agreement(
        name,
        n,
        agreement=bootstrap.estimate(counts, metrics.accuracy, n),
        kappa=bootstrap.estimate(counts, metrics.kappa, n) if varied else NO_ESTIMATE,
        weighted_kappa=bootstrap.estimate(counts, metrics.weighted_kappa, n) if varied else NO_ESTIMATE,
        error=bootstrap.estimate(counts, _credit_error, n),
        confusion=confusion,
    )


def _credit_error(confusion: Floats) -> Floats:
    """Mean absolute difference in credit."""
    return metrics.ratio(np.stack([(confusion * _DISTANCE).sum((-2, -1)), confusion.sum((-2, -1))], -1))


def _score_error(opinions: Sequence[SecondOpinion]) -> Estimate:
    """Mean absolute difference of the scores that person and machine come to, where both come to one."""
    scored = [(each, each.score, each.machine_score) for each in opinions]
    pairs = [(each, abs(mine - its)) for each, mine, its in scored if mine is not None and its is not None]
    if len(pairs) < LEAST:
        return NO_ESTIMATE.model_copy(update={"n": len(pairs)})
    sums = np.array([(difference, 1.0) for _, difference in pairs])
    return Bootstrap([each.question_id for each, _ in pairs]).estimate(sums, metrics.ratio, len(pairs))
