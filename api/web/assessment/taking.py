"""`/assessment/…`: invitation, consent, questions one by one, handing in, and the feedback that the test allows.

Every step is a form and a redirection, and works without a script; one only saves in between. The link itself is what
lets a candidate in, on whichever device, so no form needs a token of its own: nobody else can name its address.
"""

from __future__ import annotations

import math
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.web.assessment.feedback import feedback_of
from api.web.assessment.visit import Invited, Visit
from api.web.forms import Fields, read_form
from api.web.rendering import page
from grader.assessing import AnsweredElsewhere, OrderClosed, WrongOrderState
from grader.assessment import OrderState
from grader.text.canonical import MAX_CHARACTERS

router = APIRouter(prefix="/assessment/{token}", include_in_schema=False, default_response_class=HTMLResponse)

MAX_FIELDS: Final = 10
SEE_OTHER: Final = 303

Number = Annotated[int, Path(ge=1, le=1_000)]


async def typed(request: Request) -> Fields:
    """What the candidate sent."""
    return await read_form(request, MAX_FIELDS)


Typed = Annotated[Fields, Depends(typed)]


@router.get("")
async def show(visit: Invited) -> Response:
    """Where the order is: to be begun, under way, handed in, or over."""
    order = visit.order
    if order.state is OrderState.STARTED:
        return await _overview(visit)
    if order.state is OrderState.INVITED and visit.now < order.expires_at:
        return _page(visit, "invitation.html", complaint="")
    if order.submitted_at is not None and order.state is not OrderState.CANCELLED:
        return _page(visit, "submitted.html", feedback=await feedback_of(visit))
    return _page(visit, "over.html", status=410)


@router.post("/start")
async def start(visit: Invited, fields: Typed) -> Response:
    """The candidate agrees, and the time begins."""
    if visit.order.state is OrderState.INVITED and fields.get("consent") != "yes":
        complaint = "Please tick the box if you agree; without that the test cannot begin."
        return _page(visit, "invitation.html", status=422, complaint=complaint)
    try:
        await visit.app.settlement.ordering.start(visit.tenant, visit.order)
    except (OrderClosed, WrongOrderState):  # over, or begun on another device in the same moment
        return RedirectResponse(visit.path, SEE_OTHER)
    return RedirectResponse(f"{visit.path}/questions/1", SEE_OTHER)


@router.get("/questions/{number}")
async def show_question(visit: Invited, number: Number) -> Response:
    """One question, and what was written to it so far."""
    if visit.order.state is not OrderState.STARTED:
        return RedirectResponse(visit.path, SEE_OTHER)
    return await _question(visit, number)


@router.post("/questions/{number}")
async def save(visit: Invited, number: Number, fields: Typed) -> Response:
    """Keep what was written, and go on to where the button says."""
    question, text = await visit.question(number), fields.get("answer", "")
    if len(text) > MAX_CHARACTERS:
        complaint = f"That is too long: an answer may have {MAX_CHARACTERS:,} characters. It is not saved yet."
        return await _question(visit, number, status=422, text=text, complaint=complaint)
    try:
        saved = await visit.app.settlement.ordering.save(
            visit.tenant, visit.order, question.id, text, _revision(fields)
        )
    except OrderClosed:
        return RedirectResponse(visit.path, SEE_OTHER)
    except AnsweredElsewhere:
        return await _question(visit, number, status=409, text=text)
    where = {"next": f"/questions/{number + 1}", "previous": f"/questions/{number - 1}", "stay": f"/questions/{number}"}
    if fields.get("go") == "saved":
        return JSONResponse({"revision": saved.revision})
    return RedirectResponse(visit.path + where.get(fields.get("go", ""), ""), SEE_OTHER)


@router.post("/submission")
async def submit(visit: Invited, _fields: Typed) -> Response:
    """Hand in everything."""
    try:
        await visit.app.settlement.ordering.submit(visit.tenant, visit.order)
    except (OrderClosed, WrongOrderState):  # over, or handed in on another device in the same moment
        return RedirectResponse(visit.path, SEE_OTHER)
    return RedirectResponse(visit.path, SEE_OTHER)


async def _overview(visit: Visit) -> Response:
    answers = await visit.answers()
    written = [
        (await visit.question(number), each in answers and bool(answers[each].text.strip()))
        for number, each in enumerate(visit.order.questions, 1)
    ]
    return _page(visit, "overview.html", written=written, left=_minutes_left(visit))


async def _question(
    visit: Visit, number: int, *, status: int = 200, text: str | None = None, complaint: str = ""
) -> Response:
    """The page of a question; where another device has saved something else, both texts are on it."""
    question = await visit.question(number)
    kept = (await visit.answers()).get(question.id)
    conflict = kept.text if kept is not None and text is not None and not complaint else None
    return _page(
        visit,
        "question.html",
        status=status,
        question=question,
        number=number,
        text=text if text is not None else kept.text if kept else "",
        revision=kept.revision if kept else 0,
        conflict=conflict,
        complaint=complaint,
        limit=MAX_CHARACTERS,
        left=_minutes_left(visit),
    )


def _page(visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
    return page(f"assessment/{template}", status=status, path=visit.path, order=visit.order, test=visit.test, **values)


def _revision(fields: dict[str, str]) -> int:
    sent = fields.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0  # noqa: PLR2004 - any number


def _minutes_left(visit: Visit) -> int | None:
    deadline = visit.order.deadline
    return None if deadline is None else max(0, math.ceil((deadline - visit.now).total_seconds() / 60))
