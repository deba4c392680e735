"""The queue: what waits for a person, why, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.cursors import MAX_LENGTH, Cursors
from api.dependencies import App, Application, Caller
from api.web.addresses import query
from api.web.rendering import form_page
from api.web.review.words import REASONS, age, is_late, pseudonym
from grader.keeping import NOBODY
from grader.ports import Place, ReferralFilter
from grader.referral import BLIND, Reason
from grader.triage import Waiting
from rubrics.errors import UnknownQuestion

router = APIRouter(prefix="/review", include_in_schema=False, default_response_class=HTMLResponse)

PAGE: Final = 25
"""Referrals on a page."""


@dataclass(frozen=True)
class Wanted:
    """Which referrals to list; what is not known is taken for no wish."""

    reason: Annotated[str, Query(max_length=40)] = ""
    question: Annotated[str, Query(max_length=64)] = ""
    show: Annotated[str, Query(max_length=10)] = ""
    batch: Annotated[str, Query(max_length=64)] = ""

    @property
    def filter(self) -> ReferralFilter:
        """The same in the words of the store."""
        reason = Reason(self.reason) if self.reason in set(Reason) else None
        question = self.question.strip() or None
        return ReferralFilter(self.show != "settled", reason, question, self.batch or None)

    def query(self, **changed: str) -> str:
        """The address's part that says this wish, with changes; empty where nothing is wished."""
        wished = {"reason": self.reason, "question": self.question, "show": self.show, "batch": self.batch}
        return query(wished | changed)


Wish = Annotated[Wanted, Depends()]


@dataclass(frozen=True)
class Line:
    """One line of the queue; what would sway a judge is left out where it is to be judged blind.

    `at` names another person who is looking at it; empty where nobody else is.
    """

    id: str
    question_id: str
    title: str
    candidate: str
    reasons: tuple[str, ...]
    age: str
    late: bool
    blind: bool
    score: float | None
    at: str


@router.get("")
async def show_queue(
    request: Request,
    app: App,
    caller: Caller,
    wanted: Wish,
    cursor: Annotated[str, Query(max_length=MAX_LENGTH)] = "",
) -> Response:
    """What waits, the longest first."""
    cursors = Cursors(app.access.secret, f"{caller.tenant} review {wanted.query()}")
    after = cursors.open(cursor) if cursor else None
    found = await app.triage.queue(caller.tenant, wanted.filter, limit=PAGE, after=after)
    last = found[-1].referral if len(found) == PAGE else None
    waiting = await app.services.storage.referrals.waiting(caller.tenant)
    reserved = {each.grade_id: each.by for each in await app.triage.reserved(caller)}
    return form_page(
        request,
        "review/queue.html",
        lines=[await _line(app, caller.tenant, each, reserved.get(each.grade.id)) for each in found],
        wanted=wanted,
        waiting=[(reason, REASONS[reason], waiting[reason]) for reason in Reason if waiting.get(reason)],
        questions=app.bank.questions(),
        more=cursors.seal(Place(last.since, last.grade_id)) if last else "",
        beginning=not cursor,
    )


@router.get("/next")
async def go_on(app: App, caller: Caller, wanted: Wish, after: Annotated[str, Query(max_length=64)] = "") -> Response:
    """To the next one that waits and that nobody else is at; back to the queue where there is none."""
    last = await app.services.storage.referrals.find(caller.tenant, after) if after else None
    found = await app.triage.following(caller, wanted.filter, last)
    place = "/review" if found is None else f"/review/grades/{found.grade_id}"
    return RedirectResponse(place + wanted.query(), 303)


async def title_of(app: Application, tenant: str, question_id: str) -> str:
    """What a question is called; its id where it is no longer known."""
    try:
        return (await app.author.of_question(tenant, question_id)).question.title
    except UnknownQuestion:
        return question_id


async def person(app: Application, by: str) -> str:
    """What a person is called: as they did themselves, else as whoever made their key named it."""
    key_id, _, name = by.partition("/")
    if name:
        return name
    if key_id == NOBODY:
        return "Somebody without a key"
    return await app.access.keyring.name(key_id) or "Somebody"


async def _line(app: Application, tenant: str, waiting: Waiting, reserved_by: str | None) -> Line:
    referral, grade = waiting.referral, waiting.grade
    blind = referral.is_open and bool(BLIND.intersection(referral.reasons))
    return Line(
        id=grade.id,
        question_id=grade.question_id,
        title=await title_of(app, tenant, grade.question_id),
        candidate=pseudonym(app.access.secret, grade.candidate_ref),
        reasons=tuple(REASONS[reason] for reason in referral.reasons),
        age=age(referral.since),
        late=referral.is_open and is_late(referral.since),
        blind=blind,
        score=None if blind else grade.score,
        at=await person(app, reserved_by) if referral.is_open and reserved_by else "",
    )
