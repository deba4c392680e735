"""Every error is an RFC 9457 problem: what was wrong, where, what to do; never a copy of the input."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api import request_id
from api.problems import PROBLEMS
from grader.assessing import NoAttemptLeft, UnknownOrder, UnknownTest, WrongOrderState
from grader.delivery import RefusedUrl
from grader.errors import (
    AnswerFileError,
    BatchConflict,
    BudgetExhausted,
    CandidateErased,
    InvalidAnswer,
    ModelUnavailable,
    Overloaded,
    RowsRefused,
    StorageError,
    StorageFull,
    UnknownBatch,
)
from grader.platforms import UnknownConnection
from grader.webhooks import TooManyEndpoints, UnknownEndpoint
from rubrics.errors import ExtractionError, UnknownKeyPoint, UnknownQuestion, UnknownRubric, WrongState

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:answer-grader:problem:"

RETRY_SECONDS: Final = {
    "judge-unavailable": 30,  # the breaker before the LLM looks again after as long
    "model-unavailable": 30,
    "storage-unavailable": 5,  # a pool of connections is whole again after as long
    "temporary-reduced-capacity": 2,
}
"""`Retry-After` in seconds, where the problem itself does not know better."""


class FieldError(BaseModel):
    """One wrong field: a JSON pointer to it, a short code, and what is wrong in words."""

    pointer: str
    code: str
    detail: str


class ProblemBody(BaseModel):
    """An error on the wire (RFC 9457).

    `type` ends in the problem's name, `instance` in the id of the request; `errors` names the wrong fields of a 422.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str = ""
    errors: tuple[FieldError, ...] = ()


@dataclass(eq=False)
class Problem(Exception):
    """An error as the client sees it; `slug` names its meaning in `api.problems`, `detail` never holds any input."""

    status: int
    slug: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """The problem as an HTTP response."""
        body = ProblemBody(
            type=TYPE_PREFIX + self.slug,
            title=PROBLEMS[self.slug].title,
            status=self.status,
            detail=self.detail,
            instance=f"urn:uuid:{request_id.current()}" if request_id.current() else "",
            errors=self.errors,
        )
        headers = {"Link": f'</problems#{self.slug}>; rel="help"', **self.headers}
        if self.slug in RETRY_SECONDS:
            headers.setdefault("Retry-After", str(RETRY_SECONDS[self.slug]))
        return JSONResponse(body.model_dump(exclude_defaults=True), self.status, headers=headers, media_type=MEDIA_TYPE)


_EXPECTED: Final[dict[type[Exception], tuple[int, str]]] = {
    UnknownQuestion: (404, "not-found"),
    UnknownRubric: (404, "not-found"),
    UnknownKeyPoint: (422, "validation-error"),
    WrongState: (409, "wrong-state"),
    UnknownBatch: (404, "not-found"),
    BatchConflict: (409, "batch-state"),
    UnknownEndpoint: (404, "not-found"),
    UnknownTest: (404, "not-found"),
    UnknownOrder: (404, "not-found"),
    UnknownConnection: (404, "not-found"),
    WrongOrderState: (409, "wrong-state"),
    NoAttemptLeft: (409, "no-attempt-left"),
    TooManyEndpoints: (409, "too-many-webhooks"),
    RefusedUrl: (422, "webhook-url-not-allowed"),
    InvalidAnswer: (422, "validation-error"),
    ExtractionError: (422, "validation-error"),
    BudgetExhausted: (429, "budget-exhausted"),
    ModelUnavailable: (503, "model-unavailable"),
    CandidateErased: (409, "candidate-erased"),
    Overloaded: (503, "temporary-reduced-capacity"),
    StorageFull: (507, "storage-unavailable"),
    StorageError: (503, "storage-unavailable"),
}
"""What our own errors mean over HTTP."""

_WITHOUT_ECHO: Final[dict[type[Exception], str]] = {
    UnknownQuestion: "There is no such question.",
    UnknownRubric: "There is no such rubric.",
    UnknownBatch: "There is no such batch.",
    BatchConflict: "The batch is in no state for this, or another request submits it just now.",
    UnknownKeyPoint: "The rubric has no such key point.",
    UnknownEndpoint: "There is no such webhook, or no such delivery to it.",
    UnknownTest: "There is no such test.",
    UnknownOrder: "There is no such order.",
    UnknownConnection: "There is no such connection, or nothing like this was told by it.",
    WrongOrderState: "The order is in no state for this, or has changed in this moment.",
    NoAttemptLeft: "The candidate has begun this test as often as it allows.",
    TooManyEndpoints: "A tenant has at most 50 webhooks.",
    WrongState: "The version cannot go from the state it is in to this one.",
}
"""What is said of errors whose own words repeat what the client sent."""

_OF_FRAMEWORK: Final = {
    400: ("malformed-request", "The request cannot be read."),
    404: ("not-found", "There is nothing at this address."),
}
"""What the framework's own errors mean; `api.methods` leaves it few."""

_OPERATORS_ONLY: Final = {
    "model-unavailable": "The embedding model is not available; `grader doctor` on the server says how to get it.",
    "temporary-reduced-capacity": "Too much waits already; send it again a little later.",
    "storage-unavailable": "The grade could not be stored or read; try again later.",
}
"""Details that would name paths of the server are replaced by these."""

Render = Callable[[Request, Problem], Awaitable[Response]]


def install(app: FastAPI, render: Render) -> None:
    """Turn every expected error of `app` into a problem, shown by `render`; the others end in `api.observation`."""

    async def on_problem(request: Request, error: Exception) -> Response:
        return await render(request, to_problem(error))

    kinds: tuple[type[Exception], ...] = (Problem, *_EXPECTED, *_IN_DETAIL)
    for kind in kinds:
        app.add_exception_handler(kind, on_problem)


def invalid(*fields: FieldError) -> Problem:
    """The 422 for these wrong fields."""
    return Problem(422, "validation-error", f"{len(fields)} field(s) of the request are not valid.", fields)


def to_problem(error: Exception) -> Problem:
    """What the client is told about `error`."""
    if isinstance(error, Problem):
        return error
    in_detail = next((tell for kind, tell in _IN_DETAIL.items() if isinstance(error, kind)), None)
    if in_detail is not None:
        return in_detail(error)
    expected = next((_EXPECTED[kind] for kind in _EXPECTED if isinstance(error, kind)), None)
    if expected is None:
        return unexpected()
    status, slug = expected
    detail = _WITHOUT_ECHO.get(type(error)) or str(error)
    wait = getattr(error, "retry_after", None)
    headers = {} if wait is None else {"Retry-After": str(math.ceil(wait))}
    return Problem(status, slug, _OPERATORS_ONLY.get(slug, detail), headers=headers)


def _refused_rows(error: RowsRefused) -> Problem:
    """The bad rows that are described, by number."""
    rows = (FieldError(pointer=f"/{number}", code="bad_row", detail=problem) for number, problem in error.described)
    return Problem(422, "rows-refused", f"{error.count} row(s) are bad; nothing was accepted.", tuple(rows))


def _unreadable(error: AnswerFileError) -> Problem:
    """Where the file is wrong: a line can be told, the name of a sheet is the client's own word."""
    place = f", {error.place}:" if (error.place or "").startswith("line ") else ""
    return Problem(422, "answers-unreadable", f"The file{place} {error.problem}.")


def unexpected() -> Problem:
    """The 500: says nothing of the inside, which the log has under the request's id."""
    return Problem(500, "internal-error", "Something went wrong on the server; it has been logged.")


def _of_framework(error: HTTPException) -> Problem:
    if error.status_code not in _OF_FRAMEWORK:
        return unexpected()
    return Problem(error.status_code, *_OF_FRAMEWORK[error.status_code])


def _invalid(error: RequestValidationError) -> Problem:
    """A 422 that names every wrong field; pydantic's own messages, without the value it saw."""
    return invalid(
        *(
            FieldError(
                pointer=_pointer(_known(found)), code=found["type"], detail=found["msg"].removeprefix("Value error, ")
            )
            for found in error.errors()
        )
    )


def _known(found: dict[str, Any]) -> tuple[int | str, ...]:
    """Where an error is; for a field we do not know, where it stands: its name is the client's own word."""
    loc: tuple[int | str, ...] = found["loc"]
    return loc[:-1] if found["type"] == "extra_forbidden" else loc


def _pointer(loc: tuple[int | str, ...]) -> str:
    """RFC 6901 pointer into the body, or `query:name` for a parameter."""
    place, *path = loc
    if place != "body":
        return f"{place}:{'.'.join(str(part) for part in path)}"
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


_IN_DETAIL: Final[dict[type[Exception], Callable[[Any], Problem]]] = {
    RequestValidationError: _invalid,
    HTTPException: _of_framework,
    RowsRefused: _refused_rows,
    AnswerFileError: _unreadable,
}
"""Errors of which more is told than a sentence."""
