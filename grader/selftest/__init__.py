"""Trying a rubric out before anyone is graded by it: the reference must pass, empty and wrong words must not."""

from grader.selftest.answers import Trial, answers_tried
from grader.selftest.report import Cause, CheckReport, PointTrial, TrialResult
from grader.selftest.running import check_rubric

__all__ = ["Cause", "CheckReport", "PointTrial", "Trial", "TrialResult", "answers_tried", "check_rubric"]
