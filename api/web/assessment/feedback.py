"""What a candidate may see of the result: coarse on purpose, for a test is asked more than once."""

from __future__ import annotations

from dataclasses import dataclass

from api.web.assessment.visit import Visit
from grader.assessment import CandidateFeedback, OrderState
from grader.domain import Grade, GradedPoint, Label
from grader.outcome import outcome
from rubrics.model import Question


@dataclass(frozen=True)
class QuestionFeedback:
    """How many of a question's points were made, and the topics of the others where the test allows that."""

    question: str
    made: int
    points: int
    topics: tuple[str, ...]


async def feedback_of(visit: Visit) -> tuple[QuestionFeedback, ...]:
    """The feedback of a complete order; nothing before its result has left, nor where the test allows none."""
    policy = visit.test.feedback
    if visit.order.state is not OrderState.COMPLETE or policy is CandidateFeedback.NONE or visit.order.result is None:
        return ()
    found = []
    for number, result in enumerate(visit.order.result.questions, 1):
        grade = await visit.app.store.find(visit.tenant, result.grade_id)
        if grade is not None:
            topics = policy is CandidateFeedback.TOPICS
            found.append(await _of_question(visit, await visit.question(number), grade, topics=topics))
    return tuple(found)


async def _of_question(visit: Visit, question: Question, grade: Grade, *, topics: bool) -> QuestionFeedback:
    overrides = await visit.app.services.storage.reviews.overrides(visit.tenant, grade.id)
    verdicts = outcome(grade, overrides).verdicts
    wanted = [point for point in grade.points if not point.penalty]
    made = [point for point in wanted if verdicts[point.key_point_id] in {Label.COVERED, Label.PARTIAL}]
    return QuestionFeedback(
        question=question.title,
        made=len(made),
        points=len(wanted),
        topics=_topics([point for point in wanted if point not in made]) if topics else (),
    )


def _topics(points: list[GradedPoint]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(point.topic for point in points if point.topic))
