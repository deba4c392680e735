"""What Greenhouse calls: its Assessment Partner API (https://developers.greenhouse.io/assessment.html).

Its answers have the contract's fields and no others; 401 is a wrong key, 404 an unknown test or order.
"""

from __future__ import annotations

import logging
import re
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Query
from pydantic import Field, ValidationError

from api.dependencies import App, Caller
from api.errors import FieldError, Problem, invalid
from api.integrations.received import Body, Received
from grader.assessing import Placed
from grader.assessment import Candidate, Platform
from grader.delivery import RefusedUrl
from grader.platforms import greenhouse
from grader.platforms.callback import check_callback, dedup_key

router = APIRouter(prefix="/integrations/greenhouse", include_in_schema=False)

_log: Final = logging.getLogger(__name__)
T = TypeVar("T", bound=Received)

_PERSON: Final = re.compile(r"/people/(\d{1,30})(?:[/?#]|$)")


class CandidateIn(Received):
    """Who is to take the test; what we do not need is not kept."""

    first_name: str = Field(max_length=200)
    last_name: str = Field(max_length=200)
    preferred_name: str | None = Field(default=None, max_length=200)
    email: str = Field(min_length=1, max_length=320)
    greenhouse_profile_url: str = Field(max_length=2_000)


class SendTest(Received):
    """An order."""

    partner_test_id: str = Field(max_length=100)
    candidate: CandidateIn
    url: str = Field(max_length=2_000)


class ResponseError(Received):
    """What Greenhouse found wrong with an answer of ours."""

    api_call: str = Field(max_length=200)
    errors: list[str] = Field(max_length=100)
    partner_test_id: str | None = None
    partner_interview_id: str | None = None


@router.get("/list_tests")
async def list_tests(app: App, caller: Caller) -> list[dict[str, str]]:
    """Every test that can be sent."""
    tests = await app.settlement.desk.tests.list(caller.tenant)
    return [{"partner_test_id": test.id, "partner_test_name": test.name} for test in tests if not test.retired]


@router.post("/send_test")
async def send_test(app: App, caller: Caller, body: Body) -> dict[str, str]:
    """Order a test for a candidate; the same order again has the same id."""
    asked = _read(SendTest, body)
    try:
        check_callback(asked.url, greenhouse.SUFFIX, app.services.settings.delivery_trusted_hosts)
    except RefusedUrl as error:
        raise invalid(FieldError(pointer="/url", code="url_not_allowed", detail=str(error))) from None
    placed = Placed(
        asked.partner_test_id,
        Platform.GREENHOUSE,
        _candidate(asked.candidate),
        dedup_key=dedup_key(asked.url),
        callback=asked.url,
        connection=caller.key_id or "",
    )
    order, _ = await app.settlement.ordering.place(caller.tenant, placed, caller.key_id)
    return {"partner_interview_id": order.id}


@router.get("/test_status")
async def test_status(
    app: App, caller: Caller, partner_interview_id: Annotated[str, Query(max_length=100)]
) -> dict[str, Any]:
    """How far an order is, and its result once it is complete."""
    desk = app.settlement.desk
    order = await desk.order(caller.tenant, partner_interview_id)
    if order.platform is not Platform.GREENHOUSE:
        raise Problem(404, "not-found", "There is no such order.")
    return greenhouse.status(order, await desk.test(caller.tenant, order.test_id), app.links)


@router.post("/request_errors")
async def take_error(caller: Caller, body: Body) -> dict[str, int]:
    """Note what Greenhouse could not use; its words may hold a candidate's address, so only their number is logged."""
    told = _read(ResponseError, body)
    _log.error("Greenhouse could not use an answer (connection %s): %d error(s)", caller.key_id, len(told.errors))
    return {"status": 200}


def _read(kind: type[T], body: dict[str, Any]) -> T:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise invalid(
            *(
                FieldError(pointer="".join(f"/{part}" for part in each["loc"]), code=each["type"], detail=each["msg"])
                for each in error.errors()
            )
        ) from None


def _candidate(sent: CandidateIn) -> Candidate:
    """The person by Greenhouse's own number, where the profile's address tells it, else by e-mail."""
    number = _PERSON.search(sent.greenhouse_profile_url)
    ref = number[1] if number else sent.email.strip().lower()[:180]
    name = f"{sent.preferred_name or sent.first_name} {sent.last_name}".strip()
    return Candidate(ref=f"greenhouse:{ref}", name=name, email=sent.email)
