from __future__ import annotations

import io

from rich.console import Console

from grader.benchmark import Report, Run, render, summarise


def shown(report: Report) -> str:
    console = Console(width=100, file=io.StringIO())
    with console.capture() as capture:
        console.print(render(report))
    return capture.get()


def test_a_table_names_judge_and_dataset_and_counts_what_is_left_out(run: Run) -> None:
    text = shown(summarise(run))
    assert "scripted (script-1) on tides" in text
    assert "4 answers, 1 without a score; 8 key points, 2 ungraded" in text


def test_every_metric_has_a_row_with_interval_and_count(run: Run) -> None:
    report = summarise(run)
    rows = [line.split("│")[1:-1] for line in shown(report).splitlines() if line.startswith("│")]
    assert len(rows) == sum(len(type(group).model_fields) for group in (report.labels, report.scores, report.effort))
    accuracy = next(row for row in rows if "Accuracy" in row[0])
    assert [cell.strip() for cell in accuracy[1:]] == ["0.667", f"{report.labels.accuracy.low:.3f} … 1.000", "6"]


def test_an_undefined_metric_shows_a_dash(run: Run) -> None:
    report = summarise(run)
    blank = report.labels.kappa.model_copy(update={"value": None, "low": None, "high": None})
    labels = report.labels.model_copy(update={"kappa": blank})
    row = next(
        line for line in shown(report.model_copy(update={"labels": labels})).splitlines() if "Kappa, four" in line
    )
    assert [cell.strip() for cell in row.split("│")[2:4]] == ["–", ""]


def test_brackets_in_a_models_name_are_shown_as_they_are(run: Run) -> None:
    report = summarise(run).model_copy(update={"judge": {"name": "llm", "model": "[red]m"}})
    assert "llm ([red]m) on tides" in shown(report)
