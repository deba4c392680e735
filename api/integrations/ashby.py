"""What Ashby calls: its assessments partner API (https://developers.ashbyhq.com), the parts that partners implement.

`assessment.list` and `assessment.cancel` report errors with 200 and `"success": false`; `assessment.start` answers 409
where the candidate is being assessed already, and 422 with a message that Ashby shows to its user.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field, ValidationError

from api import request_id
from api.dependencies import App, Application, Caller
from api.errors import Problem, to_problem
from api.integrations.received import Body, Received
from api.integrations.route import PlatformRoute
from grader.access import Principal
from grader.assessing import NoAttemptLeft, Placed, UnknownOrder, UnknownTest
from grader.assessment import AssessmentOrder, Candidate, Platform
from grader.platforms.ashby import AshbyNews

_START: Final = "/assessment.start"
_SERVER_ERROR: Final = 500


class _AshbyRoute(PlatformRoute):
    def said(self, error: Exception) -> Response:
        """The error in Ashby's way; what may pass (5xx) keeps its status."""
        problem = _problem(error)
        if problem.status >= _SERVER_ERROR:
            return problem.response()
        if self.path.endswith(_START):
            body = {} if problem.status == 409 else {"message": problem.detail}  # noqa: PLR2004 - as in the contract
            return JSONResponse(body, 409 if problem.status == 409 else 422)  # noqa: PLR2004 - as above
        info = {"code": problem.slug.replace("-", "_"), "message": problem.detail, "requestId": request_id.current()}
        return JSONResponse({"success": False, "errors": [info["code"]], "errorInfo": info})


router = APIRouter(prefix="/integrations/ashby", include_in_schema=False, route_class=_AshbyRoute)


def _uuid(text: str) -> str:
    return str(uuid.UUID(text))


Uuid = Annotated[str, Field(max_length=36), AfterValidator(_uuid)]
Id = Annotated[str, Field(min_length=1, max_length=100)]


class CandidateIn(Received):
    """Who is to be assessed."""

    ashby_id: Id
    first_name: str = Field(max_length=200)
    last_name: str = Field(max_length=200)
    email: str = Field(max_length=320)
    ashby_profile_url: str = Field(max_length=2_000)


class ApplicationIn(Received):
    """For which application."""

    ashby_id: Id
    status: Literal["Hired", "Archived", "Active", "Lead"]


class JobIn(Received):
    """For which job; nothing of it is kept."""

    ashby_id: Id
    name: str
    ashby_job_url: str


class Start(Received):
    """An order."""

    assessment_type_id: Uuid
    candidate: CandidateIn
    application: ApplicationIn
    job: JobIn


class Cancel(Received):
    """An order that is to end."""

    assessment_id: Uuid


@router.post("/assessment.list")
async def list_assessments(app: App, caller: Caller, _body: Body) -> dict[str, Any]:
    """Every test that can be ordered."""
    tests = await app.settlement.desk.tests.list(caller.tenant)
    results = [
        {"assessment_type_id": test.id, "name": test.name, "description": test.description}
        for test in tests
        if not test.retired
    ]
    return {"success": True, "results": results}


@router.post(_START)
async def start(app: App, caller: Caller, body: Body) -> dict[str, Any]:
    """Order a test; the same application and test again is the same order, as long as that is not over."""
    asked = Start.model_validate(body)
    placed = Placed(
        asked.assessment_type_id,
        Platform.ASHBY,
        _candidate(asked.candidate),
        dedup_key=f"{asked.application.ashby_id}:{asked.assessment_type_id}",
        connection=caller.key_id or "",
    )
    await _require_free(app, caller, placed)
    order, _ = await app.settlement.ordering.place(caller.tenant, placed, caller.key_id)
    if order.candidate.ref != placed.candidate.ref:
        raise Problem(409, "wrong-state", "Another candidate of this application is being assessed.")
    return await _with_update(app, caller, order)


@router.post("/assessment.cancel")
async def cancel(app: App, caller: Caller, body: Body) -> dict[str, Any]:
    """End an order."""
    asked = Cancel.model_validate(body)
    order = await app.settlement.desk.order(caller.tenant, asked.assessment_id)
    if order.platform is not Platform.ASHBY:
        raise UnknownOrder("ordered by somebody else")
    ended = await app.settlement.ordering.cancel(caller.tenant, order, caller.key_id or "", told=False)
    return await _with_update(app, caller, ended)


async def _require_free(app: Application, caller: Principal, placed: Placed) -> None:
    """Problem 409 where the candidate takes this test already, for another application."""
    theirs = await app.settlement.desk.orders.of(caller.tenant, placed.candidate.ref)
    if any(not each.ended and each.test_id == placed.test_id and each.dedup_key != placed.dedup_key for each in theirs):
        raise Problem(409, "wrong-state", "The candidate is being assessed already.")


async def _with_update(app: Application, caller: Principal, order: AssessmentOrder) -> dict[str, Any]:
    test = await app.settlement.desk.test(caller.tenant, order.test_id)
    update = AshbyNews(app.links).update(order, test)
    return {"success": True, "results": {"assessment_id": order.id, "update_request": update}}


def _candidate(sent: CandidateIn) -> Candidate:
    return Candidate(ref=f"ashby:{sent.ashby_id}", name=f"{sent.first_name} {sent.last_name}".strip(), email=sent.email)


def _problem(error: Exception) -> Problem:
    if isinstance(error, ValidationError):
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        return Problem(422, "validation-error", f"These fields are missing or not valid: {wrong}.")
    if isinstance(error, NoAttemptLeft):
        return Problem(422, "validation-error", "The candidate has begun this assessment as often as it allows.")
    if isinstance(error, UnknownTest):
        return Problem(422, "validation-error", "There is no such assessment, or it is no longer offered.")
    return to_problem(error)
