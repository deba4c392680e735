"""What a cascade of two measured judges would gain and cost at many thresholds, from their stored verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from grader.benchmark import metrics
from grader.benchmark.bootstrap import Bootstrap, Estimate
from grader.benchmark.clear import measured_thresholds, thresholds_for_calls
from grader.benchmark.dataset import Case, Dataset
from grader.benchmark.metrics import LABELS, PREDICTIONS, Floats, Integers
from grader.benchmark.recorded import Recorded
from grader.benchmark.verdicts import ComparedVerdict
from grader.domain import Label
from grader.grading import RULES
from grader.judges.cascade import Thresholds
from grader.judges.merging import ungraded
from grader.scoring import Policy, score
from rubrics.model import Immutable

SWEPT: Final = (0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.0)
"""Confidences at which a cascade is tried, the same for all labels."""

SWEPT_TOGETHER: Final = (0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.0)
"""Mean confidences from which on whole answers stand."""

LARGEST_SHARE: Final = 1.0


@dataclass(frozen=True)
class Wish:
    """What a cascade is to keep to: a risk in [0, 1] for each point or, where given, calls in [0, 1] per answer."""

    risk: float
    calls: float | None = None

    @property
    def name(self) -> str:
        """How it is called in tables."""
        return f"risk {self.risk:.0%}" if self.calls is None else f"calls {self.calls:g}"


class Operation(Immutable):
    """A cascade at certain thresholds; per answer where nothing else is said.

    `clear` is the share of points that the first judge decides, `wrong_when_clear` the share of these that are
    wrong. Calls and input tokens are the second judge's own times the share of answers it would be asked about
    (a prompt shows all points, asked for or not), output tokens its own times the share of points.
    """

    name: str
    thresholds: Thresholds
    clear: float
    wrong_when_clear: float | None
    accuracy: Estimate
    covered_kappa: Estimate
    score_rmse: Estimate
    llm_calls: Estimate
    input_tokens: float
    output_tokens: float


class Tradeoff(Immutable):
    """The second judge alone, the cascade at `SWEPT` and, for whole answers, `SWEPT_TOGETHER` thresholds.

    `chosen` is what the wished risk, or the wished number of calls, leads to.
    """

    dataset: str
    first: str
    second: str
    chosen: Operation
    swept: tuple[Operation, ...]
    together: tuple[Operation, ...]


def tradeoff(dataset: Dataset, first: Recorded, second: Recorded, wish: Wish) -> Tradeoff:
    """The operations of the cascade of `first` and `second`; thresholds for `wish` come from `first`."""
    measured_on = f"{dataset.name} {dataset.content_hash}"
    bench = _Bench(dataset, first, second, Bootstrap([case.question_id for case in dataset.cases]))
    swept = [(f"from {at:g}", _everywhere(at, measured_on)) for at in SWEPT]
    return Tradeoff(
        dataset=dataset.name,
        first=first.report.judge["name"],
        second=second.report.judge["name"],
        chosen=bench.operation(wish.name, bench.thresholds(wish, measured_on)),
        swept=(
            bench.operation("never", Thresholds.never()),
            *(bench.operation(name, thresholds) for name, thresholds in swept),
        ),
        together=tuple(bench.operation(f"answer {at:g}", _together(at, measured_on)) for at in SWEPT_TOGETHER),
    )


def _everywhere(at: float, measured_on: str) -> Thresholds:
    return Thresholds(covered=at, partial=at, missing=at, risk=LARGEST_SHARE, measured_on=measured_on)


def _together(at: float, measured_on: str) -> Thresholds:
    return Thresholds(answer=at, risk=LARGEST_SHARE, measured_on=measured_on)


@dataclass(frozen=True)
class _Decided:
    """One answer in the cascade: whose verdict stands for each point, and whether it is the first judge's."""

    case: Case
    verdicts: tuple[ComparedVerdict, ...]
    clear: tuple[bool, ...]

    @property
    def score(self) -> float | None:
        """That of the verdicts; one on a group is one on each member, of which the best counts."""
        rubric = self.case.rubric
        groups = {group.id: group.members for group in rubric.groups}
        said = {
            member: verdict.on(member)
            for verdict in self.verdicts
            for member in groups.get(verdict.key_point_id, (verdict.key_point_id,))
        }
        points = (said.get(point.id) or ungraded(point.id, "nobody", "not_labelled") for point in rubric.key_points)
        return score(rubric, tuple(points), Policy()).value


@dataclass(frozen=True)
class _Bench:
    dataset: Dataset
    first: Recorded
    second: Recorded
    bootstrap: Bootstrap

    def thresholds(self, wish: Wish, measured_on: str) -> Thresholds:
        if wish.calls is None:
            return measured_thresholds(tuple(self.first.verdicts.values()), wish.risk, measured_on)
        answers = [[self.first.verdicts[at] for at in _places(case)] for case in self.dataset.cases]
        return thresholds_for_calls(answers, wish.calls, measured_on)

    def operation(self, name: str, thresholds: Thresholds) -> Operation:
        decided = [self._decide(case, thresholds) for case in self.dataset.cases]
        asked = np.array([not all(each.clear) for each in decided], dtype=np.float64)
        unclear = 1.0 - float(np.mean([clear for each in decided for clear in each.clear]))
        calls, tokens_in, tokens_out = self._per_asked()
        graded = _confusions(decided)[..., : len(LABELS)]
        covered = metrics.against_rest(graded, Label.COVERED)
        n = int(graded.sum())
        return Operation(
            name=name,
            thresholds=thresholds,
            clear=1.0 - unclear,
            wrong_when_clear=_wrong_when_clear(decided),
            accuracy=self.bootstrap.estimate(graded, metrics.accuracy, n),
            covered_kappa=self.bootstrap.estimate(covered, metrics.kappa, n),
            score_rmse=self._rmse(decided),
            llm_calls=self.bootstrap.estimate(
                np.stack([calls * asked, np.ones(len(asked))], -1), metrics.ratio, len(asked)
            ),
            input_tokens=tokens_in * float(asked.mean()),
            output_tokens=tokens_out * unclear,
        )

    def _per_asked(self) -> tuple[float, float, float]:
        """The second judge's calls, input and output tokens per answer, had all answers and points reached it."""
        effort = self.second.report.effort
        reached = [verdict.judged_by != RULES for verdict in self.second.verdicts.values()]
        answers = {at[0] for at, verdict in self.second.verdicts.items() if verdict.judged_by != RULES}
        per_answer = len(self.dataset.cases) / max(1, len(answers))
        per_point = len(reached) / max(1, sum(reached))
        return (
            (effort.llm_calls.value or 0.0) * per_answer,
            (effort.input_tokens.value or 0.0) * per_answer,
            (effort.output_tokens.value or 0.0) * per_point,
        )

    def _decide(self, case: Case, thresholds: Thresholds) -> _Decided:
        pairs = [(self.first.verdicts[at], self.second.verdicts[at]) for at in _places(case)]
        standing = thresholds.standing([first.verdict for first, _ in pairs])
        clear = tuple(first.judged_by == RULES or first.key_point_id in standing for first, _ in pairs)
        verdicts = tuple(first if stands else second for stands, (first, second) in zip(clear, pairs, strict=True))
        return _Decided(case, verdicts, clear)

    def _rmse(self, decided: list[_Decided]) -> Estimate:
        true = np.array([each.case.score for each in decided], dtype=np.float64)
        predicted = np.array([each.score for each in decided], dtype=np.float64)  # None becomes NaN
        sums = metrics.score_sums(true, predicted)
        return self.bootstrap.estimate(sums, metrics.rmse, int(sums[:, 0].sum()))


def _places(case: Case) -> list[tuple[str, str]]:
    return [(case.answer_id, target) for target in case.labels]


def _confusions(decided: list[_Decided]) -> Floats:
    rows = [(row, verdict) for row, each in enumerate(decided) for verdict in each.verdicts]
    return metrics.confusions(
        _integers([row for row, _ in rows]),
        _integers([LABELS.index(verdict.label) for _, verdict in rows]),
        _integers([PREDICTIONS.index(verdict.predicted) for _, verdict in rows]),
        len(decided),
    )


def _integers(numbers: list[int]) -> Integers:
    return np.array(numbers, dtype=np.int64)


def _wrong_when_clear(decided: list[_Decided]) -> float | None:
    wrong = [
        verdict.predicted is not verdict.label
        for each in decided
        for verdict, clear in zip(each.verdicts, each.clear, strict=True)
        if clear
    ]
    return float(np.mean(wrong)) if wrong else None
