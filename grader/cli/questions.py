"""`grader questions`: what is in the bank."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader.bootstrap import build_services
from grader.cli.rendering import print_json, table
from grader.settings import load_settings
from rubrics.model import Difficulty

app = typer.Typer(help="The question bank.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_questions(
    *,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    difficulty: Annotated[Difficulty | None, typer.Option(help="Only this difficulty.")] = None,
    text: Annotated[str | None, typer.Option(help="Only questions with these words.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the questions that fit."""
    found = build_services(load_settings()).bank.questions(category=category, difficulty=difficulty, text=text)
    if as_json:
        print_json(found)
        return
    shown = table(None, "id", "difficulty", "title", "question")
    for question in found:
        difficulty_name = question.difficulty.value if question.difficulty else "–"
        shown.add_row(question.id, difficulty_name, escape(question.title), escape(question.text))
    Console().print(shown)


@app.command("show")
def show_question(
    question_id: Annotated[str, typer.Argument(help="Id, e.g. DL0028.")], *, as_json: AsJson = False
) -> None:
    """Show one question, without its answer (`grader rubric show` has that)."""
    question = build_services(load_settings()).bank.rubric(question_id).question
    if as_json:
        print_json(question)
        return
    console = Console(highlight=False)
    console.print(f"[bold]{escape(question.title)}[/]  [dim]{question.id}[/]\n{escape(question.text)}")
    facts = [question.category, question.difficulty and question.difficulty.value, *question.tags]
    console.print(f"[dim]{escape(' · '.join(fact for fact in facts if fact))}[/]")
