"""The description of the API: what FastAPI knows of the routes, and what stands in the tables beside them.

Every operation tells each error it can answer with, by name; who may call it; and an example of what goes in and out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI

from api import errors, idempotency
from api.examples import EXAMPLES
from api.permissions import RULES, UNDECLARED, Body, Rule
from api.problems import PROBLEMS

_KEY: Final = "problems"
"""Where a route names its own problems, until they are described."""

_ALWAYS: Final = (
    "malformed-request",
    "invalid-text",
    "misdirected-request",
    "uri-too-long",
    "validation-error",
    "headers-too-large",
    "internal-error",
)
"""What every operation can answer."""

_WITH_KEY: Final = (
    "unauthenticated",
    "insufficient-scope",
    "quota-exceeded",
    "storage-unavailable",
    "temporary-reduced-capacity",
)
"""What an operation can answer that asks who is there."""

_WITH_BODY: Final = (
    "cross-site-request",
    "request-timeout",
    "content-too-large",
    "unsupported-media-type",
    "unsupported-content-encoding",
)
"""What an operation can answer that reads a body."""

_WITH_JSON: Final = ("malformed-json", "duplicate-key")
"""What an operation can answer that reads JSON."""

_CREATING: Final = ("idempotency-key-invalid", "idempotency-key-reused", "idempotency-in-progress")
"""What an operation can answer that honours an Idempotency-Key."""

_TAGS: Final = [
    {"name": "grades", "description": "Answers in, grades out: at once, or promised and fetched later."},
    {"name": "batches", "description": "Files of answers in, progress, results out."},
    {"name": "reviews", "description": "Why a grade is what it is, and what people say of it."},
    {"name": "candidates", "description": "All that is held about a person: handed out, or erased."},
    {"name": "questions", "description": "The bank; reference answers and key points stay inside."},
    {
        "name": "rubrics",
        "description": "What answers are graded against: drafted, checked, published, kept.",
    },
    {"name": "transcripts", "description": "Interviews in, a grade per question out, in versions."},
    {"name": "webhooks", "description": "Your servers are told what happened, signed as Standard Webhooks says."},
    {"name": "assessments", "description": "Tests for candidates: set up, ordered, released; hiring platforms."},
    {"name": "health", "description": "For machines that watch the service."},
]

_ABOUT: Final = f"""
Errors are `{errors.MEDIA_TYPE}` (RFC 9457); each names its kind, and the page `/problems` says what to do about each.
Every response has the request's id in `X-Request-Id`. Reading is `GET` or `HEAD`; `OPTIONS` tells the methods.
"""


def problems(*slugs: str) -> dict[str, Any]:
    """For a route's `openapi_extra`: the problems it has beyond those of every route of its kind."""
    return {_KEY: slugs}


class DescribedApi(FastAPI):
    """FastAPI, with a description that leaves nothing out."""

    def openapi(self) -> dict[str, Any]:
        """The description, made with the first call."""
        if self.openapi_schema is None:
            described = super().openapi()
            described["info"]["description"] = _ABOUT.strip()
            described["tags"] = _TAGS
            _describe(described)
        return dict(self.openapi_schema or {})


def _describe(described: dict[str, Any]) -> None:
    components = described.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = errors.ProblemBody.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    for name, schema in components["schemas"]["Problem"].pop("$defs", {}).items():
        components["schemas"].setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "An API key"}}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            _complete(operation, f"{method.upper()} {path}")


def _complete(operation: dict[str, Any], name: str) -> None:
    rule = _RULES.get(name, UNDECLARED)
    slugs = {*_slugs(operation, rule), *operation.pop(_KEY, ())}
    operation["responses"].pop("422", None)  # FastAPI's own, which is never sent
    for status in sorted({status for slug in slugs for status in PROBLEMS[slug].statuses}):
        operation["responses"].setdefault(str(status), _response(status, sorted(slugs)))
    if rule.scope is not None:
        operation["security"] = [{"key": []}, {}]
        operation["description"] = f"{operation.get('description', '')}\n\nScope: `{rule.scope}`.".strip()
    if rule.creates:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    _show_by_example(operation, EXAMPLES.get(name, {}))


def _slugs(operation: dict[str, Any], rule: Rule) -> Iterator[str]:
    yield from _ALWAYS
    if rule.scope is not None:
        yield from _WITH_KEY
    if "requestBody" in operation or rule.body is Body.NOTHING:  # which reads what comes all the same
        yield from _WITH_BODY
    if ("requestBody" in operation and rule.body is Body.JSON) or rule.body is Body.NOTHING:
        yield from _WITH_JSON
    if rule.creates:
        yield from _CREATING
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        yield "not-found"


def _response(status: int, slugs: list[str]) -> dict[str, Any]:
    """One error status: its problems by name, each with its example."""
    here = [slug for slug in slugs if status in PROBLEMS[slug].statuses]
    return {
        "description": "; ".join(f"`{slug}`: {PROBLEMS[slug].title}" for slug in here),
        "content": {
            errors.MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {slug: {"summary": PROBLEMS[slug].title, "value": _example(slug, status)} for slug in here},
            }
        },
    }


def _example(slug: str, status: int) -> dict[str, Any]:
    meaning = PROBLEMS[slug]
    found: dict[str, Any] = {
        "type": errors.TYPE_PREFIX + slug,
        "title": meaning.title,
        "status": status,
        "detail": meaning.remedy,
        "instance": "urn:uuid:0a4c8f5e-7d1b-4c57-9d52-3f0e6f1f2f10",
    }
    if slug == "validation-error":
        wrong = {"pointer": "/answer", "code": "missing", "detail": "Field required"}
        found["errors"] = [wrong]
    return found


def _show_by_example(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    for name, value in examples.items():
        place = operation["requestBody"] if name == "request" else operation["responses"][name]
        next(iter(place["content"].values()))["examples"] = value


_RULES: Final = {re.sub(r":\w+}", "}", name): rule for name, rule in RULES.items()}
"""By the template that is described, which does not say what a parameter may hold."""

_IDEMPOTENCY_KEY: Final = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request, within 24 hours, gets the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~]+$"},
}
