"""Assessments over HTTP: tests are set up, ordered, given more time, cancelled, released."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.assessment_schemas import (
    ImpactIn,
    NoDetails,
    OrderChange,
    OrderIn,
    OrderOut,
    OrderPage,
    OrderParameters,
    TestIn,
    TestList,
)
from api.cursors import Cursors
from api.dependencies import App, Application, Caller, Creating
from api.errors import FieldError, invalid
from api.openapi import problems
from api.routes.grades import require_judge
from grader.assessing import Placed, UnknownTest, latest_scores
from grader.assessment import Candidate, Platform, Test
from grader.errors import AlreadyStored
from grader.impact import ImpactReport, impact
from grader.keeping import NOBODY
from grader.ports import Place
from rubrics.errors import UnknownQuestion

router = APIRouter(prefix="/v1/assessments", tags=["assessments"])


@router.post("/tests", status_code=201)
async def create_test(app: App, creation: Creating, body: TestIn, response: Response) -> Test:
    """Set up a test; it never changes, so that an order means what it meant: retire it, and set up another."""
    require_judge(app, body.judge)
    await _require_questions(app, creation.tenant, body.question_ids)
    test, tests = body.to_test(creation.id, datetime.now(UTC)), app.settlement.desk.tests
    try:
        await tests.add(creation.tenant, test)
    except AlreadyStored:  # by an earlier try of this request
        test = await tests.find(creation.tenant, creation.id) or test
    response.headers["Location"] = f"/v1/assessments/tests/{test.id}"
    return test


@router.get("/tests")
async def list_tests(app: App, caller: Caller) -> TestList:
    """Every test, retired ones too, the oldest first."""
    return TestList(tests=list(await app.settlement.desk.tests.list(caller.tenant)))


@router.get("/tests/{test_id}")
async def get_test(app: App, caller: Caller, test_id: str) -> Test:
    """One test."""
    return await app.settlement.desk.test(caller.tenant, test_id)


@router.delete("/tests/{test_id}", status_code=204)
async def retire_test(app: App, caller: Caller, test_id: str) -> None:
    """Offer a test no longer; orders of it go on."""
    test = await app.settlement.desk.test(caller.tenant, test_id)
    await app.settlement.desk.tests.replace(caller.tenant, test.model_copy(update={"retired": True}))


@router.post("/tests/{test_id}/impact")
async def compare_groups(app: App, caller: Caller, test_id: str, body: ImpactIn) -> ImpactReport:
    """Compare how groups of candidates were selected and scored: ratios with intervals, and what is too small.

    The groups come with the request and are kept nowhere.
    """
    storage = app.services.storage
    scored = await latest_scores(storage.tests, storage.orders, caller.tenant, test_id)
    said = {each.ref: each.selected for each in body.candidates if each.selected is not None}
    told = tuple(replace(each, selected=said.get(each.ref, each.selected)) for each in scored)
    return impact(told, {each.ref: each.groups for each in body.candidates})


@router.post("/orders", status_code=201, openapi_extra=problems("no-attempt-left"))
async def create_order(app: App, creation: Creating, body: OrderIn, response: Response) -> OrderOut:
    """Order a test for a candidate; send the candidate the `invitation_url`."""
    candidate = Candidate(**body.candidate.model_dump())
    placed = Placed(body.test_id, Platform.API, candidate, extra_minutes=body.extra_minutes)
    try:
        order, _ = await app.settlement.ordering.place(creation.tenant, placed, creation.made_by, creation.id)
    except UnknownTest:
        raise invalid(FieldError(pointer="/test_id", code="unknown_test", detail="There is no such test.")) from None
    except AlreadyStored:  # by an earlier try of this request
        order = await app.settlement.desk.order(creation.tenant, creation.id)
    response.headers["Location"] = f"/v1/assessments/orders/{order.id}"
    return OrderOut.of(order, app.links)


@router.get("/orders", openapi_extra=problems("invalid-cursor"))
async def list_orders(app: App, caller: Caller, wanted: Annotated[OrderParameters, Query()]) -> OrderPage:
    """Orders from wherever they came, the newest first."""
    cursors = Cursors(app.access.secret, f"{caller.tenant} orders {wanted.state}")
    after = None if wanted.cursor is None else cursors.open(wanted.cursor)
    orders = app.settlement.desk.orders
    found = await orders.page(caller.tenant, wanted.state, limit=wanted.limit + 1, after=after)
    page = found[: wanted.limit]
    more = cursors.seal(Place(page[-1].ordered_at, page[-1].id)) if len(found) > len(page) else None
    return OrderPage(orders=[OrderOut.of(order, app.links) for order in page], next=more)


@router.get("/orders/{order_id}")
async def get_order(app: App, caller: Caller, order_id: str) -> OrderOut:
    """One order, with its result once there is one."""
    return OrderOut.of(await app.settlement.desk.order(caller.tenant, order_id), app.links)


@router.patch("/orders/{order_id}", openapi_extra=problems("wrong-state"))
async def change_order(app: App, caller: Caller, order_id: str, body: OrderChange) -> OrderOut:
    """Give a candidate extra time, before or while the test is taken."""
    order = await app.settlement.desk.order(caller.tenant, order_id)
    return OrderOut.of(await app.settlement.ordering.grant(caller.tenant, order, body.extra_minutes), app.links)


@router.post("/orders/{order_id}/cancellation", openapi_extra=problems("wrong-state"))
async def cancel_order(app: App, caller: Caller, order_id: str, _body: NoDetails) -> OrderOut:
    """End an order that is not complete; what was written and not handed in is deleted."""
    order = await app.settlement.desk.order(caller.tenant, order_id)
    ended = await app.settlement.ordering.cancel(caller.tenant, order, caller.key_id or NOBODY)
    return OrderOut.of(ended, app.links)


@router.post("/orders/{order_id}/release", openapi_extra=problems("wrong-state"))
async def release_order(app: App, caller: Caller, order_id: str, _body: NoDetails) -> OrderOut:
    """Let a result go that waits for a person, as it is now with the overrides of its grades.

    A result that has left is told anew where overrides have changed it since then.
    """
    order = await app.settlement.desk.order(caller.tenant, order_id)
    return OrderOut.of(await app.settlement.release(caller.tenant, order, caller.key_id or NOBODY), app.links)


async def _require_questions(app: Application, tenant: str, question_ids: list[str]) -> None:
    for place, question_id in enumerate(question_ids):
        try:
            await app.author.of_question(tenant, question_id)
        except UnknownQuestion:
            wrong = FieldError(pointer=f"/question_ids/{place}", code="unknown_question", detail="There is none.")
            raise invalid(wrong) from None
