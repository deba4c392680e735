"""What another way of writing does to verdicts and scores, by way, with intervals over questions."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from pydantic import Field

from grader.benchmark import metrics
from grader.benchmark.bootstrap import Bootstrap, Estimate
from grader.benchmark.fairness.answers import AnswerPair
from grader.benchmark.metrics import Floats
from grader.benchmark.run import a_few_at_a_time, request
from grader.domain import Grade, Label
from grader.grading import Grader
from rubrics.model import Immutable

LARGEST_SHIFT: Final = 0.02
"""Of the mean score, in either direction: the bar that padded answers are held to, too."""

LOSS: Final = 0.1
"""From this much less on, a score is called lower: a tenth of the scale."""


class WayResult(Immutable):
    """What one way of writing does: the mean shift of the score with its sign, how many verdicts change."""

    way: str
    answers: int
    plain_score: Estimate
    shift: Estimate = Field(description="mean of the other score less the plain one")
    changed: Estimate = Field(description="share of verdicts that change")
    lower: Estimate = Field(description=f"share of answers that lose {LOSS} or more")
    higher: Estimate = Field(description=f"share of answers that gain {LOSS} or more")

    @property
    def holds(self) -> bool:
        """Whether the mean shift is within LARGEST_SHIFT; where it cannot be measured it is not."""
        return self.shift.value is not None and abs(self.shift.value) <= LARGEST_SHIFT


class InvarianceReport(Immutable):
    """All ways of writing, of one judge over some rubrics."""

    judge: dict[str, str]
    questions: int
    largest_shift: float = LARGEST_SHIFT
    ways: tuple[WayResult, ...]

    @property
    def beyond(self) -> tuple[str, ...]:
        """The ways whose mean shift is larger than allowed."""
        return tuple(each.way for each in self.ways if not each.holds)


async def measure_invariance(
    grader: Grader, pairs: Sequence[AnswerPair], *, judge: str | None, on_grading: Callable[[], None]
) -> InvarianceReport:
    """Grade every answer once and compare; `on_grading` is called after each."""
    wanted = list(dict.fromkeys(itertools.chain.from_iterable(_both(pair) for pair in pairs)))
    rubrics = {pair.rubric.question.id: pair.rubric for pair in pairs}

    async def grade(answer: tuple[str, str]) -> Grade:
        found = await grader.grade(request(rubrics[answer[0]], answer[1], judge))
        on_grading()
        return found

    grades = dict(zip(wanted, await a_few_at_a_time(grade, wanted), strict=True))
    by_way: defaultdict[str, list[tuple[Grade, Grade]]] = defaultdict(list)
    for pair in pairs:
        plain, other = _both(pair)
        by_way[pair.way].append((grades[plain], grades[other]))
    return InvarianceReport(
        judge=next(iter(grades.values())).provenance.judge,
        questions=len(rubrics),
        ways=tuple(_result(way, compared) for way, compared in by_way.items()),
    )


def gradings(pairs: Sequence[AnswerPair]) -> int:
    """How many answers there are to grade."""
    return len(set(itertools.chain.from_iterable(_both(pair) for pair in pairs)))


def _both(pair: AnswerPair) -> tuple[tuple[str, str], tuple[str, str]]:
    question = pair.rubric.question.id
    return (question, pair.plain), (question, pair.other)


def _result(way: str, grades: list[tuple[Grade, Grade]]) -> WayResult:
    """Sums per answer: plain score, shift, lower, higher, a count of 1; and verdicts changed, verdicts."""
    bootstrap = Bootstrap([plain.question_id for plain, _ in grades])
    scores = np.array([_scores(plain, other) for plain, other in grades])
    verdicts = np.array([_verdicts(plain, other) for plain, other in grades])
    scored, points = int(scores[:, 4].sum()), int(verdicts[:, 1].sum())

    def mean(column: int) -> Estimate:
        return bootstrap.estimate(scores[:, [column, 4]], metrics.ratio, scored)

    return WayResult(
        way=way,
        answers=len(grades),
        plain_score=mean(0),
        shift=mean(1),
        changed=bootstrap.estimate(verdicts, metrics.ratio, points),
        lower=mean(2),
        higher=mean(3),
    )


def _scores(plain: Grade, other: Grade) -> Floats:
    if plain.score is None or other.score is None:
        return np.zeros(5)
    shift = other.score - plain.score
    return np.array([plain.score, shift, shift <= -LOSS, shift >= LOSS, 1.0])


def _verdicts(plain: Grade, other: Grade) -> Floats:
    after = {point.key_point_id: point.verdict for point in other.points}
    pairs = [(point.verdict, after[point.key_point_id]) for point in plain.points]
    graded = [pair for pair in pairs if Label.UNGRADED not in pair]
    return np.array([sum(before is not now for before, now in graded), float(len(graded))])
