"""How results of `grader rubric` look to a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape

from grader.cli.rendering import table
from grader.rescoring import Preview
from grader.selftest import Cause, CheckReport, TrialResult
from rubrics.checks import Severity
from rubrics.versions.differences import Change, is_free

if TYPE_CHECKING:
    from rubrics.extraction.structure import Extraction
    from rubrics.sources.reading import Import

_COLOURS: Final = {Cause.RUBRIC: "red", Cause.UNGRADED: "red", Cause.JUDGE: "yellow"}


def print_build(found: Import, built: list[Extraction], out: Path) -> None:
    """What was read, drawn, merged and left out."""
    console = Console(highlight=False)
    shown = table(None, "id", "title", "points", "covered", "sentences no point covers", "hard to read", "overlap")
    for extraction in built:
        rubric, coverage = extraction.rubric, extraction.coverage
        uncovered = "\n".join(escape(passage.text) for passage in coverage.uncovered)
        share = f"{coverage.share:.0%}"
        points = str(len(rubric.key_points))
        hard = ", ".join(one.key_point for one in extraction.readability.hard)
        overlap = "\n".join(f"{one.first}, {one.second}" for one in coverage.overlaps)
        shown.add_row(rubric.question.id, escape(rubric.question.title), points, share, uncovered, hard, overlap)
    for each in found.rubrics:
        question = each.rubric.question
        shown.add_row(question.id, escape(question.title), str(len(each.rubric.key_points)), "as given")
    console.print(shown)
    for file, kind, count in found.files:
        console.print(f"{escape(file)}: {_count(count, 'question')}, read as {kind}")
    for duplicate in found.merged:
        console.print(f"{duplicate.question_id} stands in {escape(', '.join(duplicate.origins))}: one rubric")
    for conflict in found.conflicts:
        copies = f"kept {escape(conflict.kept)}, ignored {escape(conflict.ignored)}"
        console.print(f"[yellow]conflict[/] {conflict.question_id} {conflict.field}: {copies}")
    for left in found.left_out:
        console.print(f"[yellow]left out[/] {escape(left.what)} ({escape(left.origin)}): {escape(left.why)}")
    console.print(f"[bold]{_count(len(built) + len(found.rubrics), 'rubric')}[/] written to {escape(str(out))}")


def print_check(reports: list[CheckReport]) -> None:
    """A row a rubric, and below it what to mend."""
    console = Console(highlight=False)
    shown = table(None, "", "id", "judge", "trials (score, allowed)", "points not told apart")
    for report in reports:
        trials = "\n".join(map(_trial, report.trials))
        weak = ", ".join(point.key_point_id for point in report.points if not point.discriminates)
        shown.add_row(_verdict(report), report.question_id, report.judge, trials, weak)
    console.print(shown)
    for report in reports:
        _print_faults(console, report)
    limited = sum(report.passed and not report.held for report in reports)
    failed = sum(not report.passed for report in reports)
    told = f", {limited} where the judge breaks a bound (its limit, not the rubric's fault)" if limited else ""
    console.print(f"[bold]{len(reports) - failed} of {len(reports)} passed[/]{told}")


def _verdict(report: CheckReport) -> str:
    if not report.passed:
        return "[red]failed[/]"
    return "[green]passed[/]" if report.held else "[yellow]passed[/]"


def _trial(trial: TrialResult) -> str:
    mark = "[green]✓[/]" if trial.passed else f"[{_COLOURS[trial.cause or Cause.RUBRIC]}]✗[/]"
    score = "–" if trial.score is None else f"{trial.score:.2f}"
    due = f" [dim]{trial.cause}[/]" if trial.cause else ""
    return f"{mark} {trial.answer} {score} [dim]({trial.least:.2f}-{trial.most:.2f})[/]{due}"


def _print_faults(console: Console, report: CheckReport) -> None:
    for finding in report.findings:
        colour = "red" if finding.severity is Severity.ERROR else "yellow"
        points = f" {', '.join(finding.key_points)}" if finding.key_points else ""
        said = f"{escape(finding.problem)}. [dim]{escape(finding.mend)}[/]"
        console.print(f"{report.question_id}{points}: [{colour}]{finding.check}[/] {said}")
    for trial in report.trials:
        if trial.cause is not None:
            colour = _COLOURS[trial.cause]
            console.print(f"{report.question_id}: [{colour}]{trial.answer}, {trial.cause}[/] {escape(trial.why)}")


def print_changes(changes: tuple[Change, ...]) -> None:
    """A row a change."""
    shown = table(None, "", "where", "before", "after", "judged anew")
    for change in changes:
        anew = "yes" if change.judged else ""
        shown.add_row(change.kind.value, change.where, escape(change.before), escape(change.after), anew)
    console = Console(highlight=False)
    console.print(shown)
    free = "; stored verdicts are enough to grade by the new one" if is_free(changes) else ""
    console.print(f"[bold]{_count(len(changes), 'change')}[/]{free}")


def print_preview(found: Preview) -> None:
    """The sum of it, and the grades that move most."""
    console = Console(highlight=False)
    if found.changes:
        shown = table(None, "grade", "before", "after", "outcome")
        for change in found.changes:
            outcome = f"{_passed(change.passed_before)} → {_passed(change.passed_after)}"
            crossing = outcome if change.passed_before is not change.passed_after else ""
            shown.add_row(change.grade_id, _score(change.before), _score(change.after), crossing)
        console.print(shown)
    if found.to_judge:
        console.print(
            f"judged anew: {', '.join(found.to_judge)} ({_count(found.judge_calls, 'answer')}; name a --judge for it)"
        )
    if found.mean_before is not None and found.mean_after is not None:
        console.print(f"mean score {found.mean_before:.3f} → {found.mean_after:.3f}")
    console.print(f"[bold]{found.summary}[/]")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _passed(value: bool | None) -> str:  # noqa: FBT001 - what a grade says
    return {True: "passed", False: "failed", None: "open"}[value]
