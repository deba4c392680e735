"""A client of the service in Python: typed, with retries that never do a thing twice, blocking or asynchronous."""

from grader.client.asynchronous import AsyncClient
from grader.client.blocking import Client
from grader.client.calls import Calls, Erasure
from grader.client.errors import (
    ClientError,
    Conflict,
    Forbidden,
    GradingFailed,
    Invalid,
    LimitReached,
    NotFound,
    Refused,
    StillGrading,
    Unauthenticated,
    Unavailable,
    UnexpectedReply,
    Unreachable,
)
from grader.client.talk import Retry

__all__ = [
    "AsyncClient",
    "Calls",
    "Client",
    "ClientError",
    "Conflict",
    "Erasure",
    "Forbidden",
    "GradingFailed",
    "Invalid",
    "LimitReached",
    "NotFound",
    "Refused",
    "Retry",
    "StillGrading",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedReply",
    "Unreachable",
]
