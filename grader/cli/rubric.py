"""`grader rubric`: build rubrics from sources, check them, compare them, look at them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader.bootstrap import Services, build_services
from grader.cli import rubric_life
from grader.cli.questions import AsJson
from grader.cli.rendering import print_json, table
from grader.cli.rubric_printing import print_build, print_changes, print_check
from grader.domain import Usage
from grader.errors import ConfigurationError
from grader.selftest import CheckReport, check_rubric
from grader.settings import load_settings
from rubrics.errors import ExtractionError
from rubrics.model import Rubric
from rubrics.serialization import format_rubric, read_rubric
from rubrics.versions.differences import differences, is_free

if TYPE_CHECKING:
    from rubrics.extraction.structure import Extraction
    from rubrics.sources import SourceQuestion
    from rubrics.sources.reading import Import

app = typer.Typer(help="Rubrics: what an answer is graded against.", no_args_is_help=True)
rubric_life.register(app)


class Extractor(StrEnum):
    """Who draws key points."""

    STRUCTURE = "structure"
    LLM = "llm"


RubricName = Annotated[
    str, typer.Argument(help="A rubric file, a question id (what it is graded by), or a version's content hash.")
]


@app.command("build")
def build(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Files or folders: seed pages, Markdown, CSV, TSV, JSONL, XLSX, YAML, OpenAI graders."),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the rubric files, one a question.")],
    extractor: Annotated[Extractor, typer.Option(help="llm asks the configured LLM.")] = Extractor.STRUCTURE,
    as_json: AsJson = False,
) -> None:
    """Turn sources into rubric files: key points with their sources, and a report of what was read and left out."""
    from rubrics.sources.reading import read_sources

    found = read_sources(sources)
    built, drawn_by, usage = _drawn(found.questions, extractor)
    whole = [each.rubric for each in found.rubrics]
    out.mkdir(parents=True, exist_ok=True)
    for rubric in (*(extraction.rubric for extraction in built), *whole):
        (out / f"{rubric.question.id}.yaml").write_text(format_rubric(rubric), encoding="utf-8")
    if as_json:
        report = found.model_dump(mode="json", exclude={"questions", "rubrics"})
        rows = _coverage_rows(built, found)
        print_json({"import": report, "rubrics": rows, "provenance": drawn_by, "usage": usage.model_dump(mode="json")})
    else:
        print_build(found, built, out)


@app.command("check")
def check(
    rubrics: Annotated[
        list[str] | None, typer.Argument(help="Rubric files, question ids, content hashes; none: the whole bank.")
    ] = None,
    *,
    judge: Annotated[str | None, typer.Option(help="Judge to try with; default: as configured.")] = None,
    each_point: Annotated[bool, typer.Option(help="Try every key point by itself: two more grades a point.")] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where the judge, too, breaks a bound.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look for faults, and try: the reference answer must pass, empty and wrong words must not.

    Exit code 1 if a rubric has a fault or could not be graded; with --strict also where the judge is the limit.
    """
    services = build_services(load_settings())
    others = [services.bank.rubric(question.id) for question in services.bank.questions()]
    found = find(rubrics) if rubrics else others

    async def run() -> list[CheckReport]:
        async with services:
            return [
                await check_rubric(services.grader, rubric, judge, others=others, each_point=each_point)
                for rubric in found
            ]

    reports = asyncio.run(run())
    if as_json:
        print_json({"rubrics": [report.model_dump(mode="json") for report in reports]})
    else:
        print_check(reports)
    if not all(report.held if strict else report.passed for report in reports):
        raise typer.Exit(1)


@app.command("diff")
def diff(old: RubricName, new: RubricName, *, as_json: AsJson = False) -> None:
    """Show what changed from one rubric to another, and which changes make answers be judged anew."""
    changes = differences(*find([old, new]))
    if as_json:
        print_json({"changes": [change.model_dump(mode="json") for change in changes], "free": is_free(changes)})
    else:
        print_changes(changes)


@app.command("show")
def show(rubric: RubricName, *, as_json: AsJson = False) -> None:
    """Show a rubric: question, reference answer, key points."""
    (found,) = find([rubric])
    if as_json:
        print_json({**found.model_dump(mode="json"), "content_hash": found.content_hash})
        return
    console = Console(highlight=False)
    console.print(f"[bold]{escape(found.question.title)}[/]  [dim]{found.question.id}  {found.content_hash}[/]")
    console.print(f"{escape(found.question.text)}\n\n{escape(found.reference_answer or '(no reference answer)')}\n")
    shown = table(None, "id", "weight", "kind", "key point")
    for point in found.key_points:
        marks = " [dim](required)[/]" if point.required else " [dim](a mistake)[/]" if point.penalty else ""
        ruled = "".join(f"\n[dim]“{escape(each.said)}” counts as {each.counts_as}[/]" for each in point.rulings)
        shown.add_row(point.id, f"{point.weight:g}", point.kind.value, escape(point.text) + marks + ruled)
    console.print(shown)
    for group in found.groups:
        k = f" {group.k} of" if group.k else ""
        console.print(f"[dim]group {group.id}: {group.kind.value}{k} {', '.join(group.members)}[/]")


def find(names: Sequence[str]) -> list[Rubric]:
    """The rubrics of files, of what questions are graded by, and of versions, in this order."""
    files = {name: read_rubric(Path(name)) for name in names if name.endswith((".yaml", ".yml"))}
    others = [name for name in names if name not in files]
    kept = dict(zip(others, rubric_life.graded_by(others) if others else (), strict=True))
    return [files[name] if name in files else kept[name] for name in names]


def _drawn(questions: Sequence[SourceQuestion], extractor: Extractor) -> tuple[list[Extraction], dict[str, str], Usage]:
    """A draft for every question, who drew it, and what that consumed; ConfigurationError where there is no LLM."""
    if extractor is Extractor.STRUCTURE:
        drawn = [_extracted(each) for each in questions]
        return drawn, {"extractor": extractor.value}, Usage()
    return asyncio.run(_by_model(build_services(load_settings()), questions))


def _extracted(source: SourceQuestion) -> Extraction:
    """The draft of one question; an ExtractionError says where its reference answer stands."""
    from rubrics.extraction.structure import extract

    try:
        return extract(source.question, source.reference_answer)
    except ExtractionError as error:
        raise ExtractionError(f"{source.origin}: {error}") from error


async def _by_model(
    services: Services, questions: Sequence[SourceQuestion]
) -> tuple[list[Extraction], dict[str, str], Usage]:
    async with services:
        if services.extractor is None:
            raise ConfigurationError("no LLM is configured; set GRADER_LLM_MODEL, or use --extractor structure")
        drawn = [await services.extractor.extract(each.question, each.reference_answer) for each in questions]
        usage = sum((each.usage for each in drawn), Usage())
        return [each.extraction for each in drawn], services.extractor.identity, usage


def _coverage_rows(built: list[Extraction], found: Import) -> list[dict[str, object]]:
    drawn: list[dict[str, object]] = [
        {
            "question_id": extraction.rubric.question.id,
            "key_points": len(extraction.rubric.key_points),
            "content_hash": extraction.rubric.content_hash,
            "coverage": extraction.coverage.model_dump(mode="json"),
            "readability": extraction.readability.model_dump(mode="json"),
        }
        for extraction in built
    ]
    return drawn + [
        {
            "question_id": each.rubric.question.id,
            "key_points": len(each.rubric.key_points),
            "content_hash": each.rubric.content_hash,
        }
        for each in found.rubrics
    ]
