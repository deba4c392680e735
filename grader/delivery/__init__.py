"""Telling other servers what happened here: which addresses may be called, how often, and in what order."""

from grader.delivery.carrier import Carrier, GivenUp, Outcome, judged_by_status
from grader.delivery.destination import Destination, RefusedUrl, destination, is_public
from grader.delivery.dispatcher import Dispatcher
from grader.delivery.schedule import ONCE, STANDARD, Schedule

__all__ = [
    "ONCE",
    "STANDARD",
    "Carrier",
    "Destination",
    "Dispatcher",
    "GivenUp",
    "Outcome",
    "RefusedUrl",
    "Schedule",
    "destination",
    "is_public",
    "judged_by_status",
]
