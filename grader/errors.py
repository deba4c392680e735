"""What can go wrong while grading.

GraderError               base: catch this one
├── InvalidAnswer         the answer cannot be graded as it stands
├── InvalidTranscript     a file cannot be read as an interview
├── ConfigurationError    a setting is missing or contradicts another
├── ModelUnavailable      the embedding model is not there, or is not the pinned one
├── JudgeFailure          a judge gave no usable verdict: never a zero, always a reason
├── Overloaded            more waits already than can be served soon
├── DatasetError          a benchmark file cannot be read
├── AnswerFileError       a file of answers cannot be read, as a whole or from somewhere on
├── RowsRefused           a file of answers has bad rows
├── UnknownKey            there is no such API key
├── CandidateErased       the candidate was erased while a grade was made
├── BudgetExhausted       a tenant has spent what it may today
├── UnknownBatch          the tenant has no such batch
├── BatchConflict         a batch is in no state for what is asked of it
├── EngineTaken           another process runs the batches of this data folder
└── StorageError          the store cannot be opened, read or written
    ├── StorageFull       there is no room left
    ├── StorageBusy       it is locked or overloaded: worth another try
    ├── StorageAway       it cannot be reached: worth another try when it is back
    ├── StorageBroken     the disk failed under a write: the process must end, and starts from what is safe
    ├── AlreadyStored     something with this id is there already
    └── SchemaOutdated    the database must be upgraded before this program can use it
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.domain import Usage


class GraderError(Exception):
    """Base of everything the `grader` package raises on purpose."""


class InvalidAnswer(GraderError):
    """The answer breaks a limit or is not text."""


class InvalidTranscript(GraderError):
    """A file cannot be read as an interview; says where it fails and what to do.

    `place` is where in the file: `line 12`, `paragraph 3`, `segments[7]`; null where the file as a whole is meant.
    """

    def __init__(self, problem: str, *, file: str, place: str | None = None) -> None:
        self.problem = problem
        self.file = file
        self.place = place
        super().__init__(f"{file}, {place}: {problem}" if place else f"{file}: {problem}")


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


class AnswerFileError(GraderError):
    """A file of answers cannot be read, as a whole or from `place` on; says what is wrong and what to do.

    `place` is a line, or a row of a workbook; `seen` is what stands there. `problem` itself holds nothing of the file.
    """

    def __init__(self, problem: str, *, file: str, place: str | None = None, seen: str = "") -> None:
        self.problem = problem
        self.file = file
        self.place = place
        self.seen = seen
        super().__init__(": ".join(part for part in (file, place, problem, seen) if part))


class RowsRefused(GraderError):
    """A file of answers has bad rows, and all or nothing was asked for; the message describes the first of them.

    `described` are their numbers and what is wrong, without the file's own words; `count` is how many there are.
    """

    def __init__(self, message: str, *, count: int, described: Sequence[tuple[int, str]]) -> None:
        self.count = count
        self.described = described
        super().__init__(message)


class UnknownKey(GraderError):
    """There is no such API key, or it no longer counts."""


class CandidateErased(GraderError):
    """A candidate was erased while a grade was made: it is not kept."""


class BudgetExhausted(GraderError):
    """A tenant has spent what it may spend in a day; `retry_after` is how many seconds the day still has."""

    def __init__(self, message: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class UnknownBatch(GraderError):
    """The tenant has no batch with this id."""


class BatchConflict(GraderError):
    """A batch is in no state for what is asked of it, or is being submitted by somebody else; says which."""


class EngineTaken(GraderError):
    """Another process runs the batches of this data folder; says which and what to do."""


class Overloaded(GraderError):
    """More waits already than can be served soon; worth another try a little later."""


class DatasetError(GraderError):
    """A benchmark file cannot be read; says file, line and field."""


class StorageError(GraderError):
    """The store cannot be opened, read or written."""


class StorageFull(StorageError):
    """There is no room left: disk or quota; reading goes on."""


class StorageBusy(StorageError):
    """The store is locked, overloaded or slow; the same request may succeed in a moment."""


class StorageAway(StorageError):
    """The store cannot be reached; the same request succeeds when it is back."""


class StorageBroken(StorageError):
    """The disk failed to take what was written: nobody knows what it holds until the file is opened anew.

    After a failed fsync the system may have thrown away what it could not write, and a second fsync succeeds over the
    hole (Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020): so the process must end.
    """


class AlreadyStored(StorageError):
    """Something with this id is there already; it stays as it was."""


class SchemaOutdated(StorageError):
    """The database is older than this program; says which command upgrades it."""
