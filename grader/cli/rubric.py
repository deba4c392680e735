"""`grader rubric`: build rubrics from reference answers, try them out, look at them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader.bootstrap import build_services
from grader.cli.questions import AsJson
from grader.cli.rendering import print_json, table
from grader.selftest import SelfTest, self_test
from grader.settings import load_settings
from rubrics.bank import Bank
from rubrics.errors import RubricFileError
from rubrics.model import Rubric
from rubrics.serialization import format_rubric, read_rubric
from rubrics.sources import Merged, merge
from rubrics.sources.seed_page import read_seed_page

if TYPE_CHECKING:
    from rubrics.extraction.structure import Extraction

app = typer.Typer(help="Rubrics: what an answer is graded against.", no_args_is_help=True)


@app.command("build")
def build(
    source: Annotated[Path, typer.Argument(help="A seed page, or a folder of them (*.txt).")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the rubric files, one a question.")],
    as_json: AsJson = False,
) -> None:
    """Turn reference answers into draft rubrics: key points with their sources, and a coverage report."""
    from rubrics.extraction.structure import extract

    merged = merge(question for page in _pages(source) for question in read_seed_page(_text(page), file=str(page)))
    built = [extract(entry.question, entry.reference_answer) for entry in merged.questions]
    out.mkdir(parents=True, exist_ok=True)
    for extraction in built:
        rubric = extraction.rubric
        (out / f"{rubric.question.id}.yaml").write_text(format_rubric(rubric), encoding="utf-8")
    if as_json:
        print_json({"merge": merged.model_dump(mode="json", exclude={"questions"}), "rubrics": _coverage_rows(built)})
    else:
        _print_build(merged, built, out)


@app.command("check")
def check(
    rubrics: Annotated[list[str], typer.Argument(help="Rubric files, or ids of the bank.")],
    *,
    judge: Annotated[str | None, typer.Option(help="Judge to try with; default: as configured.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try rubrics out: the reference answer must pass, empty words must not; exit code 1 if one fails."""
    services = build_services(load_settings())
    found = [_find(name, services.bank) for name in rubrics]

    async def run() -> list[SelfTest]:
        async with services:
            return [await self_test(services.grader, rubric, judge) for rubric in found]

    results = asyncio.run(run())
    if as_json:
        print_json({"rubrics": [{**result.model_dump(mode="json"), "passed": result.passed} for result in results]})
    else:
        _print_check(results)
    if not all(result.passed for result in results):
        raise typer.Exit(1)


@app.command("show")
def show(
    rubric: Annotated[str, typer.Argument(help="A rubric file, or an id of the bank.")], *, as_json: AsJson = False
) -> None:
    """Show a rubric: question, reference answer, key points."""
    found = _find(rubric, build_services(load_settings()).bank)
    if as_json:
        print_json({**found.model_dump(mode="json"), "content_hash": found.content_hash})
        return
    console = Console(highlight=False)
    console.print(f"[bold]{escape(found.question.title)}[/]  [dim]{found.question.id}  {found.content_hash}[/]")
    console.print(f"{escape(found.question.text)}\n\n{escape(found.reference_answer or '(no reference answer)')}\n")
    shown = table(None, "id", "weight", "kind", "key point")
    for point in found.key_points:
        required = " [dim](required)[/]" if point.required else ""
        shown.add_row(point.id, f"{point.weight:g}", point.kind.value, escape(point.text) + required)
    console.print(shown)


def _find(name: str, bank: Bank) -> Rubric:
    return read_rubric(Path(name)) if name.endswith((".yaml", ".yml")) else bank.rubric(name)


def _pages(source: Path) -> list[Path]:
    pages = sorted(source.glob("*.txt")) if source.is_dir() else [source]
    if not pages:
        raise RubricFileError("holds no *.txt page", file=str(source))
    return pages


def _text(page: Path) -> str:
    try:
        return page.read_text("utf-8-sig")
    except OSError as error:
        raise RubricFileError(f"cannot be read: {error.strerror}", file=str(page)) from error
    except UnicodeDecodeError as error:
        raise RubricFileError(f"is not UTF-8 (byte {error.start})", file=str(page)) from error


def _coverage_rows(built: list[Extraction]) -> list[dict[str, object]]:
    return [
        {
            "question_id": extraction.rubric.question.id,
            "key_points": len(extraction.rubric.key_points),
            "content_hash": extraction.rubric.content_hash,
            "coverage": extraction.coverage.model_dump(mode="json"),
        }
        for extraction in built
    ]


def _print_build(merged: Merged, built: list[Extraction], out: Path) -> None:
    console = Console(highlight=False)
    shown = table(None, "id", "title", "points", "covered", "sentences no point covers")
    for extraction in built:
        rubric, coverage = extraction.rubric, extraction.coverage
        open_sentences = "\n".join(escape(passage.text) for passage in coverage.uncovered)
        shown.add_row(
            rubric.question.id,
            escape(rubric.question.title),
            str(len(rubric.key_points)),
            f"{coverage.share:.0%}",
            open_sentences,
        )
    console.print(shown)
    for duplicate in merged.merged:
        console.print(f"{duplicate.question_id} stands in {escape(', '.join(duplicate.origins))}: one rubric")
    for conflict in merged.conflicts:
        copies = f"kept {escape(conflict.kept)}, ignored {escape(conflict.ignored)}"
        console.print(f"[yellow]conflict[/] {conflict.question_id} {conflict.field}: {copies}")
    console.print(f"[bold]{len(built)} rubrics[/] written to {escape(str(out))}")


def _print_check(results: list[SelfTest]) -> None:
    shown = table(None, "", "id", "judge", "trials (score, allowed)", "not earned by the reference")
    for result in results:
        trials = "\n".join(
            f"{'[green]✓[/]' if trial.passed else '[red]✗[/]'} {trial.answer} "
            f"{'–' if trial.score is None else f'{trial.score:.2f}'} [dim]({trial.least:.2f}-{trial.most:.2f})[/]"
            for trial in result.trials
        )
        verdict = "[green]passed[/]" if result.passed else "[red]failed[/]"
        shown.add_row(verdict, result.question_id, result.judge, trials, ", ".join(result.unearned))
    Console(highlight=False).print(shown)
