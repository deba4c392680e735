"""Grading over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse

from api.cursors import Cursors
from api.dependencies import App, Application, Caller, Creating, Creation
from api.direct_route import DirectRoute
from api.drafting import draft
from api.errors import FieldError, Problem, invalid
from api.etags import etag_of, is_known
from api.openapi import problems
from api.preferences import RESPOND_ASYNC, is_async, patience
from api.queries import GradeParameters
from api.schemas import GradeList, GradeRequest, PromisedGrade
from grader.feedback import FeedbackMode
from grader.grading import Request
from grader.outage import judge_was_down
from grader.ports import PendingGrade, PendingState, Place
from grader.review import ReviewedGrade
from grader.text.canonical import check_limits
from rubrics.model import Rubric

router = APIRouter(prefix="/v1/grades", tags=["grades"])

UNAVAILABLE: Final = ("judge-unavailable", "model-unavailable", "temporary-reduced-capacity")
"""Why a grade cannot be made just now."""

POLL_SECONDS: Final = 2
"""`Retry-After` of a grade that is still to come: about what one takes."""


@router.post(
    "",
    status_code=201,
    response_model=ReviewedGrade,
    responses={202: {"model": PromisedGrade, "description": "Promised"}},
    openapi_extra=problems("not-found", "budget-exhausted", "candidate-erased", *UNAVAILABLE),
)
async def create_grade(
    app: App, creation: Creating, body: GradeRequest, prefer: Annotated[str | None, Header(max_length=200)] = None
) -> Response:
    """Grade an answer against a question of the bank, an inline rubric, or a reference answer.

    201 with the grade; 202 with the promise of it where that takes longer than 25 s, or with `Prefer: respond-async`:
    then `Location` shows the grade as soon as it is there.
    """
    require_judge(app, body.judge)
    _require_coach(app, wanted=body.llm_feedback)
    request = await _request(app, creation.tenant, body)
    return await answer_with(app, request, creation, prefer)


async def answer_with(app: Application, request: Request, creation: Creation, prefer: str | None) -> Response:
    """201 with the grade of `request`, or 202 with the promise of it; 503 where the judge is down."""
    found = await app.grade(request, creation, seconds=patience(prefer, app.services.settings.answer_seconds))
    if isinstance(found, PendingGrade):
        return _promised(found, 202, applied=is_async(prefer))
    if judge_was_down(found):
        raise Problem(503, "judge-unavailable", "The judge does not answer; nothing was stored.")
    return _made(ReviewedGrade.of(found))


@router.get("", response_model=GradeList, openapi_extra=problems("invalid-cursor"))
async def list_grades(app: App, caller: Caller, wanted: Annotated[GradeParameters, Query()]) -> GradeList:
    """The grades that fit the filters, the newest first; those still to come are not among them.

    Each is the machine's, with the `outcome` that counts where people have spoken; `status` filters by what counts.
    """
    cursors = Cursors(app.access.secret, f"{caller.tenant} {wanted.identity}")
    after = None if wanted.cursor is None else cursors.open(wanted.cursor)
    found = await app.store.page(caller.tenant, wanted.filter, limit=wanted.limit + 1, after=after)
    page = found[: wanted.limit]
    more = cursors.seal(Place(page[-1].created_at, page[-1].id)) if len(found) > len(page) else None
    return GradeList(grades=await app.reviewer.listed(caller.tenant, page), next=more)


async def get_grade(http: HttpRequest, app: App, caller: Caller, grade_id: str) -> Response:
    """A grade, or how far it is while it is still to come: then `Retry-After` says when to look again."""
    found = await app.services.storage.holdings.find(caller.tenant, grade_id)
    if found.pending is not None:
        return _promised(found.pending, 200)
    if found.grade is None:
        raise Problem(404, "not-found", "There is no such grade.")
    said = await app.reviewer.review(caller.tenant, found.grade) if found.discussed else None
    content = ReviewedGrade.of(found.grade, said).model_dump_json()
    headers = {"ETag": etag_of(content)}
    if is_known(http, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


router.add_api_route(
    "/{grade_id}",
    get_grade,
    response_model=ReviewedGrade | PromisedGrade,
    responses={304: {"description": "Not modified"}},
    route_class_override=DirectRoute,
)


def _made(grade: ReviewedGrade) -> Response:
    content = grade.model_dump_json()
    headers = {"ETag": etag_of(content), "Location": f"/v1/grades/{grade.id}"}
    return Response(content, 201, headers, media_type="application/json")


def _promised(pending: PendingGrade, status: int, *, applied: bool = False) -> Response:
    headers = {"Location": f"/v1/grades/{pending.id}"}
    if pending.state is not PendingState.FAILED:
        headers["Retry-After"] = str(POLL_SECONDS)
    if applied:
        headers["Preference-Applied"] = RESPOND_ASYNC
    return JSONResponse(PromisedGrade.of(pending).model_dump(mode="json"), status, headers)


async def _request(app: Application, tenant: str, body: GradeRequest) -> Request:
    check_limits(body.answer)  # now, and not when its turn comes: a promise must be one that can be kept
    rubric, mode = await _rubric(app, tenant, body), FeedbackMode(body.feedback)
    return Request(rubric, body.answer, body.judge, mode, body.candidate_ref, coached=body.llm_feedback)


def require_judge(app: Application, name: str | None) -> None:
    """Refuse a judge that is not there."""
    judges = app.services.grader.judges
    if name is not None and name not in judges:
        raise invalid(
            FieldError(pointer="/judge", code="unknown_judge", detail=f"There is {', '.join(sorted(judges))}.")
        )


def _require_coach(app: Application, *, wanted: bool | None) -> None:
    if wanted and app.services.grader.coach is None:
        raise invalid(FieldError(pointer="/llm_feedback", code="no_llm", detail="No LLM is configured here."))


async def _rubric(app: Application, tenant: str, body: GradeRequest) -> Rubric:
    if body.question_id is not None:
        return await app.author.of_question(tenant, body.question_id)
    if body.rubric is not None:
        return body.rubric.to_rubric()
    return (await draft(body.question or "", body.reference_answer or "")).rubric
