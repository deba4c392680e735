"""Labelled data of every kind becomes examples whose labels say no more than the people did."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from grader.benchmark.dataset import Case, Scale
from grader.domain import Label
from grader.errors import DatasetError
from grader.training.sources import MOST_PAIRS, example, read_pairs
from rubrics.model import KeyPoint, Question, Rubric

RUBRIC = Rubric(
    question=Question(id="Q1", title="Dropout", text="What is dropout?"),
    key_points=(KeyPoint(id="k1", text="It drops random units."), KeyPoint(id="k2", text="It is used in training.")),
)


def case(labels: dict[str, Label], evidence: dict[str, str] | None = None) -> Case:
    return Case("a1", "plain", RUBRIC, "It drops random units. Nothing else.", labels, 0.5, evidence or {})


def test_the_words_quoted_as_evidence_are_marked() -> None:
    made = example(case({"k1": Label.COVERED, "k2": Label.MISSING}, {"k1": "drops random units"}))
    assert [target.label for target in made.targets] == [Label.COVERED, Label.MISSING]
    assert [target.marked for target in made.targets] == [True, True]
    assert [word.text for word in made.words if word.carries(0)] == ["drops", "random", "units."]


def test_a_covered_point_without_a_quote_is_learned_from_but_its_words_are_not() -> None:
    made = example(case({"k1": Label.COVERED, "k2": Label.PARTIAL}))
    assert not any(target.marked for target in made.targets)


def test_where_people_told_only_covered_from_the_rest_the_rest_stays_open() -> None:
    made = example(case({"k1": Label.COVERED, "k2": Label.MISSING}), Scale.COVERED_OR_NOT)
    assert made.targets[0].labels == {Label.COVERED}
    assert made.targets[1].labels == {Label.PARTIAL, Label.MISSING, Label.CONTRADICTED}
    assert not made.targets[1].marked


def test_an_answer_labelled_as_a_whole_is_read_against_the_closest_reference() -> None:
    made = example(case({"reference": Label.CONTRADICTED}))
    (target,) = made.targets
    assert (target.statement, target.label) == ("It drops random units.", Label.CONTRADICTED)


def pairs(folder: Path, *rows: tuple[str, str]) -> Path:
    file = folder / "pairs.jsonl"
    lines = (
        json.dumps({"source": s, "premise": "A dog ran.", "hypothesis": "It ran.", "label": label}) for s, label in rows
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("label", "allowed"),
    [
        ("entailment", {Label.COVERED}),
        ("neutral", {Label.PARTIAL, Label.MISSING}),
        ("contradiction", {Label.CONTRADICTED}),
        ("not_entailment", {Label.PARTIAL, Label.MISSING, Label.CONTRADICTED}),
    ],
)
def test_an_entailment_label_leaves_open_what_it_does_not_tell_apart(
    tmp_path: Path, label: str, allowed: set[Label]
) -> None:
    (made,) = read_pairs(pairs(tmp_path, ("any", label)), random.Random(0))
    assert made.targets[0].labels == allowed


def test_a_source_that_repeats_templates_gives_no_more_than_its_share(tmp_path: Path) -> None:
    most = MOST_PAIRS["help"]
    file = pairs(tmp_path, *[("help", "neutral")] * (most + 5), *[("any", "neutral")] * 7)
    assert len(read_pairs(file, random.Random(0))) == most + 7


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"pairs\.jsonl:1: label"):
        read_pairs(pairs(tmp_path, ("any", "maybe")), random.Random(0))
