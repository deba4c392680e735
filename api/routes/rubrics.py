"""Rubrics over HTTP: drafted, checked, published, compared, previewed, ruled on."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.cursors import Cursors
from api.dependencies import App, Caller, Creating
from api.drafting import drafted
from api.errors import FieldError, Problem
from api.openapi import problems
from api.routes.grades import require_judge
from api.rubric_schemas import (
    ChangeList,
    CheckRequest,
    DiffParameters,
    PreviewRequest,
    PublishRequest,
    RubricOut,
    RulingRequest,
    StateParameters,
    StateRequest,
    VersionList,
    VersionOut,
    VersionPage,
)
from api.schemas import DraftRequest
from grader.authoring import RubricRefused
from grader.domain import Usage
from grader.ports import Place
from grader.rescoring import Preview
from grader.selftest import Cause, CheckReport
from rubrics.checks import Check, Severity
from rubrics.extraction.coverage import Coverage
from rubrics.extraction.readability import Readability
from rubrics.model import Rubric, Ruling
from rubrics.versions import RubricVersion, State
from rubrics.versions.differences import differences, is_free
from rubrics.versions.rulings import PointRuling

router = APIRouter(prefix="/v1/rubrics", tags=["rubrics"])


_FAULTS: Final = {
    Check.VAGUE: "It can be read as anything; name what exactly must be said.",
    Check.COMPOUND: "It makes more than one claim; make two points of it.",
    Check.DUPLICATE: "Another point says the same; keep one of them.",
    Check.UNJUDGEABLE: "Nobody can judge it by itself; write a statement that stands alone.",
    Check.ECHO: "The question says it already; say what the question asks for.",
    Check.WEIGHT: "Its weight leaves the others none.",
    Check.REQUIRED: "It is required, and what it waits for is not.",
    Check.GROUP: "Its group contradicts itself.",
    Check.UNSOURCED: "The reference answer does not say it.",
    Check.UNCOVERED: "Most of the reference answer became no point.",
}
_TRIED: Final[dict[Cause | None, str]] = {
    Cause.RUBRIC: "An answer with a known outcome came out otherwise, and the rubric is to blame.",
    Cause.UNGRADED: "The judge could not grade an answer with a known outcome; try again later.",
}


class Draft(BaseModel):
    """A draft rubric, where it came from, how much of the reference it covers, how it reads, and how it does in trials.

    `usage` is what drawing it consumed, without its trials.
    """

    rubric: Rubric
    content_hash: str
    provenance: dict[str, str]
    coverage: Coverage
    readability: Readability
    check: CheckReport
    usage: Usage


@router.post("/drafts", status_code=201, openapi_extra=problems("budget-exhausted", "judge-unavailable"))
async def create_draft(app: App, creation: Creating, body: DraftRequest) -> Draft:
    """Draw key points from a reference answer and try them out; nothing is stored."""
    found = await drafted(app, creation.tenant, body)
    rubric = found.extraction.rubric
    return Draft(
        rubric=rubric,
        content_hash=rubric.content_hash,
        provenance=found.provenance,
        coverage=found.extraction.coverage,
        readability=found.extraction.readability,
        check=await app.author.check(creation.tenant, rubric, each_point=False),
        usage=found.usage,
    )


@router.post("/check", openapi_extra=problems("budget-exhausted"))
async def check(app: App, caller: Caller, body: CheckRequest) -> CheckReport:
    """Look for faults in a rubric, and try it out point by point; nothing is stored."""
    require_judge(app, body.judge)
    return await app.author.check(caller.tenant, body.rubric.to_rubric(), body.judge)


@router.post("", status_code=201, openapi_extra=problems("rubric-refused", "wrong-state", "budget-exhausted"))
async def publish(app: App, creation: Creating, body: PublishRequest) -> VersionOut:
    """Keep a rubric as a version, and let its question be graded by it; refused with what to mend where it has faults.

    The same content is the same version, however often it is sent. Rulings that wait are taken in.
    """
    require_judge(app, body.judge)
    rubric, author = body.rubric.to_rubric(), app.author
    if not body.publish:
        return _shown(await author.draft(creation.tenant, rubric, made_by=creation.made_by, note=body.note))
    try:
        done = await author.publish(creation.tenant, rubric, judge=body.judge, made_by=creation.made_by, note=body.note)
    except RubricRefused as refused:
        raise _refused(rubric, refused.report) from None
    return _shown(done.version, done.report)


@router.get("", openapi_extra=problems("invalid-cursor"))
async def list_rubrics(app: App, caller: Caller, wanted: Annotated[StateParameters, Query()]) -> VersionPage:
    """The tenant's versions in a state, the last to get there first."""
    cursors = Cursors(app.access.secret, f"{caller.tenant} rubrics {wanted.state}")
    after = None if wanted.cursor is None else cursors.open(wanted.cursor)
    store = app.services.storage.rubrics
    found = await store.page(caller.tenant, wanted.state, limit=wanted.limit + 1, after=after)
    page = found[: wanted.limit]
    more = cursors.seal(Place(page[-1].changed_at, page[-1].id)) if len(found) > len(page) else None
    return VersionPage(versions=[_shown(version) for version in page], next=more)


@router.get("/{name}", openapi_extra=problems("not-found"))
async def get_rubric(app: App, caller: Caller, name: str) -> RubricOut:
    """A version by its content hash, or what a question is graded by: its published version, else the bank's rubric."""
    version = await app.author.version(caller.tenant, name)
    rubric = version.rubric if version else await app.author.rubric(caller.tenant, name)
    return RubricOut(id=rubric.content_hash, rubric=rubric, version=version)


@router.get("/{name}/versions")
async def list_versions(app: App, caller: Caller, name: str) -> VersionList:
    """Every version of a question's rubric, the newest first."""
    found = await app.services.storage.rubrics.versions(caller.tenant, name)
    return VersionList(versions=[_shown(version) for version in found])


@router.get("/{name}/diff", openapi_extra=problems("not-found"))
async def diff(app: App, caller: Caller, name: str, wanted: Annotated[DiffParameters, Query()]) -> ChangeList:
    """What changed from one version to another."""
    old, new = [await app.author.rubric(caller.tenant, each) for each in (name, wanted.to)]
    changes = differences(old, new)
    return ChangeList(changes=list(changes), free=is_free(changes))


@router.post("/{name}/preview", openapi_extra=problems("not-found", "budget-exhausted"))
async def preview(app: App, caller: Caller, name: str, body: PreviewRequest) -> Preview:
    """What an edited rubric would do to the grades stored under a version; nothing is stored."""
    require_judge(app, body.judge)
    return await app.author.preview(
        caller.tenant, name, body.rubric.to_rubric(), pass_mark=body.pass_mark, judge=body.judge
    )


@router.post("/{name}/rulings", status_code=201, openapi_extra=problems("not-found"))
async def rule(app: App, creation: Creating, name: str, body: RulingRequest) -> PointRuling:
    """Decide an edge case of a question's key point; the decision becomes part of its next version."""
    ruling = Ruling.model_validate_json(body.model_dump_json(exclude={"key_point_id"}))
    return await app.author.rule(
        creation.tenant, name, body.key_point_id, ruling, ruled_by=creation.made_by, ruling_id=creation.id
    )


@router.put("/{name}/state", openapi_extra=problems("not-found", "wrong-state"))
async def move(app: App, caller: Caller, name: str, body: StateRequest) -> VersionOut:
    """Retire a version, or bring a retired one back; doing it twice changes nothing."""
    return _shown(await app.author.move(caller.tenant, name, State(body.state), moved_by=caller.key_id))


def _shown(version: RubricVersion, report: CheckReport | None = None) -> VersionOut:
    return VersionOut(id=version.id, version=version, check=report)


def _refused(rubric: Rubric, report: CheckReport) -> Problem:
    """The faults of a rubric, each at the point it is about; `POST /v1/rubrics/check` tells them at length."""
    places = {point.id: f"/rubric/key_points/{number}" for number, point in enumerate(rubric.key_points)}
    faults = [
        FieldError(pointer=place, code=finding.check, detail=_FAULTS[finding.check])
        for finding in report.findings
        if finding.severity is Severity.ERROR
        for place in [places[point] for point in finding.key_points] or ["/rubric"]
    ]
    faults += [
        FieldError(pointer=place, code=trial.answer.replace(" ", "_"), detail=_TRIED[trial.cause])
        for trial in report.trials
        if trial.cause in _TRIED
        for place in [places[point] for point in trial.key_points] or ["/rubric"]
    ]
    return Problem(
        422, "rubric-refused", f"{len(faults)} fault(s) keep the rubric from being published.", tuple(faults)
    )
