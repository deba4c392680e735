"""`/practice`: choose a question, write, and see what was covered, missed and wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.dependencies import App, Caller, Creating
from api.errors import Problem
from api.web.csrf import FIELD, form_token, remember, require_form_token
from api.web.marking import badge, mark
from grader import grading
from grader.feedback import FLAG_NOTES
from grader.text.canonical import MAX_CHARACTERS, canonicalise
from rubrics.model import Difficulty

FOLDER: Final = Path(__file__).parent
STATIC: Final = FOLDER / "static"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_templates: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def is_page(request: Request) -> bool:
    """Whether a person is looking: such errors are shown as a page."""
    return request.url.path == "/" or request.url.path.startswith("/practice")


def show_problem(request: Request, problem: Problem) -> Response:  # noqa: ARG001 - the other renderers need it
    """A problem as a page."""
    return page("problem.html", status=problem.status, problem=problem)


async def answer_of(request: Request) -> str:
    """The `answer` field of a form of ours; 415 and 400 where there is none, 403 where another site made it."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Problem(415, "unsupported-media-type", "Send the form as the page does.")
    try:
        form = parse_qs(
            (await request.body()).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
    except ValueError:
        raise Problem(400, "malformed-form", "The form could not be read.") from None
    if "answer" not in form:
        raise Problem(400, "malformed-form", "The form has no answer in it.")
    require_form_token(request, form.get(FIELD, [None])[0])
    return form["answer"][0].replace("\0", "").replace("\r\n", "\n")  # a line end counts once, as in the page


@router.get("/")
async def home() -> Response:
    """The practice page is the front door."""
    return RedirectResponse("/practice")


@router.get("/practice")
async def list_questions(
    app: App,
    text: Annotated[str, Query(max_length=200)] = "",
    difficulty: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Every question that fits the search."""
    chosen = Difficulty(difficulty) if difficulty in set(Difficulty) else None
    questions = app.bank.questions(text=text, difficulty=chosen)
    return page("questions.html", questions=questions, text=text, difficulty=chosen, difficulties=list(Difficulty))


@router.get("/practice/{question_id}")
async def show_question(request: Request, app: App, caller: Caller, question_id: str) -> Response:
    """One question and the place to answer it."""
    question = (await app.author.of_question(caller.tenant, question_id)).question
    return _form(request, "question.html", question=question, answer="")


@router.post("/practice/{question_id}")
async def grade_answer(
    request: Request, app: App, creation: Creating, question_id: str, answer: Annotated[str, Depends(answer_of)]
) -> Response:
    """The grade of an answer, with the person's own words marked."""
    rubric = await app.author.of_question(creation.tenant, question_id)
    grade = await app.grade_now(grading.Request(rubric, answer, screening=grading.ScreeningPolicy.IGNORE), creation)
    text = canonicalise(answer).text
    return _form(
        request,
        "grade.html",
        question=rubric.question,
        grade=grade,
        flag_notes=FLAG_NOTES,
        badge=badge,
        passages=mark(text, grade.points),
        answer=text,
        reference=rubric.reference_answer,
    )


def _form(request: Request, template: str, **values: object) -> Response:
    """A page with a form for an answer."""
    token = form_token(request)
    made = page(template, status=200, limit=MAX_CHARACTERS, form_token=token, **values)
    return remember(made, request, token)


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page made from a template."""
    return HTMLResponse(_templates.get_template(template).render(**values), status)
