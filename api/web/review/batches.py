"""Batches: how far they are, how the scores lie, what was hard, how each candidate did, and the results as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from api.dependencies import App, Application, Caller
from api.errors import Problem
from api.web.rendering import form_page
from api.web.review.words import pseudonym
from grader.audit import Action, Event
from grader.batch_desk import BatchReport
from grader.domain import Label
from grader.exports import FORMATS, Overview, format_of, overview
from grader.exports.summary import PointTally
from grader.keeping import NOBODY
from grader.ports import BatchState

router = APIRouter(prefix="/review/batches", include_in_schema=False, default_response_class=HTMLResponse)

LISTED: Final = 50
"""Batches on the list, the newest."""

SUMMARISED: Final = 10_000
"""Rows that the page counts; the HTML export counts all. Reading so many takes about 2 s, during which others wait."""

CANDIDATES: Final = 500
"""Candidates in the table; the exports have all."""

STATES: Final = {
    BatchState.PREPARING: "coming in",
    BatchState.RUNNING: "running",
    BatchState.PAUSED: "paused",
    BatchState.COMPLETED: "complete",
    BatchState.CANCELLED: "cancelled",
}
FILES: Final = {
    "jsonl": "JSON lines, with whole grades",
    "csv": "CSV, for spreadsheets",
    "html": "HTML, one page to send",
}
_STACKED: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)


@dataclass(frozen=True)
class Bar:
    """A bar of the distribution in the chart's own units, and what it says."""

    x: int
    y: float
    height: float
    words: str


HEIGHT: Final = 160
STEP: Final = 32
"""Height of the chart and distance of its bars, in its own units; the page scales it."""


def bars(bins: Sequence[int]) -> tuple[Bar, ...]:
    """The bars of a distribution of scores over [0, 1]."""
    most, width = max(*bins, 1), 100 / len(bins)
    return tuple(
        Bar(
            x=place * STEP,
            y=round(HEIGHT * (1 - count / most), 1),
            height=round(HEIGHT * count / most, 1),
            words=f"{place * width:g} to {(place + 1) * width:g} %: {count}",
        )
        for place, count in enumerate(bins)
    )


def stack(point: PointTally) -> list[tuple[str, float, float]]:
    """The verdicts on a point as (verdict, where its bar begins, how wide it is), in percent."""
    found, start = [], 0.0
    for label in _STACKED:
        width = round(100 * point.share(label), 2)
        found.append((label.value, round(start, 2), width))
        start += width
    return found


@router.get("")
async def list_batches(request: Request, app: App, caller: Caller) -> Response:
    """The newest batches."""
    desk = app.batch_desk
    found = await desk.batches.page(caller.tenant, limit=LISTED)
    reports = [await desk.report(caller.tenant, each.id) for each in found]
    return form_page(request, "review/batches.html", batches=reports, states=STATES)


@router.get("/{batch_id}")
async def show_batch(
    request: Request, app: App, caller: Caller, batch_id: str, names: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    """One batch; names are hidden until somebody asks for them."""
    export = await app.batch_desk.export(caller.tenant, batch_id)
    report, found = BatchReport.of(export.progress), await overview(export, SUMMARISED)
    shown = names == "shown"
    if shown:
        event = Event(caller.key_id or NOBODY, Action.NAME_SHOWN, batch_id)
        await app.services.storage.audit.append(caller.tenant, event)
    return form_page(
        request,
        "review/batch.html",
        batch=report,
        counted=await app.batch_desk.counted(caller.tenant, export.progress),
        state=STATES[report.state],
        found=found,
        bars=bars(found.summary.scores.bins),
        height=HEIGHT,
        stack=stack,
        candidates=_candidates(app, found, names=shown),
        named=any(ref is not None for ref in found.candidates),
        shown=shown,
        files=[(each.name, FILES[each.name]) for each in FORMATS],
        most=SUMMARISED,
    )


@router.get("/{batch_id}/results/{name}")
async def export_results(app: App, caller: Caller, batch_id: str, name: str) -> Response:
    """The results there are by now as a file."""
    chosen = format_of(name)
    if chosen is None:
        raise Problem(404, "not-found", "There are results as jsonl, csv and html.")
    export = await app.batch_desk.export(caller.tenant, batch_id)
    headers = {"Content-Disposition": f'attachment; filename="batch-{export.progress.batch.id}.{chosen.name}"'}
    return StreamingResponse(chosen.write(export), media_type=chosen.media_type, headers=headers)


def _candidates(app: Application, found: Overview, *, names: bool) -> list[dict[str, Any]]:
    return [
        {"name": (tally.ref if names and tally.ref else pseudonym(app.access.secret, tally.ref)), "tally": tally}
        for tally in list(found.candidates.values())[:CANDIDATES]
    ]
