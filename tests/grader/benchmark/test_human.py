from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.benchmark import Scale, read_set
from grader.domain import Label
from grader.errors import DatasetError
from rubrics.model import GroupKind

LABELLED: dict[str, Any] = {
    "question_id": "Q1",
    "question": "Why does the lamp go out?",
    "reference_answers": ["The circuit is open.", "There is a gap in the path."],
    "answer_id": "Q1-a1",
    "answer": "There is a gap.",
    "score": 1.0,
    "label_5way": "correct",
}
POINTS: dict[str, Any] = {
    "question_id": "S1",
    "reference_answers": ["Students found bacteria on coins."],
    "answer_id": "S1-a1",
    "answer": "They found bacteria.",
    "score": 0.5,
    "key_points": ["Bacteria were found.", "They were on coins."],
    "key_point_labels": ["covered", "missed"],
}
SCORED: dict[str, Any] = {
    "question_id": "N1",
    "question": "Why are there tides?",
    "reference_answers": ["The moon pulls the oceans. The earth turns below the bulges."],
    "answer_id": "N1-a1",
    "answer": "Because of the moon.",
    "score": 0.5,
}


def write(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    file = tmp_path / "graded.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_every_reference_answer_is_a_key_point_and_any_of_them_is_enough(tmp_path: Path) -> None:
    (case,) = read_set(write(tmp_path, LABELLED)).cases
    assert [point.text for point in case.rubric.key_points] == LABELLED["reference_answers"]
    (group,) = case.rubric.groups
    assert (group.kind, group.members) == (GroupKind.ANY_OF, ("k1", "k2"))
    assert case.labels == {group.id: Label.COVERED}


def test_a_single_reference_answer_is_the_key_point_itself(tmp_path: Path) -> None:
    (case,) = read_set(write(tmp_path, LABELLED | {"reference_answers": ["The circuit is open."]})).cases
    assert [point.id for point in case.rubric.key_points] == list(case.labels)
    assert case.rubric.groups == ()


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("correct", Label.COVERED),
        ("partially_correct_incomplete", Label.PARTIAL),
        ("contradictory", Label.CONTRADICTED),
        ("irrelevant", Label.MISSING),
        ("non_domain", Label.MISSING),
    ],
)
def test_five_labels_become_four_and_stay_known_as_the_style(tmp_path: Path, said: str, label: Label) -> None:
    dataset = read_set(write(tmp_path, LABELLED | {"label_5way": said}))
    assert dataset.scale is Scale.FOUR_LABELS
    assert (list(dataset.cases[0].labels.values()), dataset.cases[0].style) == ([label], said)


def test_points_are_covered_or_not(tmp_path: Path) -> None:
    dataset = read_set(write(tmp_path, POINTS))
    assert (dataset.name, dataset.scale) == ("graded", Scale.COVERED_OR_NOT)
    assert dataset.cases[0].labels == {"k1": Label.COVERED, "k2": Label.MISSING}


def test_where_only_scores_are_known_the_points_are_drawn_from_the_reference(tmp_path: Path) -> None:
    dataset = read_set(write(tmp_path, SCORED))
    assert (dataset.scale, dataset.cases[0].labels) == (Scale.SCORE_ONLY, {})
    assert len(dataset.cases[0].rubric.key_points) == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([LABELLED, LABELLED], r"graded\.jsonl:2: answer_id: 'Q1-a1' stands twice"),
        ([LABELLED, POINTS], r"graded\.jsonl:2: is labelled as covered_or_not, the lines above as four_labels; split"),
        (
            [LABELLED, LABELLED | {"answer_id": "b", "question": "Another?"}],
            r":2: question_id: 'Q1' asks something else above; give it its own id",
        ),
        ([POINTS | {"key_point_labels": ["covered"]}], r":1: key_point_labels: needs one label for each of key_points"),
        ([LABELLED | {"label_5way": "so-so"}], r":1: label_5way: "),
        ([SCORED | {"reference_answers": ["  "]}], r":1: reference_answers\.0: "),
        ([SCORED | {"reference_answers": ["1 + 1"]}], r":1: reference_answers: the reference answer holds no words"),
        ([SCORED | {"score": 2}], r":1: score: .*less than or equal to 1"),
        ([], r"graded\.jsonl: has no answers"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_field(
    tmp_path: Path, rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        read_set(write(tmp_path, *rows))


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere: is not there; name a folder with questions\.jsonl"):
        read_set(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "scale", "answers"),
    [
        ("gold", Scale.FOUR_LABELS, 138),
        ("data/scientsbank_train.jsonl", Scale.FOUR_LABELS, 4_969),
        ("data/beetle_train.jsonl", Scale.FOUR_LABELS, 3_941),
        ("data/realsumm_scu.jsonl", Scale.COVERED_OR_NOT, 1_800),
        ("data/saf2_en_train.jsonl", Scale.SCORE_ONLY, 2_127),
    ],
)
def test_the_sets_can_be_read(name: str, scale: Scale, answers: int, shared: Path) -> None:
    dataset = read_set(shared / name)
    assert (dataset.scale, len(dataset.cases)) == (scale, answers)
