"""How far people and the machine agree, in figures, and the cases behind each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import App, Application, Caller
from api.web.addresses import query
from api.web.rendering import form_page
from api.web.review.words import VERDICTS, pseudonym
from grader.domain import Label
from grader.review import SecondOpinion
from rubrics.errors import UnknownQuestion
from rubrics.model import Rubric

if TYPE_CHECKING:
    from grader.agreement import Agreement

router = APIRouter(prefix="/review/calibration", include_in_schema=False, default_response_class=HTMLResponse)

MOST: Final = 5_000
"""Opinions that are looked at, the newest; their figures take about a second."""

SCOPES: Final = {
    "": "drawn by chance, judged blind",
    "blind": "all that was judged blind",
    "all": "all that a person looked at",
}
"""Which opinions are compared; the first ones say how good the machine is."""

CASES: Final = 100
"""Cases listed behind a figure."""


@dataclass(frozen=True)
class Wanted:
    """Which opinions count; what is not known is taken for no wish."""

    of: Annotated[str, Query(max_length=10)] = ""
    question: Annotated[str, Query(max_length=64)] = ""

    def counts(self, opinion: SecondOpinion) -> bool:
        """Whether an opinion is among them."""
        if self.of == "all":
            return True
        return opinion.blind and (self.of == "blind" or opinion.drawn)

    def query(self, **more: str) -> str:
        """The address's part that says this wish."""
        return query({"of": self.of, "question": self.question} | more)


Wish = Annotated[Wanted, Depends()]


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, in words, and its figures."""

    title: str
    text: str
    agreement: Agreement


@router.get("")
async def show_calibration(request: Request, app: App, caller: Caller, wanted: Wish) -> Response:
    """The figures."""
    from grader.agreement import LEAST, REWRITE_BELOW, calibration  # noqa: PLC0415 - 0.15 s, for who looks at them

    found = calibration(await _opinions(app, caller.tenant, wanted))
    rubrics = await _rubrics(app, caller.tenant, {each.name[0] for each in found.points})
    return form_page(
        request,
        "review/calibration.html",
        found=found,
        points=[_point(each, rubrics) for each in found.points],
        rewrite=[_point(each, rubrics) for each in found.to_rewrite],
        versions=[Row(_title(each.name[0], rubrics), each.name[1][7:15], each) for each in found.rubrics],
        labels=[(label, VERDICTS[label][0]) for label in list(Label)[:4]],
        wanted=wanted,
        scopes=SCOPES,
        least=LEAST,
        rewrite_below=REWRITE_BELOW,
        questions=app.bank.questions(),
    )


@dataclass(frozen=True)
class Picked:
    """Of which key point, and of which verdicts by either side, the cases are wanted."""

    point: Annotated[str, Query(max_length=64)] = ""
    person: Annotated[str, Query(max_length=20)] = ""
    machine: Annotated[str, Query(max_length=20)] = ""


@router.get("/cases")
async def show_cases(
    request: Request, app: App, caller: Caller, wanted: Wish, picked: Annotated[Picked, Depends()]
) -> Response:
    """The cases behind a figure, the newest first."""
    opinions = await _opinions(app, caller.tenant, wanted)
    found = [
        (opinion, point)
        for opinion in opinions
        for point in opinion.points
        if picked.point in {"", point.key_point_id}
        and picked.person in {"", point.verdict}
        and picked.machine in {"", point.machine}
    ]
    rubrics = await _rubrics(app, caller.tenant, {opinion.question_id for opinion, _ in found[:CASES]})
    return form_page(
        request,
        "review/cases.html",
        cases=[
            {
                "id": opinion.grade_id,
                "title": _title(opinion.question_id, rubrics),
                "text": _text(opinion.question_id, point.key_point_id, rubrics),
                "person": point.verdict,
                "machine": point.machine,
                "judge": point.judged_by,
                "at": opinion.made_at,
                "by": pseudonym(app.access.secret, f"reviewer {opinion.made_by}").replace("Candidate", "Reviewer"),
            }
            for opinion, point in found[:CASES]
        ],
        count=len(found),
        verdicts=VERDICTS,
        wanted=wanted,
    )


async def _opinions(app: Application, tenant: str, wanted: Wanted) -> list[SecondOpinion]:
    question = wanted.question.strip() or None
    kept = await app.services.storage.reviews.latest_opinions(tenant, limit=MOST, question_id=question)
    return [opinion for opinion in kept if wanted.counts(opinion)]


async def _rubrics(app: Application, tenant: str, question_ids: Iterable[str]) -> dict[str, Rubric]:
    """What the questions are graded by today, where they are still known."""
    found = {}
    for question_id in question_ids:
        try:
            found[question_id] = await app.author.of_question(tenant, question_id)
        except UnknownQuestion:
            continue
    return found


def _point(agreement: Agreement, rubrics: dict[str, Rubric]) -> Row:
    question_id, key_point_id = agreement.name
    return Row(_title(question_id, rubrics), _text(question_id, key_point_id, rubrics), agreement)


def _title(question_id: str, rubrics: dict[str, Rubric]) -> str:
    return rubrics[question_id].question.title if question_id in rubrics else question_id


def _text(question_id: str, key_point_id: str, rubrics: dict[str, Rubric]) -> str:
    points = rubrics[question_id].key_points if question_id in rubrics else ()
    return next((point.text for point in points if point.id == key_point_id), key_point_id)
