"""The same answer in other words, another English, another length: whether it comes to the same score.

Pure and deterministic rules make the answers; what they do is rough beside what people write, but it leaves what an
answer says as it is, so that any difference is the judge's.
"""

from grader.benchmark.fairness.answers import AnswerPair, answer_pairs
from grader.benchmark.fairness.invariance import InvarianceReport, WayResult, gradings, measure_invariance
from grader.benchmark.fairness.sheet import invariance_sheet

__all__ = [
    "AnswerPair",
    "InvarianceReport",
    "WayResult",
    "answer_pairs",
    "gradings",
    "invariance_sheet",
    "measure_invariance",
]
