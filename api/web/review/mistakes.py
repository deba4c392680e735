"""The same words in several answers: seen together, tried out, and decided once for all of them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import App, Application, Caller
from api.errors import Problem
from api.web.rendering import form_page
from api.web.review.deciding import BadVerdict, LongForm, read_decision
from api.web.review.queue import person, title_of
from api.web.review.words import OVERRIDE_REASONS, VERDICTS, pseudonym
from grader.access import Principal
from grader.mistakes import Change, Cluster, Member

router = APIRouter(prefix="/review/mistakes", include_in_schema=False, default_response_class=HTMLResponse)
one = APIRouter(
    prefix="/review/mistakes/{grade_id}/{key_point_id}", include_in_schema=False, default_response_class=HTMLResponse
)

LISTED: Final = 50
"""Clusters on the page, the largest."""

MEMBER: Final = "member."
"""How the names of fields begin that choose a grade."""

SHOWN: Final = 300
"""Characters of the words that stand for a cluster in the list."""

GONE: Final = "These answers are no longer alike in what waits: somebody decided on them, or there is only one left."


Count = Annotated[int, Query(ge=0, le=1_000)]


@dataclass(frozen=True)
class Line:
    """A cluster in the list; `elsewhere` is how many of its answers others are looking at."""

    cluster: Cluster
    title: str
    words: str
    elsewhere: int

    @property
    def path(self) -> str:
        """Where it is decided."""
        first = self.cluster.first
        return f"/review/mistakes/{first.grade.id}/{first.point.key_point_id}"


@router.get("")
async def list_clusters(request: Request, app: App, caller: Caller, decided: Count = 0, left: Count = 0) -> Response:
    """What several answers that wait say alike, the most frequent first; before, some were decided and some left."""
    found, others = await app.mistakes.clusters(caller.tenant), await app.mistakes.others(caller)
    return form_page(
        request,
        "review/mistakes.html",
        lines=[await _line(app, caller.tenant, cluster, others) for cluster in found[:LISTED]],
        count=len(found),
        decided=decided,
        left=left,
        verdicts=VERDICTS,
    )


@dataclass(frozen=True)
class Visit:
    """Somebody looks at a cluster, of which others are looking at some answers: `others` has their names by grade."""

    request: Request
    app: Application
    who: Principal
    cluster: Cluster
    others: Mapping[str, str]

    async def page(
        self,
        *,
        status: int = 200,
        complaint: str = "",
        typed: Mapping[str, str] | None = None,
        changes: tuple[Change, ...] = (),
    ) -> Response:
        """The cluster with what was `typed` about it; `changes` are those that a preview found."""
        first, secret = self.cluster.first, self.app.access.secret
        chosen = {each.grade.id for each in self._chosen(typed)} if typed else None
        return form_page(
            self.request,
            "review/mistake.html",
            status=status,
            first=first,
            title=await title_of(self.app, self.who.tenant, first.grade.question_id),
            members=[
                (each, pseudonym(secret, each.grade.candidate_ref), chosen is None or each.grade.id in chosen)
                for each in self.cluster.members
            ],
            others=self.others,
            free=any(each.grade.id not in self.others for each in self.cluster.members),
            changes={each.member.grade.id: each for each in changes},
            possible=sum(each.possible for each in changes),
            typed=typed or {},
            complaint=complaint,
            verdicts=VERDICTS,
            override_reasons=OVERRIDE_REASONS,
            path=self.request.url.path,
        )

    async def answer(self, form: Mapping[str, str]) -> Response:
        """Try out what the form says, or do it."""
        members = self._chosen(form)
        if not members:
            return await self.page(status=422, complaint="Choose at least one answer.", typed=form)
        try:
            decision = read_decision(form)
        except BadVerdict as error:
            return await self.page(status=422, complaint=str(error), typed=form)
        if form.get("action") != "apply":
            free = [each for each in members if each.grade.id not in self.others]
            changes = await self.app.mistakes.preview(self.who.tenant, free, decision.label)
            return await self.page(typed=form, changes=changes)
        decided = await self.app.mistakes.decide(self.who, members, decision)
        return RedirectResponse(f"/review/mistakes?decided={decided.done}&left={decided.left}", 303)

    def _chosen(self, form: Mapping[str, str] | None) -> tuple[Member, ...]:
        """The members that the form names; what is in it besides was decided meanwhile."""
        return tuple(each for each in self.cluster.members if f"{MEMBER}{each.grade.id}" in (form or {}))


async def visit(request: Request, app: App, caller: Caller, grade_id: str, key_point_id: str) -> Visit:
    """The cluster of an address; 404."""
    cluster = await app.mistakes.cluster(caller.tenant, grade_id, key_point_id)
    if cluster is None:
        raise Problem(404, "not-found", GONE)
    members = {each.grade.id for each in cluster.members}
    others = await app.mistakes.others(caller)
    names = {each: await person(app, by) for each, by in others.items() if each in members}
    return Visit(request, app, caller, cluster, names)


Visiting = Annotated[Visit, Depends(visit)]


@one.get("")
async def show_cluster(at: Visiting) -> Response:
    """One cluster, all of it chosen."""
    return await at.page()


@one.post("")
async def decide_cluster(at: Visiting, form: LongForm) -> Response:
    """Show what a verdict would do to each, or put it in."""
    return await at.answer(form)


async def _line(app: Application, tenant: str, cluster: Cluster, others: Container[str]) -> Line:
    first, elsewhere = cluster.first, sum(each.grade.id in others for each in cluster.members)
    words = first.words if len(first.words) <= SHOWN else f"{first.words[:SHOWN]}…"
    return Line(cluster, await title_of(app, tenant, first.grade.question_id), words, elsewhere)
