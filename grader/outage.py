"""A grade without any verdict because the judge was not there: nothing to keep if it can be made later."""

from __future__ import annotations

from typing import Final

from grader.domain import Grade, Label

OUTAGES: Final = frozenset(
    {
        "circuit_open",
        "endpoint_error",
        "model_not_found",
        "quota_exhausted",
        "rate_limited",
        "timeout",
        "unauthenticated",
        "unreachable",
    }
)
"""Reasons of a JudgeFailure that lie with the judge or its set-up, not with the answer: another try may succeed."""


def judge_was_down(grade: Grade) -> bool:
    """Whether no point has a verdict, each for want of a judge."""
    return bool(grade.points) and all(
        point.verdict is Label.UNGRADED and point.reason in OUTAGES for point in grade.points
    )
