"""`grader bench`: sets, judges, stored verdicts and folds, on answers that no model has to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.benchmark import fold_of
from grader.cli import app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two questions with an answer each."""
    folder = tmp_path / "tides"
    folder.mkdir()
    ids = ("q1", "q2")
    point = {"id": "k1", "text": "The moon pulls the oceans.", "weight": 1, "essential": True}
    question = {"title": "Tides", "question": "Why are there tides?", "key_points": [point]}
    answer = {"style": "blank", "answer": "I don't know.", "labels": {"k1": "missing"}, "score": 0.0}
    write(folder / "questions.jsonl", *({"question_id": each, **question} for each in ids))
    write(folder / "answers.jsonl", *({"question_id": each, "answer_id": f"{each}-a", **answer} for each in ids))
    return folder


def write(file: Path, *rows: object) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ("bench", *arguments))


def test_a_set_can_be_named_by_its_folder_or_its_two_files(folder: Path) -> None:
    by_folder = json.loads(run("--set", str(folder), "--judge", "similarity", "--json").stdout)
    files = ("--questions", str(folder / "questions.jsonl"), "--answers", str(folder / "answers.jsonl"))
    by_files = json.loads(run(*files, "--judge", "similarity", "--json").stdout)
    assert (by_folder["dataset_hash"], by_folder["answers"]) == (by_files["dataset_hash"], 2)


def test_several_judges_make_a_list_of_reports(folder: Path) -> None:
    reports = json.loads(run("--set", str(folder), "--judge", "similarity", "--judge", "local", "--json").stdout)
    assert [report["judge"]["name"] for report in reports] == ["similarity", "local"]


def test_for_people_judges_are_compared_in_a_table(folder: Path) -> None:
    shown = run("--set", str(folder), "--judge", "similarity", "--judge", "local").stdout
    assert "Judges compared" in shown
    assert "Differences, paired by question" in shown


def test_stored_verdicts_are_measured_without_a_judge(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    write(file, *({"question_id": q, "answer_id": f"{q}-a", "labels": {"k1": "covered"}} for q in ("q1", "q2")))
    report = json.loads(run("--set", str(folder), "--verdicts", str(file), "--json").stdout)
    assert (report["judge"], report["labels"]["accuracy"]["value"]) == ({"name": "mine"}, 0.0)


def test_only_the_questions_of_a_fold_are_measured(folder: Path) -> None:
    folds = next(folds for folds in range(2, 50) if fold_of("q1", folds) != fold_of("q2", folds))
    part = f"{folds}/{fold_of('q1', folds)}"
    report = json.loads(run("--set", str(folder), "--judge", "similarity", "--held-out", part, "--json").stdout)
    assert (report["answers"], report["dataset"]) == (1, f"tides (fold {fold_of('q1', folds)} of {folds})")


def test_a_sample_has_so_many_answers(folder: Path) -> None:
    report = json.loads(run("--set", str(folder), "--judge", "similarity", "--sample", "1", "--json").stdout)
    assert report["answers"] == 1


def test_the_stress_tests_are_part_of_the_report(folder: Path) -> None:
    report = json.loads(
        run("--set", str(folder), "--judge", "similarity", "--stress", "--sample", "1", "--json").stdout
    )
    assert set(report["stress"]) == {"deletion", "negation", "invariance"}


@pytest.mark.parametrize("arguments", [(), ("--questions", "q.jsonl"), ("--set", "a", "--sample", "0")])
def test_a_wrong_call_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
