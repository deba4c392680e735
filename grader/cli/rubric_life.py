"""`grader rubric publish|preview|rule|retire|versions`: a rubric's life in the database of these settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from grader.authoring import Author, RubricRefused
from grader.bootstrap import build_author, build_services
from grader.cli.questions import AsJson
from grader.cli.rendering import print_json, table
from grader.cli.rubric_printing import print_check, print_preview
from grader.settings import load_settings
from rubrics.model import CountsAs, Rubric, Ruling
from rubrics.serialization import read_rubric
from rubrics.versions import RubricVersion, State

TENANT: Final = "local"
"""Whose rubrics the command line works on: those of a deployment without keys."""

Found = TypeVar("Found")
RubricFile = Annotated[Path, typer.Argument(help="The rubric file.")]
Name = Annotated[str, typer.Argument(help="A question id (its published version), or a version's content hash.")]
Judge = Annotated[str | None, typer.Option(help="Judge to ask; default: as configured.")]


def register(app: typer.Typer) -> None:
    """Add these commands to `grader rubric`."""
    app.command("publish")(publish)
    app.command("preview")(preview)
    app.command("rule")(rule)
    app.command("retire")(retire)
    app.command("versions")(versions)


def publish(
    file: RubricFile,
    *,
    judge: Judge = None,
    note: Annotated[str | None, typer.Option(help="What was changed, and why.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a rubric and let its question be graded by it from now on; exit code 1 if it has faults."""
    rubric = read_rubric(file)
    try:
        done = _run(lambda author: author.publish(TENANT, rubric, judge=judge, note=note))
    except RubricRefused as refused:
        if as_json:
            print_json({"published": False, "check": refused.report.model_dump(mode="json")})
        else:
            print_check([refused.report])
        raise typer.Exit(1) from None
    if as_json:
        print_json({"published": True, **_row(done.version), "check": done.report.model_dump(mode="json")})
        return
    print_check([done.report])
    version = done.version
    Console(highlight=False).print(
        f"[bold]{version.question_id}[/] version {version.number} published  [dim]{version.id}[/]"
    )


def preview(
    file: RubricFile,
    *,
    against: Annotated[
        str | None, typer.Option(help="Version to compare with; default: what the question is graded by.")
    ] = None,
    pass_mark: Annotated[float | None, typer.Option(min=0, max=1, help="Pass mark instead of the grades' own.")] = None,
    judge: Annotated[
        str | None, typer.Option(help="Judge points whose wording changed anew; default: leave them open.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what an edited rubric would do to the stored grades, without storing anything."""
    rubric = read_rubric(file)
    name = against or rubric.question.id
    found = _run(lambda author: author.preview(TENANT, name, rubric, pass_mark=pass_mark, judge=judge))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_preview(found)


def rule(  # noqa: PLR0913 - one parameter an option
    question_id: Annotated[str, typer.Argument(help="The question.")],
    key_point_id: Annotated[str, typer.Argument(help="The key point.")],
    said: Annotated[str, typer.Argument(help="The words a candidate used.")],
    *,
    counts_as: Annotated[CountsAs, typer.Option(help="What they count as.")] = CountsAs.COVERED,
    note: Annotated[str | None, typer.Option(help="Why.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide an edge case; the decision becomes part of the question's next version and of the judge's prompt."""
    ruling = Ruling(said=said, counts_as=counts_as, note=note)
    given = _run(lambda author: author.rule(TENANT, question_id, key_point_id, ruling))
    if as_json:
        print_json(given.model_dump(mode="json"))
    else:
        Console(highlight=False).print(
            f"“{escape(said)}” counts as {counts_as} for {key_point_id} from the next version on"
        )


def retire(
    version: Annotated[str, typer.Argument(help="The version's content hash.")], *, as_json: AsJson = False
) -> None:
    """Take a version out of use; its question is graded by the bank again, if it is there."""
    moved = _run(lambda author: author.move(TENANT, version, State.RETIRED))
    if as_json:
        print_json(_row(moved))
    else:
        Console(highlight=False).print(f"{moved.question_id} version {moved.number} is {moved.state}")


def versions(question_id: Annotated[str, typer.Argument(help="The question.")], *, as_json: AsJson = False) -> None:
    """List the versions of a question's rubric, the newest first."""
    found = _run(lambda author: author.store.versions(TENANT, question_id))
    if as_json:
        print_json({"versions": [_row(version) for version in found]})
        return
    shown = table(None, "number", "state", "since", "content hash", "note")
    for version in found:
        since = f"{version.changed_at:%Y-%m-%d %H:%M}"
        shown.add_row(str(version.number), version.state.value, since, version.id, escape(version.note or ""))
    Console(highlight=False).print(shown)


def graded_by(names: Sequence[str]) -> list[Rubric]:
    """What questions are graded by here, and the versions that content hashes name, in this order."""

    async def found(author: Author) -> list[Rubric]:
        return [await author.rubric(TENANT, name) for name in names]

    return _run(found)


def _run(work: Callable[[Author], Awaitable[Found]]) -> Found:
    services = build_services(load_settings())

    async def done() -> Found:
        async with services:
            return await work(build_author(services))

    return asyncio.run(done())


def _row(version: RubricVersion) -> dict[str, object]:
    return {**version.model_dump(mode="json", exclude={"rubric"}), "id": version.id, "question_id": version.question_id}
