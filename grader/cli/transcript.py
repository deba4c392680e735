"""`grader transcript`: interviews from files of any kind, a grade per question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from grader.access import LOCAL_TENANT
from grader.bootstrap import Services, build_author, build_services, build_transcript_reader
from grader.cli.rendering import print_json, table
from grader.domain import Status
from grader.errors import GraderError, InvalidTranscript
from grader.interviews.prompting import PromptedCredit
from grader.settings import load_settings
from grader.transcripts import Role

if TYPE_CHECKING:
    from grader.interviews.preparing import Commission
    from grader.interviews.report import CandidateReport, InterviewReport
    from grader.transcripts import Transcript

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Largest file that is read into memory; the reader has narrower limits of its own for what is inside."""

FORMS: Final = frozenset({"html", "json", "csv"})
"""Endings of reports."""

SHOWN: Final = 60
"""Characters of what somebody said that show who they are."""


class RolesUnclear(GraderError):
    """Nobody said, and nothing shows clearly enough, who asks and who answers."""


def transcript(  # noqa: PLR0913 - a command has as many parameters as options
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Transcripts: VTT, SRT, TXT, JSON, CSV, DOCX, …")],
    *,
    question: Annotated[list[str], typer.Option(help="Id of a planned question, in order; repeat it.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Report: .html, .json or .csv.")] = None,
    interviewer: Annotated[list[str] | None, typer.Option(help="Name or label of an interviewer; repeat it.")] = None,
    candidate: Annotated[list[str] | None, typer.Option(help="Name or label of a candidate; repeat it.")] = None,
    turn: Annotated[
        list[str] | None, typer.Option(help="Whose a turn is: NUMBER=interviewer|candidate|other, from 1; repeat it.")
    ] = None,
    accept_roles: Annotated[bool, typer.Option(help="Go on with roles that are not sure.")] = False,
    judge: Annotated[str | None, typer.Option(help="Judge to use; default: as configured.")] = None,
    prompted: Annotated[PromptedCredit, typer.Option(help="Worth of a supplied point.")] = PromptedCredit.HALF,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Grade interviews: which question was asked where, what was answered, how well; side by side for several files."""
    from grader.interviews.preparing import Commission
    from grader.interviews.roles import Hints

    read = [_read(file) for file in files]
    turns = _turns(turn or (), min(len(each.turns) for each in read))
    _require_known(read, interviewer or (), candidate or ())
    if out is not None:
        _require_writable(out)
    services = build_services(load_settings())
    hints = Hints(interviewers=interviewer or (), candidates=candidate or (), turns=turns)
    wanted = Commission((), hints, judge, prompted=prompted, accept_roles=accept_roles)
    reports = asyncio.run(_graded(services, read, question, wanted))
    if as_json:
        print_json(reports[0] if len(reports) == 1 else reports)
    else:
        _print(reports)
    if out is not None:
        _write(reports, out)


def _require_writable(out: Path) -> None:
    """Refuse what no report can be written to before anything is graded."""
    if _form(out) not in FORMS or out.is_dir():
        raise typer.BadParameter("-o is a file that ends in .html, .json or .csv")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(out, error) from error


def _require_known(read: Sequence[Transcript], interviewers: Sequence[str], candidates: Sequence[str]) -> None:
    """Refuse names that nobody has, and those by which somebody would ask and answer."""
    from grader.interviews.roles import meant

    speakers = list(dict.fromkeys(speaker for each in read for speaker in each.speakers))
    there = f"there is {', '.join(speakers)}" if speakers else "no speaker is named; say it of turns with --turn"
    for name in (*interviewers, *candidates):
        if not meant(name, speakers):
            raise typer.BadParameter(f"nobody is called {name!r}: {there}")
    asking, answering = (
        {who for name in names for who in meant(name, speakers)} for names in (interviewers, candidates)
    )
    if asking & answering:
        both = ", ".join(sorted(asking & answering))
        raise typer.BadParameter(f"{both} cannot be both interviewer and candidate; give whole names")


def _turns(said: Sequence[str], last: int) -> dict[int, Role]:
    """Roles by turn, numbered from 0 as in the transcript; people count from 1."""
    found = {}
    for each in said:
        number, _, role = each.partition("=")
        if not number.isdecimal() or not 1 <= int(number) <= last or role not in set(Role) - {Role.UNKNOWN}:
            raise typer.BadParameter(
                f"--turn is NUMBER=interviewer, candidate or other, with a number from 1 to {last}, not {each!r}"
            )
        found[int(number) - 1] = Role(role)
    return found


def _read(file: Path) -> Transcript:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise InvalidTranscript(f"is larger than {MAX_FILE_BYTES // 1024**2} MiB", file=file.name)
        raw = file.read_bytes()
    except OSError as error:
        raise InvalidTranscript(f"cannot be read: {error.strerror}", file=str(file)) from error
    return build_transcript_reader().read(raw, file.name)


async def _graded(
    services: Services, read: Sequence[Transcript], questions: Sequence[str], wanted: Commission
) -> list[InterviewReport]:
    from grader.interviews.interviewing import graded
    from grader.interviews.planned import Planned
    from grader.interviews.preparing import prepare

    async with services:
        author = build_author(services)
        plan = [Planned(await author.of_question(LOCAL_TENANT, each)) for each in dict.fromkeys(questions)]
        commission = replace(wanted, plan=tuple(plan))
        adviser = services.adviser if services.asks_a_model(commission.judge) else None
        sound_alikes = services.bank.sound_alikes
        prepared = [await prepare(services.embedder, each, commission, sound_alikes, adviser) for each in read]
        unclear = [_question_about(each.report) for each in prepared if each.unclear]
        if unclear:
            raise RolesUnclear("\n".join(unclear))
        return [await graded(services.grader, services.embedder, each) for each in prepared]


def _question_about(report: InterviewReport) -> str:
    """What to ask the person: who is who, with what each of them says and what it looks like."""
    if not report.roles:
        shown = "".join(
            f"\n  {turn.index + 1} {turn.role}: {_beginning(turn.text)}" for turn in report.transcript.turns[:12]
        )
        return (
            f"{report.transcript.file}: it names no speakers, and who asks and who answers is only "
            f"{report.roles_confidence:.0%} sure; say it of some turns with --turn, take it as it is with "
            f"--accept-roles, or use a transcript with speakers. It begins with, as it looks,{shown}"
        )
    lines = (
        f"\n  {each.speaker}: {each.words} words, looks like {each.role} ({each.confidence:.0%}), "
        f"says “{_beginning(each.sample)}”"
        for each in report.roles
    )
    return (
        f"{report.transcript.file}: who asks and who answers is not clear; say it with --interviewer and --candidate, "
        f"or take what is shown here with --accept-roles{''.join(lines)}"
    )


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _form(out: Path) -> str:
    """The form of a report, by the ending of its file."""
    return out.suffix.lower().removeprefix(".")


def _not_written(out: Path, error: OSError) -> InvalidTranscript:
    return InvalidTranscript(f"the report cannot be written: {error.strerror}", file=str(out))


def _write(reports: Sequence[InterviewReport], out: Path) -> None:
    from grader.interviews.views import rendered

    try:
        out.write_text(rendered(reports, _form(out)), encoding="utf-8", newline="")
    except OSError as error:
        raise _not_written(out, error) from error
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[dim]Report in {escape(str(out))}[/]")


def _print(reports: Sequence[InterviewReport]) -> None:
    console = Console(highlight=False)
    for report in reports:
        for candidate in report.candidates:
            console.print(f"\n[bold]{escape(candidate.name)}[/]  [dim]{escape(report.transcript.file)}[/]")
            console.print(_scores(candidate))
            for each in report.roles:
                if each.found_by in {"speech", "llm"}:
                    console.print(f"[dim]{escape(each.speaker)} taken for {each.role} ({each.confidence:.0%})[/]")
        if not report.candidates:
            console.print(f"[yellow]{escape(report.transcript.file)}: no candidate says a word, nothing is graded[/]")
        for problem in report.problems:
            console.print(f"[yellow]{escape(problem)}[/]")


def _scores(candidate: CandidateReport) -> object:
    shown = table(None, "question", "score", "key points", "alignment")
    for each in candidate.questions:
        if not each.asked:
            shown.add_row(escape(each.title), "[dim]not asked[/]", "", "")
            continue
        score = "[yellow]not graded[/]" if each.score is None else f"{each.score:.0%}"
        if each.grade is not None and each.grade.status is Status.NEEDS_REVIEW:
            score += " [yellow]for review[/]"
        summary = each.grade.feedback.summary if each.grade else each.problem or ""
        shown.add_row(escape(each.title), score, escape(summary), f"{each.confidence:.0%}")
    mean = "–" if candidate.score is None else f"{candidate.score:.0%}"
    shown.add_row("[bold]mean of what was asked[/]", f"[bold]{mean}[/]", "", "")
    return shown
