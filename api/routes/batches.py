"""Batches over HTTP: files of answers in, progress while they are graded, results out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from api.batch_examples import FILE_EXAMPLE, RESULT_EXAMPLES
from api.batch_queries import BatchPageParameters, BudgetParameters, ResultParameters, SubmissionParameters
from api.batch_schemas import BatchList, Retried
from api.cursors import Cursors
from api.dependencies import App, Application, Caller, Creating
from api.errors import FieldError, Problem, invalid
from api.negotiation import negotiated
from api.openapi import problems
from api.uploads import MEDIA_TYPES, Upload
from grader.batch_desk import BatchReport, EstimateReport, Submission, Submitted
from grader.errors import ConfigurationError
from grader.exports import FORMATS, format_of
from grader.intake import Source
from grader.ports import BatchPlace, Place
from rubrics.errors import UnknownQuestion

router = APIRouter(prefix="/v1/batches", tags=["batches"])

LOOK_SECONDS: Final = 1.0
"""Between two looks at a batch that a client watches."""

QUIET_LOOKS: Final = 15
"""Looks without news after which a watcher is told that the connection lives."""

_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Rows with `answer`, and `question_id`, or `rubric`, or `question` with `reference_answer`",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}, "examples": FILE_EXAMPLE} for kind in MEDIA_TYPES
        },
    }
}
_RESULTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The results there are by now, in the order of the rows",
        "content": {
            each.media_type: {"schema": {"type": "string"}, "examples": RESULT_EXAMPLES[each.name]} for each in FORMATS
        },
        "headers": {
            "Batch-Complete": {"description": "Whether nothing is missing", "schema": {"type": "boolean"}},
            "Batch-Settled": {"description": "Rows that have a result", "schema": {"type": "integer"}},
            "Batch-Total": {"description": "Rows of the batch", "schema": {"type": "integer"}},
        },
    }
}
_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.post(
    "",
    status_code=202,
    response_model=Submitted,
    responses={200: {"model": EstimateReport, "description": "What it would take (`dry_run`)"}},
    openapi_extra={**problems("not-found", "answers-unreadable", "rows-refused", "batch-state"), **_FILE},
)
async def create_batch(
    http: HttpRequest, app: App, caller: Caller, creation: Creating, wanted: Annotated[SubmissionParameters, Query()]
) -> Response:
    """Grade a file of answers: JSON lines, a JSON list, CSV, TSV or XLSX, found out by its content.

    Every row has an `answer` and says what it is graded against; `candidate_ref` and all other columns are kept and
    come back with the result. 202 once all rows are on disk, or 422 with the bad rows by number; `dry_run=true` tells
    what it would take.
    """
    upload: Upload = http.state.upload
    key = creation.id if getattr(http.state, "claim", None) else None
    submission = await _submission(app, caller.tenant, upload, wanted, key)
    if wanted.dry_run:
        return _json(await app.batch_desk.estimate(caller, submission), 200)
    submitted = await app.batch_desk.submit(caller, submission)
    return _json(submitted, 202, {"Location": f"/v1/batches/{submitted.id}"})


@router.get("", openapi_extra=problems("invalid-cursor"))
async def list_batches(app: App, caller: Caller, wanted: Annotated[BatchPageParameters, Query()]) -> BatchList:
    """The tenant's batches, the newest first."""
    cursors = Cursors(app.access.secret, f"{caller.tenant} batches")
    after = None if wanted.cursor is None else cursors.open(wanted.cursor)
    place = None if after is None else BatchPlace(after.created_at, after.id)
    found = await app.batch_desk.batches.page(caller.tenant, limit=wanted.limit + 1, after=place)
    page = found[: wanted.limit]
    more = cursors.seal(Place(page[-1].created_at, page[-1].id)) if len(found) > len(page) else None
    return BatchList(batches=[await app.batch_desk.report(caller.tenant, each.id) for each in page], next=more)


@router.get("/{batch_id}")
async def get_batch(app: App, caller: Caller, batch_id: str) -> BatchReport:
    """How far a batch is: rows by what became of them, what they cost, how long the others will take."""
    return await app.batch_desk.report(caller.tenant, batch_id)


@router.get("/{batch_id}/events", response_class=StreamingResponse, responses=_EVENTS)
async def watch_batch(app: App, caller: Caller, batch_id: str) -> StreamingResponse:
    """How far a batch is, told again whenever that changes, as server-sent events.

    Each is a `progress` with what `GET /v1/batches/{batch_id}` says; `end` is the last one.
    """
    first = await app.batch_desk.report(caller.tenant, batch_id)
    return StreamingResponse(_events(app, caller.tenant, first), media_type="text/event-stream")


@router.get(
    "/{batch_id}/results",
    response_class=StreamingResponse,
    responses=_RESULTS,
    openapi_extra=problems("not-acceptable"),
)
async def get_results(
    app: App,
    caller: Caller,
    batch_id: str,
    wanted: Annotated[ResultParameters, Query()],
    accept: Annotated[str | None, Header(max_length=1_000)] = None,
) -> StreamingResponse:
    """The results there are by now: JSON lines (with whole grades), CSV (for spreadsheets) or HTML (a summary).

    `Batch-Complete: false` says that more will come. Rows stand in the order of the file. `status` and `score` are what
    counts once people have spoken, `reviewed` says whether a person decided, and `machine_status` and `machine_score`
    are as the machine left them; in JSON lines `grade` is the machine's, and `outcome` what overrides made of it.
    """
    chosen = format_of(wanted.format) if wanted.format else None
    chosen = chosen or negotiated(accept, FORMATS)
    export = await app.batch_desk.export(caller.tenant, batch_id)
    told = BatchReport.of(export.progress)
    headers = {
        "Batch-Complete": str(told.counts.waiting == 0 and told.is_over).lower(),
        "Batch-Settled": str(told.settled),
        "Batch-Total": str(told.total),
        "Content-Disposition": f'attachment; filename="batch-{told.id}.{chosen.name}"',
        "Vary": "Accept",
    }
    return StreamingResponse(chosen.write(export), media_type=chosen.media_type, headers=headers)


@router.post("/{batch_id}/pause", openapi_extra=problems("batch-state"))
async def pause_batch(app: App, caller: Caller, batch_id: str) -> BatchReport:
    """Let a batch rest: what is under way ends within seconds, nothing new begins."""
    await app.batch_desk.batches.pause(caller, batch_id)
    return await app.batch_desk.report(caller.tenant, batch_id)


@router.post("/{batch_id}/resume", openapi_extra=problems("batch-state"))
async def resume_batch(
    app: App, caller: Caller, batch_id: str, wanted: Annotated[BudgetParameters, Query()]
) -> BatchReport:
    """Let a paused batch go on; a budget that is named takes the place of the one it had."""
    limit = wanted.limit if wanted.model_fields_set else None
    await app.batch_desk.batches.resume(caller, batch_id, limit)
    return await app.batch_desk.report(caller.tenant, batch_id)


@router.post("/{batch_id}/cancel", openapi_extra=problems("batch-state"))
async def cancel_batch(app: App, caller: Caller, batch_id: str) -> BatchReport:
    """End a batch for good; the results it has stay."""
    await app.batch_desk.batches.cancel(caller, batch_id)
    return await app.batch_desk.report(caller.tenant, batch_id)


@router.post("/{batch_id}/retry", openapi_extra=problems("batch-state"))
async def retry_batch(app: App, caller: Caller, batch_id: str) -> Retried:
    """Grade the rows of a completed batch again that failed or have no score."""
    rows = await app.batch_desk.batches.retry(caller, batch_id)
    return Retried(rows=rows, batch=await app.batch_desk.report(caller.tenant, batch_id))


async def _submission(
    app: Application, tenant: str, upload: Upload, wanted: SubmissionParameters, key: str | None
) -> Submission:
    judges = app.services.grader.judges
    if wanted.judge is not None and wanted.judge not in judges:
        raise _wrong("judge", "unknown_judge", f"There is {', '.join(sorted(judges))}.")
    if wanted.llm_feedback and app.services.grader.coach is None:
        raise _wrong("llm_feedback", "no_llm", "No LLM is configured here.")
    _require_possible(app, wanted)
    try:
        default = await app.author.of_question(tenant, wanted.question_id) if wanted.question_id else None
    except UnknownQuestion:
        raise _wrong("question_id", "unknown_question", "There is no such question.") from None
    return Submission(Source("the file", upload.stream), wanted.batch(key), wanted.bad_rows, default)


def _require_possible(app: Application, wanted: SubmissionParameters) -> None:
    """Refuse half the price where it is not to be had."""
    if wanted.half_price:
        try:
            app.batch_desk.batches.queue_of(wanted.options)
        except ConfigurationError as error:
            raise _wrong("half_price", "no_half_price", str(error)) from None


def _wrong(parameter: str, code: str, detail: str) -> Problem:
    return invalid(FieldError(pointer=f"query:{parameter}", code=code, detail=detail))


async def _events(app: Application, tenant: str, report: BatchReport) -> AsyncIterator[bytes]:
    yield _event("progress", report)
    quiet = 0
    while not report.is_over:
        await asyncio.sleep(LOOK_SECONDS)
        now = await app.batch_desk.report(tenant, report.id)
        steady = {"rows_per_second", "eta_seconds"}
        if now.model_dump(exclude=steady) == report.model_dump(exclude=steady):
            quiet += 1
            if quiet % QUIET_LOOKS == 0:
                yield KEEPALIVE_COMMENT
            continue
        quiet, report = 0, now
        yield _event("progress", report)
    yield _event("end", report)


def _event(name: str, report: BatchReport) -> bytes:
    return format_sse_event(data_str=report.model_dump_json(), event=name)


def _json(body: EstimateReport | Submitted, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(body.model_dump(mode="json"), status, headers)
