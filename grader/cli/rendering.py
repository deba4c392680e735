"""How results look in a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.domain import Grade, GradedPoint, Label
from grader.feedback import FLAG_NOTES
from rubrics.model import Question

_MARKS: Final = {
    Label.COVERED: "[green]✓ covered[/]",
    Label.PARTIAL: "[yellow]◐ partial[/]",
    Label.MISSING: "[red]✗ missing[/]",
    Label.CONTRADICTED: "[bold magenta]! wrong[/]",
    Label.UNGRADED: "[dim]? ungraded[/]",
}


def print_json(result: BaseModel | Sequence[BaseModel] | dict[str, Any]) -> None:
    """`result` as indented JSON on standard output, nothing else."""
    if isinstance(result, BaseModel):
        data: object = result.model_dump(mode="json")
    elif isinstance(result, dict):
        data = result
    else:
        data = [item.model_dump(mode="json") for item in result]
    print(json.dumps(data, indent=2, ensure_ascii=False))  # noqa: T201 - the result is the output


def print_grade(grade: Grade, question: Question) -> None:
    """A grade for a person: score, feedback, every key point with its proof."""
    console = Console(highlight=False)
    console.print(f"\n[bold]{escape(question.title)}[/]  [dim]{grade.question_id}[/]\n{escape(question.text)}\n")
    console.print(f"{_score(grade)}  {escape(grade.feedback.summary)}")
    for flag in grade.flags:
        console.print(f"[yellow]{FLAG_NOTES[flag]}[/]")
    console.print(_points(grade.points))
    _print_list(console, "To improve", grade.feedback.improvements)
    if grade.feedback.next_step:
        console.print(f"[bold]Next:[/] {escape(grade.feedback.next_step)}\n")


def table(title: str | None, *columns: str) -> Table:
    """An empty table in the house style."""
    made = Table(title=title, title_justify="left", box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def _score(grade: Grade) -> Text:
    if grade.score is None:
        low, high = grade.score_interval
        return Text(f"not graded, between {low:.0%} and {high:.0%}", style="bold yellow")
    filled = round(grade.score * 20)
    return Text.assemble((f"{grade.score:.0%} ", "bold"), ("█" * filled, "green"), ("░" * (20 - filled), "dim"))


def _points(points: tuple[GradedPoint, ...]) -> Padding:
    shown = table(None, "", "weight", "key point and proof")
    for point in points:
        proof = "".join(f"\n[dim]you:[/] [italic]“{escape(item.text)}”[/]" for item in point.evidence)
        required = " [dim](required)[/]" if point.required else ""
        why = f"\n[dim]why:[/] {escape(point.reason)}" if point.verdict is Label.UNGRADED else ""
        shown.add_row(_MARKS[point.verdict], f"{point.weight:g}", f"{escape(point.text)}{required}{proof}{why}")
    return Padding(shown, (1, 0))


def _print_list(console: Console, title: str, items: tuple[str, ...]) -> None:
    if items:
        console.print(f"[bold]{title}[/]")
        for item in items:
            console.print(Padding(f"• {escape(item)}", (0, 0, 0, 2)))
        console.print()
