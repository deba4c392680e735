"""What Workable calls: UNVERIFIED, served only with GRADER_WORKABLE_UNVERIFIED; see `grader.platforms.workable`.

Errors are `{"status": …, "message": …}`, as others report of it; a wrong token is answered as everywhere here.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from api.dependencies import App, Caller
from api.errors import to_problem
from api.integrations.received import Body, Received
from api.integrations.route import PlatformRoute
from grader.assessing import NoAttemptLeft, Placed, UnknownTest
from grader.assessment import Candidate, Platform
from grader.delivery import RefusedUrl
from grader.platforms import workable
from grader.platforms.callback import check_callback, dedup_key

_NOT_VALID: Final = 422


class _WorkableRoute(PlatformRoute):
    def said(self, error: Exception) -> Response:
        status, message = _said(error)
        return JSONResponse({"status": status, "message": message}, status)


router = APIRouter(prefix="/integrations/workable", include_in_schema=False, route_class=_WorkableRoute)


class CandidateIn(Received):
    """Who is to take the test; what we do not need is not kept."""

    first_name: str = Field(max_length=200)
    last_name: str = Field(max_length=200)
    email: str = Field(min_length=1, max_length=320)


class Assessment(Received):
    """An order; the id of the test comes back as it was listed, or as a number if it looks like one."""

    test_id: str | int
    callback_url: str = Field(max_length=2_000)
    candidate: CandidateIn


@router.get("/tests")
async def list_tests(app: App, caller: Caller) -> dict[str, list[dict[str, str]]]:
    """Every test that can be ordered."""
    tests = await app.settlement.desk.tests.list(caller.tenant)
    return {"tests": [{"id": test.id, "name": test.name} for test in tests if not test.retired]}


@router.post("/assessments", status_code=201)
async def create_assessment(app: App, caller: Caller, body: Body) -> dict[str, str]:
    """Order a test for a candidate; the same `callback_url` again is the same order."""
    asked = Assessment.model_validate(body)
    check_callback(asked.callback_url, workable.SUFFIX, app.services.settings.delivery_trusted_hosts)
    placed = Placed(
        str(asked.test_id),
        Platform.WORKABLE,
        _candidate(asked.candidate),
        dedup_key=dedup_key(asked.callback_url),
        callback=asked.callback_url,
        connection=caller.key_id or "",
    )
    order, _ = await app.settlement.ordering.place(caller.tenant, placed, caller.key_id)
    return {"assessment_id": order.id}


def _candidate(sent: CandidateIn) -> Candidate:
    """The person by e-mail: Workable sends no number of its own."""
    name = f"{sent.first_name} {sent.last_name}".strip()
    return Candidate(ref=f"workable:{sent.email.strip().lower()[:180]}", name=name, email=sent.email)


def _said(error: Exception) -> tuple[int, str]:
    if isinstance(error, ValidationError):
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        return _NOT_VALID, f"These fields are missing or not valid: {wrong}."
    if isinstance(error, NoAttemptLeft):
        return _NOT_VALID, "The candidate has begun this test as often as it allows."
    if isinstance(error, UnknownTest):
        return _NOT_VALID, "There is no such test, or it is no longer offered."
    if isinstance(error, RefusedUrl):
        return _NOT_VALID, f"callback_url cannot be called: {error}"
    problem = to_problem(error)
    return problem.status, problem.detail
