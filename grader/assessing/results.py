"""What an order comes to: its grades, with what people said of them, in one result."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from statistics import fmean

from grader.assessment import AssessmentOrder, HumanReview, QuestionResult, Result, Test
from grader.domain import Status
from grader.review import Outcome


def grade_id(order_id: str, question_id: str) -> str:
    """The id of the grade of one question of one order: the same at every try, so that none is made twice."""
    return str(uuid.uuid5(uuid.UUID(order_id), question_id))


def result_of(order: AssessmentOrder, test: Test, outcomes: Mapping[str, Outcome], at: datetime) -> Result:
    """The result from what its questions came to, by question; one without an outcome could not be graded."""
    questions = tuple(_of_question(order, question, outcomes.get(question)) for question in order.questions)
    low, high = (fmean(each.score_interval[side] for each in questions) for side in (0, 1))
    scores = [each.score for each in questions if each.score is not None]
    score = fmean(scores) if len(scores) == len(questions) else None
    passed = None if score is None or test.pass_mark is None else score >= test.pass_mark
    return Result(
        score=score,
        score_interval=(low, high),
        passed=passed,
        needs_review=any(each.status is not Status.GRADED for each in questions),
        questions=questions,
        made_at=at,
    )


def waits_for_a_person(test: Test, result: Result) -> bool:
    """Whether somebody must look before this leaves."""
    return test.review is HumanReview.ALWAYS or (test.review is HumanReview.FLAGGED and result.needs_review)


def corrects(result: Result, earlier: Result) -> bool:
    """Whether it says something else than the earlier one, and not just because grades are no longer kept."""
    gone = any(
        now.status is Status.UNGRADED is not before.status
        for now, before in zip(result.questions, earlier.questions, strict=True)
    )
    return result.questions != earlier.questions and not gone


def _of_question(order: AssessmentOrder, question_id: str, outcome: Outcome | None) -> QuestionResult:
    return QuestionResult(
        question_id=question_id,
        grade_id=grade_id(order.id, question_id),
        status=Status.UNGRADED if outcome is None else outcome.status,
        score=None if outcome is None else outcome.score,
        score_interval=(0.0, 1.0) if outcome is None else outcome.score_interval,
    )
