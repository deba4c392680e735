from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.benchmark import Dataset, Report, Run, summarise, write_report
from grader.domain import Label

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label


def test_a_report_says_what_was_measured(run: Run, dataset: Dataset) -> None:
    report = summarise(run)
    assert report.title == "scripted (script-1) on tides"
    assert report.judge == {"name": "scripted", "model": "script-1"}
    assert report.dataset_hash == dataset.content_hash
    assert report.created_at == max(grade.created_at for grade in run.grades)


def test_ungraded_points_are_counted_apart_and_left_out_of_the_label_metrics(run: Run) -> None:
    report = summarise(run)
    assert (report.points, report.ungraded_points) == (8, 2)
    assert (report.labels.ungraded.value, report.labels.ungraded.n) == (0.25, 8)
    assert report.labels.accuracy.value == pytest.approx(4 / 6, abs=1e-6)
    assert report.labels.accuracy.n == 6


def test_answers_without_a_score_are_counted_apart_and_left_out_of_the_score_metrics(run: Run) -> None:
    report = summarise(run)
    assert (report.answers, report.unscored_answers, report.scores.rmse.n) == (4, 1, 3)
    squares = [(1.0 - 0.75) ** 2, (0.5 - 1.0) ** 2, (0.8 - 0.75) ** 2]
    assert report.scores.rmse.value == pytest.approx((sum(squares) / 3) ** 0.5, abs=1e-6)


def test_only_points_with_a_confidence_count_for_calibration(run: Run) -> None:
    report = summarise(run)
    assert report.labels.calibration_error.n == sum(bin_.points for bin_ in report.reliability) == 5
    gaps = [abs(0.95 + 1.0 + 0.9 - 2), 0.55, 1 - 0.85]
    assert report.labels.calibration_error.value == pytest.approx(sum(gaps) / 5)


def test_reliability_has_ten_bins_and_null_where_one_is_empty(run: Run) -> None:
    bins = summarise(run).reliability
    assert [bin_.points for bin_ in bins] == [0, 0, 0, 0, 0, 1, 0, 0, 1, 3]
    assert (bins[0].confidence, bins[0].accuracy) == (None, None)
    assert (bins[9].low, bins[9].high, bins[9].confidence, bins[9].accuracy) == (0.9, 1.0, 0.95, 0.6667)


def test_the_confusion_matrix_counts_ungraded_points_in_a_column_of_their_own(run: Run) -> None:
    confusion = summarise(run).confusion
    assert confusion[COVERED] == {COVERED: 3, PARTIAL: 1, MISSING: 0, CONTRADICTED: 0, UNGRADED: 0}
    assert confusion[MISSING][UNGRADED] == 2
    assert list(confusion) == [COVERED, PARTIAL, MISSING, CONTRADICTED]


def test_styles_compare_true_and_predicted_scores_of_the_scored_answers(run: Run) -> None:
    strong, wrong = summarise(run).styles
    assert (strong.style, strong.answers, strong.scored) == ("strong", 2, 2)
    assert (strong.true_score, strong.predicted_score) == (0.9, 0.75)
    assert (wrong.style, wrong.answers, wrong.scored, wrong.true_score, wrong.predicted_score) == (
        "wrong",
        2,
        1,
        0.5,
        1.0,
    )


def test_consumption_is_per_answer_and_counts_failed_answers_too(run: Run) -> None:
    effort = summarise(run).effort
    assert (effort.llm_calls.value, effort.input_tokens.value, effort.output_tokens.value) == (0.75, 75.0, 7.5)
    assert (effort.cost_usd.value, effort.cost_usd.n) == (0.00075, 4)


def test_speed_is_timed_answers_over_wall_time(dataset: Dataset, run: Run) -> None:
    timed = Run(dataset, run.grades, latencies=(1.0, 2.0, 3.0), wall_seconds=2.0)
    speed = summarise(timed).effort.answers_per_second
    assert (speed.value, speed.n) == (1.5, 3)
    assert speed.low < 1.5 < speed.high


def test_metrics_that_are_undefined_are_null(dataset: Dataset, run: Run) -> None:
    failed = Run(Dataset("failed", dataset.cases[3:]), run.grades[3:], latencies=(), wall_seconds=0.0)
    report = summarise(failed)
    groups = (report.labels.model_dump() | report.scores.model_dump() | report.effort.model_dump()).items()
    undefined = {name for name, estimate in groups if estimate["value"] is None}
    assert undefined == {
        "accuracy",
        "kappa",
        "macro_f1",
        "covered_accuracy",
        "covered_kappa",
        "covered_macro_f1",
        "three_way_accuracy",
        "three_way_macro_f1",
        "contradicted_f1",
        "missing_f1",
        "calibration_error",
        "rmse",
        "r",
        "answers_per_second",
    }
    assert "NaN" not in report.model_dump_json()


def test_the_same_run_gives_the_same_report(run: Run) -> None:
    assert summarise(run).model_dump_json() == summarise(run).model_dump_json()


def test_a_written_report_reads_back_equal(run: Run, tmp_path: Path) -> None:
    report = summarise(run)
    write_report(report, run, tmp_path / "new" / "folder")
    written = (tmp_path / "new" / "folder" / "report.json").read_text(encoding="utf-8")
    assert Report.model_validate_json(written) == report


def test_verdicts_are_written_one_line_a_point_beside_the_true_label(run: Run, tmp_path: Path) -> None:
    write_report(summarise(run), run, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "points.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 8
    assert lines[1] == {
        "answer_id": "a1",
        "key_point_id": "k2",
        "label": "covered",
        "predicted": "partial",
        "confidence": 0.55,
        "similarity": None,
        "judged_by": "scripted",
        "reason": "",
        "doubts": [],
    }
    assert (lines[7]["predicted"], lines[7]["reason"]) == ("ungraded", "nothing_said")


def test_stored_verdicts_are_one_line_an_answer(run: Run, tmp_path: Path) -> None:
    write_report(summarise(run), run, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines[2] == {
        "question_id": "Q1",
        "answer_id": "a3",
        "labels": {"k1": "covered", "k2": "partial"},
        "confidences": {"k1": 0.85},
    }


def test_the_markdown_report_has_a_table_for_every_breakdown(run: Run, tmp_path: Path) -> None:
    write_report(summarise(run), run, tmp_path)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# scripted (script-1) on tides\n")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## By label",
        "## Confusion: true label by predicted label",
        "## By style",
        "## Confidence by predicted label",
        "## Risk and coverage",
    ]


def test_precision_and_recall_of_each_label_are_against_the_rest(run: Run) -> None:
    covered, partial, missing, _ = summarise(run).classes
    assert (covered.label, covered.support, covered.predicted) == (COVERED, 4, 4)
    assert (covered.precision.value, covered.recall.value) == (0.75, 0.75)
    assert (partial.precision.value, partial.recall.value) == (0.5, 1.0)
    assert (missing.support, missing.recall.value) == (0, None)


def test_a_style_without_both_kinds_of_points_has_no_kappa(run: Run) -> None:
    strong, wrong = summarise(run).styles
    assert (strong.points, strong.accuracy.value) == (4, 0.75)
    assert (wrong.points, wrong.covered_kappa.value) == (2, 0.0)


def test_confidence_is_held_against_each_predicted_label(run: Run) -> None:
    covered, partial, missing, _ = summarise(run).class_reliability
    assert (covered.points, covered.confidence, covered.accuracy) == (4, 0.925, 0.75)
    assert (partial.points, partial.accuracy, partial.calibration_error) == (1, 0.0, 0.55)
    assert (missing.points, missing.confidence) == (0, None)


def test_risk_falls_as_only_the_surest_verdicts_are_kept(run: Run) -> None:
    risk = summarise(run).risk
    assert [(point.points, point.least_confidence, point.error_rate) for point in risk] == [
        (1, 1.0, 0.0),
        (2, 0.95, 0.0),
        (3, 0.9, 0.3333),
        (4, 0.85, 0.25),
        (5, 0.55, 0.4),
    ]


def test_latencies_are_told_with_the_number_of_cores(dataset: Dataset, run: Run) -> None:
    timed = Run(dataset, run.grades, latencies=(1.0, 2.0, 3.0), wall_seconds=2.0, cores=4)
    latency = summarise(timed).latency
    assert (latency.cores, latency.at_once, latency.p50, latency.p95) == (4, 3, 2.0, 2.9)
