"""What can go wrong with an assessment."""

from __future__ import annotations

from grader.assessment import SavedAnswer
from grader.errors import GraderError


class UnknownTest(GraderError):
    """The tenant has no such test, or it is retired."""


class UnknownOrder(GraderError):
    """There is no such order."""


class NoAttemptLeft(GraderError):
    """The candidate has begun this test as often as it allows."""


class OrderClosed(GraderError):
    """The candidate can change nothing any more: handed in, over its time, or cancelled."""


class WrongOrderState(GraderError):
    """The order is in no state for this."""


class AnsweredElsewhere(GraderError):
    """Another device has saved something else meanwhile: `kept`."""

    def __init__(self, kept: SavedAnswer) -> None:
        self.kept = kept
        super().__init__("the answer was changed on another device")
