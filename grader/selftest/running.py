"""The trials themselves: every answer graded as any other, at the same time as the others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from grader.domain import Grade, Label
from grader.feedback import FeedbackMode
from grader.grading import Grader, Request
from grader.selftest.answers import Expected, Trial, expectations, without
from grader.selftest.diagnosis import diagnose
from grader.selftest.overlap import find_overlaps
from grader.selftest.report import Cause, CheckReport, PointTrial, TrialResult
from rubrics.checks import Check, check
from rubrics.model import KeyPoint, Rubric


async def check_rubric(
    grader: Grader, rubric: Rubric, judge: str | None = None, *, others: Sequence[Rubric] = (), each_point: bool = True
) -> CheckReport:
    """Everything that can be found in a rubric, by looking and by trying it with a judge (None: the default).

    `others` lend the answer to another question. `each_point` tries every point by itself too, which takes two more
    grades a point. ConfigurationError for an unknown judge; one that fails leaves trials ungraded.
    """
    trier = _Trier(grader, rubric, judge)
    points = await asyncio.gather(*(trier.point(point) for point in rubric.key_points)) if each_point else ()
    alone = {trial.key_point_id: trial.alone for trial in points}
    trials = await asyncio.gather(*(trier.trial(expected, alone) for expected in expectations(rubric, others)))
    earned = {trial.key_point_id: frozenset(trial.also) for trial in points} if points else None
    found = check(rubric)
    named = {frozenset(finding.key_points) for finding in found if finding.check is Check.DUPLICATE}
    overlaps = await find_overlaps(grader, rubric, judge, earned)
    return CheckReport(
        question_id=rubric.question.id,
        content_hash=rubric.content_hash,
        judge=grader.judge(judge).name,
        findings=(*found, *(each for each in overlaps if frozenset(each.key_points) not in named)),
        trials=tuple(trials),
        points=tuple(points),
    )


class _Trier:
    """Grades answers to one rubric."""

    def __init__(self, grader: Grader, rubric: Rubric, judge: str | None) -> None:
        self._grader = grader
        self._rubric = rubric
        self._judge = judge

    async def trial(self, expected: Expected, alone: Mapping[str, Label]) -> TrialResult:
        """One answer with a known outcome."""
        grade = await self._grade(expected.text)
        result = TrialResult(
            answer=expected.trial, score=grade.score, least=expected.least, most=expected.most, key_points=()
        )
        if grade.score is None:
            why = next((point.reason for point in grade.points if point.verdict is Label.UNGRADED), "")
            return result.model_copy(update={"cause": Cause.UNGRADED, "why": why})
        if result.passed:
            return result
        wrong = _wrong(grade, expected.trial)
        cause, why = diagnose(self._rubric, expected, wrong, alone)
        return result.model_copy(update={"key_points": wrong, "cause": cause, "why": why})

    async def point(self, point: KeyPoint) -> PointTrial:
        """One point by itself: said alone, and left out of the reference answer."""
        rest = without(self._rubric, point)
        said, left_out = await asyncio.gather(self._labels(point.text), self._labels(rest))
        return PointTrial(
            key_point_id=point.id,
            alone=said[point.id],
            without=left_out.get(point.id),
            also=tuple(key for key, label in said.items() if key != point.id and label is Label.COVERED),
        )

    async def _labels(self, answer: str | None) -> dict[str, Label]:
        if answer is None:
            return {}
        return {point.key_point_id: point.verdict for point in (await self._grade(answer)).points}

    async def _grade(self, answer: str) -> Grade:
        return await self._grader.grade(Request(self._rubric, answer, self._judge, FeedbackMode.NONE, coached=False))


def _wrong(grade: Grade, trial: Trial) -> tuple[str, ...]:
    """The points that kept a trial from passing: unearned ones of the reference, earned ones of any other answer."""
    if trial is Trial.REFERENCE:
        return tuple(point.key_point_id for point in grade.points if point.credit != (0.0 if point.penalty else 1.0))
    return tuple(point.key_point_id for point in grade.points if (point.credit or 0.0) > 0.0)
