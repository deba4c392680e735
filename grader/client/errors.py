"""What can go wrong for a client.

ClientError               base: catch this one
├── Unreachable           no reply came
├── UnexpectedReply       a reply that is not the service's
├── StillGrading          the grade is not there yet; its id is kept
├── GradingFailed         the answer was taken, and could not be graded
└── Refused               the service said no, with a problem
    ├── Unauthenticated   401
    ├── Forbidden         403
    ├── NotFound          404
    ├── Conflict          409, 412, 428: somebody else was faster, or the same request is under way
    ├── Invalid           400, 413, 415, 422: `errors` names the fields
    ├── LimitReached      429: too many requests, or the budget is spent
    └── Unavailable       5xx
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from grader.errors import GraderError


class ClientError(GraderError):
    """Base of everything a client raises on purpose."""


class Unreachable(ClientError):
    """No reply came, in every try; the message names what happened to the last one."""


class UnexpectedReply(ClientError):
    """The reply is not what the service sends; a proxy, another server or a much newer version may have answered."""


class StillGrading(ClientError):
    """The grade `grade_id` is not there yet; `get_grade` has it later."""

    def __init__(self, grade_id: str, waited: float) -> None:
        self.grade_id = grade_id
        super().__init__(f"grade {grade_id} is not there after {waited:.0f} s; ask for it later with get_grade")


class GradingFailed(ClientError):
    """The answer behind `grade_id` was taken, and could not be graded."""

    def __init__(self, grade_id: str) -> None:
        self.grade_id = grade_id
        super().__init__(f"grade {grade_id} could not be made; send the answer again")


class WrongField(BaseModel):
    """One wrong field of a request: a JSON pointer to it, a short code, what is wrong in words."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """An error as the service sends it (RFC 9457); `instance` names the request in the service's logs."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    errors: tuple[WrongField, ...] = ()

    @property
    def slug(self) -> str:
        """The problem's short name, e.g. `idempotency-in-progress`."""
        return self.type.rpartition(":")[2]


@dataclass
class Refused(ClientError):
    """The service said no; `problem` says why."""

    problem: Problem

    def __str__(self) -> str:
        wrong = "".join(f"; {field.pointer}: {field.detail}" for field in self.problem.errors)
        return f"{self.problem.status} {self.problem.slug}: {self.problem.detail}{wrong}"


class Unauthenticated(Refused):
    """401: no key, or not a valid one."""


class Forbidden(Refused):
    """403: the key may not do this."""


class NotFound(Refused):
    """404: there is no such thing for this key."""


class Conflict(Refused):
    """409, 412, 428: it changed meanwhile, or the same request is under way."""


class Invalid(Refused):
    """400, 413, 415, 422: the request cannot be served as it is."""


class LimitReached(Refused):
    """429: too many requests, or the budget is spent."""


class Unavailable(Refused):
    """5xx: the service cannot serve it now."""


_KINDS: Final[dict[int, type[Refused]]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    428: Conflict,
    429: LimitReached,
}


def refusal(status: int, content: bytes) -> ClientError:
    """The error that a reply with this status and body stands for."""
    try:
        problem = Problem.model_validate_json(content)
    except ValidationError:
        return UnexpectedReply(f"the server answered {status} without saying what the problem is")
    fallback = Unavailable if status >= 500 else Invalid  # noqa: PLR2004 - the classes of HTTP
    return _KINDS.get(status, fallback)(problem)
