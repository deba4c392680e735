"""Assessments: tests are set up, ordered, taken, graded, released and told."""

from grader.assessing.desk import CANDIDATE, Announce, Desk
from grader.assessing.errors import (
    AnsweredElsewhere,
    NoAttemptLeft,
    OrderClosed,
    UnknownOrder,
    UnknownTest,
    WrongOrderState,
)
from grader.assessing.ordering import Ordering, Placed
from grader.assessing.results import grade_id, result_of
from grader.assessing.scores import latest_scores
from grader.assessing.settling import Settlement

__all__ = [
    "CANDIDATE",
    "Announce",
    "AnsweredElsewhere",
    "Desk",
    "NoAttemptLeft",
    "OrderClosed",
    "Ordering",
    "Placed",
    "Settlement",
    "UnknownOrder",
    "UnknownTest",
    "WrongOrderState",
    "grade_id",
    "latest_scores",
    "result_of",
]
