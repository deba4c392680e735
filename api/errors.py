"""Every error is an RFC 9457 problem: what was wrong, where, what to do; never a copy of the input."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from grader.errors import InvalidAnswer, ModelUnavailable, StorageError
from rubrics.errors import ExtractionError, UnknownQuestion

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:answer-grader:problem:"


class FieldError(BaseModel):
    """One wrong field: a JSON pointer to it, a short code, and what is wrong in words."""

    pointer: str
    code: str
    detail: str


class ProblemBody(BaseModel):
    """An error on the wire (RFC 9457); `type` ends in the problem's name, `errors` names the wrong fields of a 422."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()


@dataclass(eq=False)
class Problem(Exception):
    """An error as the client sees it; `slug` is the last part of its `type`."""

    status: int
    slug: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """The problem as an HTTP response."""
        body = ProblemBody(
            type=TYPE_PREFIX + self.slug,
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            errors=self.errors,
        )
        content = body.model_dump(exclude_defaults=True)
        return JSONResponse(content, self.status, headers=self.headers, media_type=MEDIA_TYPE)


_EXPECTED: Final[dict[type[Exception], tuple[int, str]]] = {
    UnknownQuestion: (404, "not-found"),
    InvalidAnswer: (422, "validation-error"),
    ExtractionError: (422, "validation-error"),
    ModelUnavailable: (503, "model-unavailable"),
    StorageError: (503, "storage-unavailable"),
}
"""What our own errors mean over HTTP."""

_ROUTING: Final = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take this method; the header Allow names those it takes."),
}
"""What the framework's own errors mean."""

_OPERATORS_ONLY: Final = {
    "model-unavailable": "The embedding model is not available; `grader doctor` on the server says how to get it.",
    "storage-unavailable": "The grade could not be stored or read; try again later.",
}
"""Details that would name paths of the server are replaced by these."""

Render = Callable[[Request, Problem], Awaitable[Response]]


def install(app: FastAPI, render: Render) -> None:
    """Turn every error of `app` into a problem, shown by `render`."""

    async def on_problem(request: Request, error: Exception) -> Response:
        return await render(request, to_problem(error))

    for kind in (Problem, HTTPException, RequestValidationError, *_EXPECTED, Exception):
        app.add_exception_handler(kind, on_problem)


def invalid(*fields: FieldError) -> Problem:
    """The 422 for these wrong fields."""
    return Problem(422, "validation-error", f"{len(fields)} field(s) of the request are not valid.", fields)


def to_problem(error: Exception) -> Problem:
    """What the client is told about `error`."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        slug, detail = _ROUTING.get(error.status_code, ("http-error", str(error.detail)))
        return Problem(error.status_code, slug, detail, headers=dict(error.headers or {}))
    expected = next((_EXPECTED[kind] for kind in _EXPECTED if isinstance(error, kind)), None)
    if expected is None:
        return Problem(500, "internal-error", "Something went wrong on the server; it has been logged.")
    status, slug = expected
    detail = "There is no such question." if isinstance(error, UnknownQuestion) else str(error)
    return Problem(status, slug, _OPERATORS_ONLY.get(slug, detail))


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
