"""Hiring platforms: who is connected, and what they are told of an order, in their own words."""

from grader.platforms import ashby, greenhouse, workable
from grader.platforms.ashby import AshbyCarrier
from grader.platforms.connections import Connections, UnknownConnection
from grader.platforms.greenhouse import GreenhouseCarrier
from grader.platforms.workable import WorkableCarrier

__all__ = [
    "AshbyCarrier",
    "Connections",
    "GreenhouseCarrier",
    "UnknownConnection",
    "WorkableCarrier",
    "ashby",
    "greenhouse",
    "workable",
]
