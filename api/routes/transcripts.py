"""Interviews over HTTP: handed in, looked at, put right, reported."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response

from api.dependencies import App, Application, Caller, Creating
from api.errors import FieldError, Problem, invalid
from api.etags import etag, require_match
from api.openapi import problems
from api.preferences import RESPOND_ASYNC, is_async, patience
from api.routes.grades import require_judge
from api.transcript_schemas import (
    AlignmentRequest,
    InterviewOut,
    PlannedIn,
    ReportParameters,
    TranscriptRequest,
    VersionParameters,
)
from grader.bootstrap import build_transcript_reader
from grader.errors import AlreadyStored, InvalidTranscript
from grader.feedback import FeedbackMode
from grader.interviews.desk import ENDED
from grader.interviews.handed_in import HandedIn, PlannedQuestion
from grader.interviews.prompting import PromptedCredit
from grader.interviews.report import InterviewReport
from grader.interviews.views import rendered
from grader.ports import InterviewState, KeptInterview
from grader.transcripts import Role, Transcript

router = APIRouter(prefix="/v1/transcripts", tags=["transcripts"])

POLL_SECONDS: Final = 3
"""`Retry-After` of an interview that is still being graded."""

MEDIA_TYPES: Final = {"html": "text/html", "csv": "text/csv", "json": "application/json"}

_EXAMPLES: Final = {"html": "<!doctype html>…", "csv": '"file","candidate",…', "json": "{…}"}
_REPORT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            MEDIA_TYPES[form]: {
                "schema": {} if form == "json" else {"type": "string"},
                "examples": {form: {"value": text}},
            }
            for form, text in _EXAMPLES.items()
        }
    }
}


@router.post(
    "",
    status_code=201,
    response_model=InterviewOut,
    responses={202: {"model": InterviewOut, "description": "Taken in"}},
    openapi_extra=problems("not-found"),
)
async def create_transcript(
    app: App, creation: Creating, body: TranscriptRequest, prefer: Annotated[str | None, Header(max_length=200)] = None
) -> Response:
    """Grade an interview: 201 with its report, or 202 where that takes longer; then `Location` shows how far it is.

    With the status `needs_roles` nothing is graded yet: `report.unclear` names the speakers, and
    `PATCH …/alignment` says who they are.
    """
    require_judge(app, body.judge)
    kept = await app.desk.store.find(creation.tenant, creation.id) if creation.again else None
    if kept is None:
        wanted = await _handed_in(app, creation.tenant, body)
        kept = await app.desk.hand_in(creation.tenant, creation.id, wanted, made_by=creation.made_by)
    return await _answered(app, creation.tenant, kept, prefer, created=True)


@router.get("/{interview_id}", response_model=InterviewOut)
async def get_transcript(
    app: App, caller: Caller, interview_id: str, wanted: Annotated[VersionParameters, Query()]
) -> Response:
    """An interview in its newest version or an earlier one; `Retry-After` says when to look again, while it works."""
    return _shown(await _found(app, caller.tenant, interview_id, wanted.version), 200)


@router.patch(
    "/{interview_id}/alignment",
    response_model=InterviewOut,
    responses={202: {"model": InterviewOut, "description": "Taken in"}},
    openapi_extra=problems("wrong-state", "precondition-required", "precondition-failed"),
)
async def change_alignment(  # noqa: PLR0913, PLR0917 - what FastAPI hands in
    http: Request,
    app: App,
    caller: Caller,
    interview_id: str,
    body: AlignmentRequest,
    prefer: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Say who is who, or what a turn belongs to: a new version, in which answers that changed are graded again.

    `If-Match` names the version that was seen; what an earlier change said goes on to hold.
    """
    kept = await _found(app, caller.tenant, interview_id, None)
    require_match(http, etag(InterviewOut.of(kept)))
    if kept.state not in ENDED:
        raise Problem(409, "wrong-state", "The interview is still being graded; change it afterwards.")
    changed = _changed(HandedIn.model_validate_json(kept.commission), body)
    try:
        new = await app.desk.hand_in(
            caller.tenant, interview_id, changed, version=kept.version + 1, made_by=caller.key_id
        )
    except AlreadyStored:
        raise Problem(412, "precondition-failed", "Somebody else changed it meanwhile; read it again.") from None
    return await _answered(app, caller.tenant, new, prefer, created=False)


@router.get("/{interview_id}/report", response_class=Response, responses=_REPORT, openapi_extra=problems("wrong-state"))
async def get_report(
    app: App, caller: Caller, interview_id: str, wanted: Annotated[ReportParameters, Query()]
) -> Response:
    """The report as one file: HTML that prints, CSV or JSON; with `beside` several candidates side by side."""
    ids = [interview_id, *filter(None, (wanted.beside or "").split(","))]
    reports = [_report(await _found(app, caller.tenant, each, None)) for each in dict.fromkeys(ids)]
    content = await asyncio.to_thread(rendered, reports, wanted.form)
    name = f'attachment; filename="interview.{wanted.form}"'
    return Response(content, headers={"Content-Disposition": name}, media_type=MEDIA_TYPES[wanted.form])


async def _answered(
    app: Application, tenant: str, kept: KeptInterview, prefer: str | None, *, created: bool
) -> Response:
    seconds = patience(prefer, app.services.settings.answer_seconds)
    found = await app.desk.settled(tenant, kept, seconds)
    if found.state in ENDED:
        return _shown(found, 201 if created else 200)
    response = _shown(found, 202)
    if is_async(prefer):
        response.headers["Preference-Applied"] = RESPOND_ASYNC
    return response


def _shown(kept: KeptInterview, status: int) -> Response:
    shown = InterviewOut.of(kept)
    headers = {"ETag": etag(shown), "Location": f"/v1/transcripts/{kept.id}"}
    if kept.state not in ENDED:
        headers["Retry-After"] = str(POLL_SECONDS)
    return Response(shown.model_dump_json(), status, headers, media_type="application/json")


async def _found(app: Application, tenant: str, interview_id: str, version: int | None) -> KeptInterview:
    found = await app.desk.store.find(tenant, interview_id, version)
    if found is None:
        raise Problem(404, "not-found", "There is no such interview, or no such version of it.")
    return found


def _report(kept: KeptInterview) -> InterviewReport:
    if kept.state is not InterviewState.GRADED:
        raise Problem(409, "wrong-state", "The interview is not graded; look at its status.")
    return InterviewReport.model_validate_json(kept.report)


async def _handed_in(app: Application, tenant: str, body: TranscriptRequest) -> HandedIn:
    plan = [await _planned(app, tenant, each) for each in body.questions]
    ids = [each.rubric.question.id for each in plan]
    if len(set(ids)) < len(ids):
        raise invalid(FieldError(pointer="/questions", code="repeated", detail="A question stands in the plan twice."))
    return HandedIn(
        transcript=await _read(body),
        plan=tuple(plan),
        roles={speaker: Role(role) for speaker, role in body.roles.items()},
        interviewers=tuple(body.interviewers),
        candidates=tuple(body.candidates),
        judge=body.judge,
        feedback=FeedbackMode(body.feedback),
        prompted=PromptedCredit(body.prompted),
        candidate_refs=dict(body.candidate_refs),
        candidate_ref=body.candidate_ref,
        accept_roles=body.accept_roles,
    )


async def _planned(app: Application, tenant: str, wanted: PlannedIn) -> PlannedQuestion:
    if wanted.rubric is not None:
        return PlannedQuestion(rubric=wanted.rubric.to_rubric(), phrasings=tuple(wanted.phrasings))
    rubric = await app.author.of_question(tenant, wanted.question_id or "")
    return PlannedQuestion(rubric=rubric, phrasings=tuple(wanted.phrasings))


async def _read(body: TranscriptRequest) -> Transcript:
    """The file in its normal form; what is wrong with it is told without its name or its words."""
    try:
        return await asyncio.to_thread(build_transcript_reader().read, body.file.raw, "the file")
    except InvalidTranscript as error:
        raise invalid(FieldError(pointer="/file", code="invalid_transcript", detail=str(error)[:500])) from None


def _changed(wanted: HandedIn, body: AlignmentRequest) -> HandedIn:
    """What is wanted from now on; 422 for speakers, turns and questions that are not there."""
    speakers, turns = set(wanted.transcript.speakers), len(wanted.transcript.turns)
    known = {each.rubric.question.id for each in wanted.plan}
    if not body.roles.keys() <= speakers:
        raise invalid(
            FieldError(pointer="/roles", code="unknown_speaker", detail="The transcript has no such speaker.")
        )
    moved = {int(turn): question for turn, question in body.turns.items()}
    turn_roles = {int(turn): Role(role) for turn, role in body.turn_roles.items()}
    for pointer, named in (("/turns", moved), ("/turn_roles", turn_roles)):
        if any(turn >= turns for turn in named):
            raise invalid(FieldError(pointer=pointer, code="unknown_turn", detail=f"Turns go from 0 to {turns - 1}."))
    if not {question for question in moved.values() if question is not None} <= known:
        raise invalid(FieldError(pointer="/turns", code="unknown_question", detail="The plan has no such question."))
    roles = {speaker: Role(role) for speaker, role in body.roles.items()}
    return wanted.model_copy(
        update={
            "roles": {**wanted.roles, **roles},
            "turn_roles": {**wanted.turn_roles, **turn_roles},
            "moved": {**wanted.moved, **moved},
            "accept_roles": wanted.accept_roles or body.accept_roles,
        }
    )
