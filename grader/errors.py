"""What can go wrong while grading.

GraderError               base: catch this one
├── InvalidAnswer         the answer cannot be graded as it stands
├── ConfigurationError    a setting is missing or contradicts another
├── ModelUnavailable      the embedding model is not there, or is not the pinned one
├── JudgeFailure          a judge gave no usable verdict: never a zero, always a reason
├── DatasetError          a benchmark file cannot be read
└── StorageError          the store cannot be opened, read or written
"""

from __future__ import annotations

from grader.domain import Usage


class GraderError(Exception):
    """Base of everything the `grader` package raises on purpose."""


class InvalidAnswer(GraderError):
    """The answer breaks a limit or is not text."""


class ConfigurationError(GraderError):
    """A setting is missing or contradicts another; says which and what to set."""


class ModelUnavailable(GraderError):
    """The embedding model cannot be loaded; says the ways to get it."""


class JudgeFailure(GraderError):
    """A judge gave no usable verdict.

    `reason` is a short code that ends up in the grade; `status` and everything else
    a vendor said stays in the message, for the operator. `retry_after` is how many seconds
    to leave the endpoint alone, where it said so; `usage` is what the failed call consumed all the same.
    """

    def __init__(
        self, reason: str, message: str, *, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        self.reason = reason
        self.retry_after = retry_after
        self.usage = usage or Usage()
        super().__init__(message)


class DatasetError(GraderError):
    """A benchmark file cannot be read; says file, line and field."""


class StorageError(GraderError):
    """The store cannot be opened, read or written."""
