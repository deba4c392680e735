"""Choosing a question, writing an answer, and sending it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import App, Application
from api.errors import Problem, to_problem
from api.web.forms import Form
from api.web.practice.learner import Learning, welcome
from api.web.rendering import form_page, wait
from grader.errors import GraderError
from grader.practice import Learner
from grader.practising import Concern, Standing, concern, follow_up_rubric, standings
from grader.text.canonical import MAX_CHARACTERS
from rubrics.model import Difficulty, KeyPoint, Question, Rubric

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

CONCERNS: Final = {
    Concern.EMPTY: "There is nothing to grade yet. Write what you know, even if it is not much.",
    Concern.TOO_LONG: f"That is too long: an answer may have {MAX_CHARACTERS:,} characters. Your text is still here.",
    Concern.SHORT: "That is very short. A full answer makes several points; say more, or have it graded as it is.",
    Concern.OTHER_LANGUAGE: "This does not look like English, and only English is graded well. Is it what you meant?",
}
SHOWN: Final = {"": "all", "due": "due today", "new": "not tried yet", "tried": "tried", "draft": "with a draft"}
"""What can be chosen by progress."""


@dataclass(frozen=True)
class Place:
    """What is to be answered: a question, or the follow-up question about one of its points."""

    rubric: Rubric
    follow_up: KeyPoint | None = None

    @property
    def question(self) -> Question:
        """What is asked here."""
        return (
            self.rubric.question if self.follow_up is None else follow_up_rubric(self.rubric, self.follow_up).question
        )

    @property
    def path(self) -> str:
        """Its address."""
        base = f"/practice/questions/{self.rubric.question.id}"
        return base if self.follow_up is None else f"{base}/follow-ups/{self.follow_up.id}"


async def question_place(app: App, learning: Learning, question_id: str) -> Place:
    """The question of an address; 404."""
    return Place(await app.author.of_question(learning.tenant, question_id))


async def follow_up_place(app: App, learning: Learning, question_id: str, key_point_id: str) -> Place:
    """The follow-up question of an address; 404."""
    rubric = await app.author.of_question(learning.tenant, question_id)
    point = next((point for point in rubric.key_points if point.id == key_point_id and point.hint), None)
    if point is None:
        raise Problem(404, "not-found", "There is no such follow-up question.")
    return Place(rubric, point)


@router.get("/")
async def home() -> Response:
    """The practice page is the front door."""
    return RedirectResponse("/practice")


@dataclass(frozen=True)
class Wanted:
    """Which questions to list; what is not known is taken for no wish."""

    text: Annotated[str, Query(max_length=200)] = ""
    category: Annotated[str, Query(max_length=200)] = ""
    difficulty: Annotated[str, Query(max_length=20)] = ""
    tag: Annotated[str, Query(max_length=200)] = ""
    show: Annotated[str, Query(max_length=20)] = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything was wished."""
        return any((self.text, self.category, self.difficulty, self.tag, self.show))


@router.get("/practice")
async def list_questions(
    request: Request, app: App, learning: Learning, wanted: Annotated[Wanted, Depends()]
) -> Response:
    """Every question that fits the search, with the learner's progress."""
    everything = app.bank.questions()
    level = Difficulty(wanted.difficulty) if wanted.difficulty in set(Difficulty) else None
    fitting = app.bank.questions(text=wanted.text, difficulty=level, category=wanted.category or None)
    known = standings(
        await app.practice.settled(learning), await app.practice.studies.of(learning.tenant, learning.ref)
    )
    tonight = end_of_day()
    shown = [
        (question, known.get(question.id, Standing()))
        for question in fitting
        if (not wanted.tag or wanted.tag in question.tags)
        and _is_shown(wanted.show, known.get(question.id, Standing()), tonight)
    ]
    if wanted.show == "due":
        shown.sort(key=lambda pair: pair[1].due_at or tonight)
    return welcome(
        request,
        form_page(
            request,
            "practice/questions.html",
            questions=shown,
            wanted=wanted,
            difficulties=[level.value for level in Difficulty],
            categories=sorted({question.category for question in everything if question.category}),
            tags=sorted({tag for question in everything for tag in question.tags}),
            choices=SHOWN,
            due=sum(known[question.id].is_due(tonight) for question in everything if question.id in known),
            tried=sum(known[question.id].attempts > 0 for question in everything if question.id in known),
            total=len(everything),
            tonight=tonight,
        ),
    )


def end_of_day() -> datetime:
    """Until when something is due today."""
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(), UTC)


def _is_shown(show: str, standing: Standing, tonight: datetime) -> bool:
    choices = {
        "due": standing.is_due(tonight),
        "new": standing.attempts == 0,
        "tried": standing.attempts > 0,
        "draft": standing.has_draft,
    }
    return choices.get(show, True)


@router.get("/practice/questions/{question_id}")
async def show_question(
    request: Request,
    app: App,
    learning: Learning,
    place: Annotated[Place, Depends(question_place)],
    attempt: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """One question and the place to answer it; with `attempt` the text of that one is there to be revised."""
    return await _shown(request, app, learning, place, attempt)


@router.get("/practice/questions/{question_id}/follow-ups/{key_point_id}")
async def show_follow_up(
    request: Request, app: App, learning: Learning, place: Annotated[Place, Depends(follow_up_place)]
) -> Response:
    """A follow-up question and the place to answer it."""
    return await _shown(request, app, learning, place, "")


@router.post("/practice/questions/{question_id}")
async def answer_question(
    request: Request, app: App, learning: Learning, place: Annotated[Place, Depends(question_place)], form: Form
) -> Response:
    """Have an answer graded, or keep it as a draft."""
    return await _answered(request, app, learning, place, form)


@router.post("/practice/questions/{question_id}/follow-ups/{key_point_id}")
async def answer_follow_up(
    request: Request, app: App, learning: Learning, place: Annotated[Place, Depends(follow_up_place)], form: Form
) -> Response:
    """The same for a follow-up question."""
    return await _answered(request, app, learning, place, form)


async def _shown(request: Request, app: Application, learning: Learner, place: Place, revised: str) -> Response:
    study = await app.practice.studies.find(learning.tenant, learning.ref, place.question.id)
    seen = await app.practice.see(learning, revised) if revised else None
    draft = study.draft if seen is None else None
    text = seen.answer if seen is not None else draft.text if draft is not None else ""
    return welcome(
        request,
        _form(request, place, text, saved_at=None if draft is None else draft.saved_at, revising=seen is not None),
    )


async def _answered(request: Request, app: Application, learning: Learner, place: Place, form: Form) -> Response:
    text, action = form.need("answer"), form.get("action", "grade")
    found = concern(text)
    try:
        if action == "draft" and found is not Concern.TOO_LONG:
            await app.practice.save_draft(learning, place.question.id, text)
            return welcome(request, _kept(request, place))
        if found is not None and (found.final or action != "anyway"):
            return welcome(request, _form(request, place, text, status=422, concern=found))
        attempt_id = str(uuid.uuid4())
        await app.practice.submit(learning, place.rubric, text, attempt_id, place.follow_up)
    except GraderError as error:
        return welcome(request, _form(request, place, text, trouble=to_problem(error)))
    return welcome(request, RedirectResponse(f"/practice/attempts/{attempt_id}", 303))


def _kept(request: Request, place: Place) -> Response:
    """A draft is kept: a script only wants to know that, a person sees the page again."""
    return Response(status_code=204) if "hx-request" in request.headers else RedirectResponse(place.path, 303)


def _form(  # noqa: PLR0913 - what there is to say about a text
    request: Request,
    place: Place,
    text: str,
    *,
    status: int = 200,
    concern: Concern | None = None,
    trouble: Problem | None = None,
    saved_at: datetime | None = None,
    revising: bool = False,
) -> Response:
    """The page with the form, the text in it, and what there is to say about it."""
    made = form_page(
        request,
        "practice/question.html",
        status=status if trouble is None else trouble.status,
        place=place,
        question=place.question,
        answer=text,
        limit=MAX_CHARACTERS,
        concern=concern and CONCERNS[concern],
        anyway=concern is not None and not concern.final,
        trouble=trouble,
        wait="" if trouble is None else wait(trouble),
        saved_at=saved_at,
        revising=revising,
    )
    if trouble is not None:
        made.headers.update({name: value for name, value in trouble.headers.items() if name == "Retry-After"})
    return made
