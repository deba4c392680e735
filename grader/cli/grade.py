"""`grader grade`: one answer, one grade."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from grader.access import LOCAL_TENANT
from grader.bootstrap import Services, build_author, build_services
from grader.cli.rendering import print_grade, print_json
from grader.domain import Grade
from grader.errors import InvalidAnswer
from grader.feedback import FeedbackMode
from grader.grading import Request
from grader.settings import load_settings
from rubrics.model import Question, Rubric
from rubrics.serialization import read_rubric


def grade(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    answer: Annotated[str, typer.Option(help="File with the answer, or - for standard input.")],
    question: Annotated[str | None, typer.Option(help="Id of a question, of the bank or published.")] = None,
    rubric: Annotated[Path | None, typer.Option(help="A rubric file (YAML) to grade against.")] = None,
    reference: Annotated[Path | None, typer.Option(help="A reference answer (text file) to grade against.")] = None,
    question_text: Annotated[str | None, typer.Option(help="With --reference: what was asked.")] = None,
    judge: Annotated[str | None, typer.Option(help="Judge to use; default: as configured.")] = None,
    feedback: Annotated[FeedbackMode, typer.Option(help="hints keeps the reference secret.")] = FeedbackMode.FULL,
    as_json: Annotated[bool, typer.Option("--json", help="Print the grade as JSON.")] = False,
) -> None:
    """Grade one answer: score, what was covered, missed and wrong, and what to do next."""
    services = build_services(load_settings())
    yardstick, text = _yardstick(question, rubric, reference, question_text), _read(answer)
    asked, result = asyncio.run(_graded(services, yardstick, lambda found: Request(found, text, judge, feedback)))
    if as_json:
        print_json(result)
    else:
        print_grade(result, asked)


async def _graded(
    services: Services, yardstick: str | Rubric, request: Callable[[Rubric], Request]
) -> tuple[Question, Grade]:
    """The grade, and what was asked; a question's id stands for what it is graded by here."""
    async with services:
        author = build_author(services)
        found = await author.of_question(LOCAL_TENANT, yardstick) if isinstance(yardstick, str) else yardstick
        return found.question, await services.grader.grade(request(found))


def _yardstick(
    question: str | None, rubric: Path | None, reference: Path | None, question_text: str | None
) -> str | Rubric:
    """The id of a question, or the rubric itself."""
    if question_text is not None and reference is None:
        raise typer.BadParameter("--question-text goes with --reference")
    match question, rubric, reference:
        case str() as question_id, None, None:
            return question_id
        case None, Path() as file, None:
            return read_rubric(file)
        case None, None, Path() as file:
            from rubrics.extraction.structure import extract

            return extract(_asked(file, question_text), _read(str(file))).rubric
    raise typer.BadParameter("give exactly one of --question, --rubric and --reference")


def _asked(reference: Path, text: str | None) -> Question:
    """The question a reference file answers; its name stands in where nobody says what was asked."""
    title = reference.stem.replace("_", " ")
    try:
        return Question(id="reference", title=title, text=text or title)
    except ValidationError as error:
        raise typer.BadParameter(f"--question-text: {error.errors()[0]['msg']}") from error


def _read(source: str) -> str:
    """Text of a file or, for `-`, of standard input."""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise InvalidAnswer(f"{source} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidAnswer(f"{source} is not UTF-8 text (byte {error.start})") from error
