from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.benchmark import Dataset, HeldOut, fold_of, read_dataset
from grader.domain import Label
from grader.errors import DatasetError

QUESTION: dict[str, Any] = {
    "question_id": "Q1",
    "title": "Tides",
    "domain": "physics",
    "question": "What makes the tides?",
    "reference_answer": "The moon, and the sun a little.",
    "key_points": [
        {"id": "k1", "text": "The moon raises the water.", "weight": 3, "essential": True},
        {"id": "k2", "text": "The sun helps a little.", "weight": 1, "essential": False},
    ],
}
ANSWER: dict[str, Any] = {
    "question_id": "Q1",
    "answer_id": "Q1-a1",
    "style": "strong",
    "answer": "The moon lifts the sea.",
    "labels": {"k2": "missing", "k1": "covered"},
    "evidence": {"k1": "The moon lifts the sea."},
    "score": 0.75,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tides"
    folder.mkdir()
    write(folder / "questions.jsonl", QUESTION)
    write(folder / "answers.jsonl", ANSWER)
    return folder


def write(file: Path, *rows: dict[str, Any] | str) -> None:
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def read(folder: Path) -> Dataset:
    return read_dataset(folder / "questions.jsonl", folder / "answers.jsonl")


def test_a_dataset_is_named_after_its_folder(folder: Path) -> None:
    assert read(folder).name == "tides"


def test_a_question_becomes_a_rubric(folder: Path) -> None:
    rubric = read(folder).cases[0].rubric
    assert (rubric.question.id, rubric.question.category) == ("Q1", "physics")
    assert rubric.reference_answer == "The moon, and the sun a little."
    assert [(point.id, point.weight, point.required) for point in rubric.key_points] == [
        ("k1", 3.0, True),
        ("k2", 1.0, False),
    ]


def test_a_case_has_its_labels_in_rubric_order(folder: Path) -> None:
    (case,) = read(folder).cases
    assert list(case.labels.items()) == [("k1", Label.COVERED), ("k2", Label.MISSING)]
    assert (case.answer_id, case.style, case.answer, case.score) == ("Q1-a1", "strong", "The moon lifts the sea.", 0.75)


def test_evidence_is_kept_and_may_be_absent(folder: Path) -> None:
    assert read(folder).cases[0].evidence == {"k1": "The moon lifts the sea."}
    write(folder / "answers.jsonl", {key: ANSWER[key] for key in ANSWER if key != "evidence"})
    assert read(folder).cases[0].evidence == {}


def test_a_held_out_part_has_the_answers_to_its_questions_and_says_so(folder: Path) -> None:
    questions = [QUESTION | {"question_id": f"Q{number}"} for number in range(20)]
    answers = [ANSWER | {"question_id": f"Q{n}", "answer_id": f"Q{n}-{a}"} for n in range(20) for a in "ab"]
    write(folder / "questions.jsonl", *questions)
    write(folder / "answers.jsonl", *answers)
    parts = [read(folder).held_out(HeldOut(3, fold)) for fold in range(3)]
    assert parts[1].name == "tides (fold 1 of 3)"
    assert sum(len(part.cases) for part in parts) == 40
    assert all(fold_of(case.question_id, 3) == fold for fold, part in enumerate(parts) for case in part.cases)


def test_a_part_without_questions_is_an_error(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"tides: none of its questions is in fold . of 2; name another fold"):
        read(folder).held_out(HeldOut(2, 1 - fold_of("Q1", 2)))


def test_a_sample_is_always_the_same_and_keeps_the_order(folder: Path) -> None:
    write(folder / "answers.jsonl", *(ANSWER | {"answer_id": f"a{number}"} for number in range(20)))
    sample = read(folder).sample(5)
    ids = [case.answer_id for case in sample.cases]
    assert sample == read(folder).sample(5)
    assert sample.name == "tides (sample of 5)"
    assert ids == sorted(ids, key=lambda answer_id: int(answer_id[1:]))
    assert read(folder).sample(20) == read(folder)


def test_cases_keep_the_order_of_the_file(folder: Path) -> None:
    ids = [f"Q1-a{number}" for number in (3, 1, 2)]
    write(folder / "answers.jsonl", *(ANSWER | {"answer_id": answer_id} for answer_id in ids))
    assert [case.answer_id for case in read(folder).cases] == ids


def test_a_byte_order_mark_blank_lines_and_a_unicode_line_end_inside_a_text_are_no_trouble(folder: Path) -> None:
    write(
        folder / "answers.jsonl",
        "\ufeff" + json.dumps(ANSWER | {"answer": "a\u2028b", "evidence": {}}, ensure_ascii=False),
        "",
        "  ",
    )
    assert read(folder).cases[0].answer == "a\u2028b"


def test_reference_answer_and_domain_may_be_absent(folder: Path) -> None:
    write(
        folder / "questions.jsonl", {key: QUESTION[key] for key in ("question_id", "title", "question", "key_points")}
    )
    assert read(folder).cases[0].rubric.reference_answer is None


@pytest.mark.parametrize(
    "change",
    [{"score": 0.7}, {"answer": "Other words.", "evidence": {}}, {"labels": {"k1": "covered", "k2": "partial"}}],
)
def test_the_content_hash_changes_with_whatever_a_metric_depends_on(folder: Path, change: dict[str, Any]) -> None:
    before = read(folder).content_hash
    assert before == read(folder).content_hash
    write(folder / "answers.jsonl", ANSWER | change)
    assert read(folder).content_hash != before


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([ANSWER, "{"], r"answers\.jsonl:2: is not JSON \(.* at column 1\); write one object a line"),
        ([ANSWER | {"question_id": "Q9"}], r"answers\.jsonl:1: question_id: 'Q9' is not in .*questions\.jsonl; add"),
        (["", ANSWER, ANSWER], r"answers\.jsonl:3: answer_id: 'Q1-a1' stands twice"),
        (
            [ANSWER | {"labels": {"k1": "covered"}}],
            r"answers\.jsonl:1: labels\.k2: is not there; label every key point",
        ),
        ([ANSWER | {"labels": ANSWER["labels"] | {"k3": "covered"}}], r"labels\.k3: question Q1 has no such key point"),
        ([ANSWER | {"labels": {"k1": "ungraded", "k2": "missing"}}], r"labels\.k1: .*'covered', 'partial'"),
        ([ANSWER | {"score": 1.5}], r"answers\.jsonl:1: score: .* less than or equal to 1"),
        ([json.dumps(ANSWER | {"score": float("nan")})], r"answers\.jsonl:1: score: "),
        ([{key: ANSWER[key] for key in ANSWER if key != "style"}], r"answers\.jsonl:1: style: is not there; add it"),
        ([ANSWER | {"answer": "a" * 20_001}], r"answers\.jsonl:1: answer: .*20001 characters.*; shorten or mend it"),
        ([ANSWER | {"evidence": {"k1": "The sun"}}], r"answers\.jsonl:1: evidence\.k1: does not stand in the answer"),
        ([ANSWER | {"evidence": {"k9": "sea"}}], r"evidence\.k9: question Q1 has no such key point; remove the quote"),
        (["[]"], r"answers\.jsonl:1: .*object"),
        ([], r"answers\.jsonl: has no answers"),
    ],
)
def test_what_is_wrong_with_an_answer_is_told_with_file_line_and_field(
    folder: Path, rows: list[dict[str, Any] | str], message: str
) -> None:
    write(folder / "answers.jsonl", *rows)
    with pytest.raises(DatasetError, match=message):
        read(folder)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([QUESTION, QUESTION], r"questions\.jsonl:2: question_id: 'Q1' stands twice"),
        ([QUESTION | {"question_id": "not an id"}], r"questions\.jsonl:1: question_id: "),
        ([QUESTION | {"key_points": []}], r"questions\.jsonl:1: key_points: .*at least 1"),
        (
            [QUESTION | {"key_points": [QUESTION["key_points"][0]] * 2}],
            r"questions\.jsonl:1: key point id used more than once: k1",
        ),
        (
            [QUESTION | {"key_points": [QUESTION["key_points"][0] | {"weight": 0}]}],
            r":1: key_points\.0\.weight: .*greater than 0",
        ),
    ],
)
def test_what_is_wrong_with_a_question_is_told_with_file_line_and_field(
    folder: Path, rows: list[dict[str, Any]], message: str
) -> None:
    write(folder / "questions.jsonl", *rows)
    with pytest.raises(DatasetError, match=message):
        read(folder)


def test_a_file_that_is_not_there_or_not_utf_8_is_told(folder: Path) -> None:
    (folder / "answers.jsonl").write_bytes(json.dumps(ANSWER).encode().replace(b"strong", b"str\xffng"))
    with pytest.raises(DatasetError, match=r"answers\.jsonl:1: is not JSON .* in UTF-8"):
        read(folder)
    (folder / "questions.jsonl").unlink()
    with pytest.raises(DatasetError, match=r"questions\.jsonl: cannot be read \(No such file"):
        read(folder)


@pytest.mark.parametrize("name", ["gold", *(f"goldtrain/{part}" for part in "bz ds dx hu in mp se sp".split())])
def test_the_labelled_sets_can_be_read(name: str, shared: Path) -> None:
    dataset = read(shared / name)
    lines = (shared / name / "answers.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert len(dataset.cases) == len(lines)
