from __future__ import annotations

import io

from rich.console import Console

from grader.benchmark import Estimate, Report, Run, markdown, render, sheets_of, summarise
from grader.benchmark.sheets import Sheet


def shown(report: Report) -> str:
    console = Console(width=100, file=io.StringIO())
    with console.capture() as capture:
        console.print(render(sheets_of(report)[0]))
    return capture.get()


def test_a_table_names_judge_and_dataset_and_counts_what_is_left_out(run: Run) -> None:
    text = shown(summarise(run))
    assert "scripted (script-1) on tides" in text
    assert "4 answers, 1 without a score; 8 key points, 2 ungraded" in text


def test_every_metric_has_a_row_with_interval_and_count(run: Run) -> None:
    report = summarise(run)
    rows = [line.split("│")[1:-1] for line in shown(report).splitlines() if line.startswith("│")]
    assert len(rows) == sum(len(type(group).model_fields) for group in (report.labels, report.scores, report.effort))
    accuracy = next(row for row in rows if "Accuracy, four" in row[0])
    assert [cell.strip() for cell in accuracy[1:]] == ["0.667", f"{report.labels.accuracy.low:.3f} … 1.000", "6"]


def test_an_undefined_metric_shows_a_dash(run: Run) -> None:
    report = summarise(run)
    blank = report.labels.kappa.model_copy(update={"value": None, "low": None, "high": None})
    labels = report.labels.model_copy(update={"kappa": blank})
    row = next(
        line for line in shown(report.model_copy(update={"labels": labels})).splitlines() if "Kappa, four" in line
    )
    assert [cell.strip() for cell in row.split("│")[2:4]] == ["–", ""]


def test_a_metric_of_nothing_has_no_row(run: Run) -> None:
    report = summarise(run)
    nothing = Estimate(value=None, low=None, high=None, n=0)
    labels = report.labels.model_copy(update={"kappa": nothing})
    assert "Kappa, four" not in shown(report.model_copy(update={"labels": labels}))


def test_brackets_in_a_models_name_are_shown_as_they_are(run: Run) -> None:
    report = summarise(run).model_copy(update={"judge": {"name": "llm", "model": "[red]m"}})
    assert "llm ([red]m) on tides" in shown(report)


def test_markdown_has_every_interval_and_escapes_bars() -> None:
    sheet = Sheet("T", ("", "kappa"), (("a|b", Estimate(value=0.5, low=0.25, high=0.75, n=9)),), "Note.")
    assert markdown([sheet]) == "# T\n\n|  | kappa |\n| --- | ---: |\n| a\\|b | 0.500 (0.250…0.750) |\n\nNote.\n"


def test_a_wide_table_says_in_the_terminal_where_its_intervals_are(run: Run) -> None:
    classes = sheets_of(summarise(run))[1]
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(render(classes))
    text = capture.get()
    assert "Intervals are in the report (-o)." in text
    assert "…" not in text
