from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.benchmark import Dataset, Run, Scale, run_stored, summarise, write_verdicts
from grader.benchmark.verdicts import compare
from grader.domain import Label
from grader.errors import DatasetError
from grader.scoring import Policy
from rubrics.model import Group, GroupKind

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label


def line(answer_id: str, first: Label = COVERED, second: Label = MISSING, **more: Any) -> dict[str, Any]:
    return {"question_id": "Q1", "answer_id": answer_id, "labels": {"k1": first, "k2": second}, **more}


def write(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    file = tmp_path / "mine.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def all_lines(**more: Any) -> list[dict[str, Any]]:
    return [line(f"a{number}", **more) for number in range(1, 5)]


def test_written_verdicts_measure_the_same_when_read_again(run: Run, dataset: Dataset, tmp_path: Path) -> None:
    write_verdicts(run, tmp_path / "verdicts.jsonl")
    again = summarise(run_stored(tmp_path / "verdicts.jsonl", dataset, Policy()))
    first = summarise(run)
    assert (again.labels, again.scores, again.confusion) == (first.labels, first.scores, first.confusion)
    assert again.reliability == first.reliability


def test_a_judge_is_named_after_its_file_or_the_folder_of_a_report(dataset: Dataset, tmp_path: Path) -> None:
    assert summarise(run_stored(write(tmp_path, *all_lines()), dataset, Policy())).judge == {"name": "mine"}
    report = tmp_path / "reader-3"
    report.mkdir()
    (tmp_path / "mine.jsonl").rename(report / "verdicts.jsonl")
    assert summarise(run_stored(report / "verdicts.jsonl", dataset, Policy())).judge == {"name": "reader-3"}


def test_the_probability_of_the_label_is_its_confidence(dataset: Dataset, tmp_path: Path) -> None:
    file = write(tmp_path, *all_lines(probabilities={"k1": [0.7, 0.2, 0.1, 0.0]}))
    first, second = run_stored(file, dataset, Policy()).grades[0].points
    assert (first.confidence, second.confidence) == (0.7, None)


def test_stored_verdicts_take_no_time(dataset: Dataset, tmp_path: Path) -> None:
    report = summarise(run_stored(write(tmp_path, *all_lines()), dataset, Policy()))
    assert (report.effort.answers_per_second.value, report.latency.p50) == (None, None)


def test_lines_about_other_answers_are_passed_over(dataset: Dataset, tmp_path: Path) -> None:
    file = write(tmp_path, line("elsewhere"), *all_lines())
    assert len(run_stored(file, dataset, Policy()).grades) == 4


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (all_lines()[:3], r"mine\.jsonl: has no line for question Q1, answer a4; add it"),
        ([line("a1"), line("a1")], r"mine\.jsonl:2: answer_id: 'a1' stands twice"),
        (
            [line("a1") | {"labels": {"k1": "covered"}}],
            r"mine\.jsonl:1: labels\.k2: is not there; give every key point",
        ),
        ([line("a1") | {"labels": {"k1": "maybe"}}], r"mine\.jsonl:1: labels\.k1: "),
        ([line("a1", probabilities={"k1": [1, 1, 0, 0]})], r":1: probabilities\.k1: sum to 2\.000; they must sum to 1"),
        ([line("a1", confidences={"k1": 1.5})], r":1: confidences\.k1: .*less than or equal to 1"),
    ],
)
def test_what_is_wrong_with_stored_verdicts_is_told(
    dataset: Dataset, tmp_path: Path, rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        run_stored(write(tmp_path, *rows), dataset, Policy())


@pytest.mark.parametrize(
    ("members", "spoken"),
    [
        ((MISSING, COVERED), COVERED),
        ((PARTIAL, CONTRADICTED), PARTIAL),
        ((CONTRADICTED, MISSING), CONTRADICTED),
        ((MISSING, MISSING), MISSING),
        ((UNGRADED, COVERED), COVERED),
        ((UNGRADED, PARTIAL), UNGRADED),
    ],
)
def test_the_best_member_speaks_for_an_any_of_group(
    dataset: Dataset, tmp_path: Path, members: tuple[Label, Label], spoken: Label
) -> None:
    case = dataset.cases[0]
    group = Group(id="any", kind=GroupKind.ANY_OF, members=("k1", "k2"))
    rubric = case.rubric.model_copy(update={"groups": (group,)})
    grouped = Dataset("grouped", (replace(case, rubric=rubric, labels={"any": COVERED}),))
    ((verdict,),) = compare(run_stored(write(tmp_path, line("a1", *members)), grouped, Policy()))
    assert (verdict.key_point_id, verdict.predicted) == ("any", spoken)


def test_of_missing_members_the_least_sure_one_speaks(dataset: Dataset, tmp_path: Path) -> None:
    case = dataset.cases[0]
    group = Group(id="any", kind=GroupKind.ANY_OF, members=("k1", "k2"))
    rubric = case.rubric.model_copy(update={"groups": (group,)})
    grouped = Dataset("grouped", (replace(case, rubric=rubric, labels={"any": COVERED}),))
    file = write(tmp_path, line("a1", MISSING, MISSING, confidences={"k1": 0.9, "k2": 0.6}))
    ((verdict,),) = compare(run_stored(file, grouped, Policy()))
    assert verdict.confidence == 0.6


def test_what_is_finer_than_the_labels_of_a_dataset_is_undefined(dataset: Dataset, tmp_path: Path) -> None:
    coarse = replace(dataset, scale=Scale.COVERED_OR_NOT)
    report = summarise(run_stored(write(tmp_path, *all_lines(confidences={"k1": 0.9})), coarse, Policy()))
    assert report.labels.covered_kappa.value is not None
    undefined = (report.labels.kappa, report.labels.missing_f1, report.labels.calibration_error)
    assert {estimate.value for estimate in undefined} == {None}
    assert ([each.label for each in report.classes], report.risk) == ([COVERED], ())


def test_scores_alone_can_be_measured(dataset: Dataset, tmp_path: Path) -> None:
    scored = Dataset("scored", tuple(replace(case, labels={}) for case in dataset.cases), Scale.SCORE_ONLY)
    report = summarise(run_stored(write(tmp_path, *all_lines()), scored, Policy()))
    assert (report.points, report.labels.covered_kappa.value, report.classes) == (0, None, ())
    assert report.scores.rmse.n == 4
