"""Lists of criteria and OpenAI grader configurations become rubrics, as far as they state something."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.errors import RubricFileError
from rubrics.sources import Contents
from rubrics.sources.linear import linear_weights
from rubrics.sources.material import Material
from rubrics.sources.reading import read

CRITERIA = [
    {"name": "moon", "weight": 10.0, "requirement": "The moon pulls the water."},
    {"requirement": "The sun helps."},
    {"weight": -5.0, "requirement": "The wind makes the tides."},
]
PROMPT = """You grade an answer.
Question: Why are there tides?
Give points for:
- The moon's gravity pulls the water (3 points)
- The sun helps [1 pt]
- Claims that the wind makes the tides (-2 points)
Answer: {{sample.output_text}}
"""
SCORE = {
    "type": "score_model",
    "name": "tides",
    "model": "some-model",
    "input": [{"role": "user", "content": [{"type": "input_text", "text": PROMPT}]}],
    "range": [0, 5],
}
SIMILAR = {
    "type": "text_similarity",
    "name": "close to it",
    "input": "{{sample.output_text}}",
    "reference": "The moon pulls the water.",
    "evaluation_metric": "fuzzy_match",
}


def contents(found: Any, file: str = "tide_rubric.json") -> Contents:
    return read(Material(file, (found if isinstance(found, str) else json.dumps(found)).encode()))


def points(found: Contents) -> list[tuple[str, float, bool]]:
    return [(point.text, point.weight, point.penalty) for point in found.rubrics[0].rubric.key_points]


def test_criteria_become_key_points_and_negative_weights_penalties() -> None:
    found = contents(CRITERIA)
    assert points(found) == [
        ("The moon pulls the water.", 10.0, False),
        ("The sun helps.", 10.0, False),
        ("The wind makes the tides.", 5.0, True),
    ]
    assert found.rubrics[0].rubric.question.text == "tide rubric"
    assert [left.what for left in found.left_out] == ["question"]


def test_criteria_are_read_from_yaml_and_under_a_key_with_their_names() -> None:
    text = "question: Why?\ncriteria:\n  - {name: the moon, requirement: The moon pulls.}\n"
    rubric = contents(text, "c.yaml").rubrics[0].rubric
    assert (rubric.question.text, [point.id for point in rubric.key_points]) == ("Why?", ["the-moon"])


def test_a_criterion_may_have_points() -> None:
    text = json.dumps([{"criterion": "The moon pulls the water.", "points": 7}, {"criterion": "Wind.", "points": -5}])
    (source,) = read(Material("tides.json", text.encode())).rubrics
    assert [(point.weight, point.penalty) for point in source.rubric.key_points] == [(7, False), (5, True)]


@pytest.mark.parametrize("weight", [0, "3", True, None, 101])
def test_a_criterion_without_a_usable_weight_is_an_error_with_its_place(weight: object) -> None:
    with pytest.raises(RubricFileError, match=r"\[1\].*weight"):
        contents([CRITERIA[0], {"requirement": "x y", "weight": weight}])


def test_a_score_model_gives_its_list_items_with_their_points() -> None:
    found = contents(SCORE)
    assert points(found) == [
        ("The moon's gravity pulls the water", 3.0, False),
        ("The sun helps", 1.0, False),
        ("Claims that the wind makes the tides", 2.0, True),
    ]
    assert found.rubrics[0].rubric.question.text == "Why are there tides?"
    assert {left.what for left in found.left_out} == {"model", "range"}


def test_a_grader_may_be_written_in_yaml() -> None:
    written = "type: score_model\nname: g\nmodel: m\ninput:\n  - {role: user, content: '- names the moon (2 points)'}\n"
    assert read(Material("a.yaml", written.encode())).rubrics[0].rubric.key_points[0].text == "names the moon"


def test_a_text_similarity_gives_a_reference_answer_to_draw_key_points_from() -> None:
    found = contents(SIMILAR)
    assert found.questions[0].reference_answer == "The moon pulls the water."


def test_a_multi_grader_weighs_its_parts_by_its_formula() -> None:
    label = SCORE | {"type": "label_model", "labels": ["good", "bad"], "passing_labels": ["good"]}
    label["input"] = [{"role": "developer", "content": "Look for:\n1. The tide comes twice a day."}]
    multi = {
        "type": "multi",
        "name": "all",
        "graders": {"a": SCORE, "b": label, "c": SIMILAR},
        "calculate_output": "(6 * a + 2 * b + 2 * c) / 10",
    }
    found = contents(multi)
    assert [(weight, penalty) for _, weight, penalty in points(found)] == [
        (3.0, False),
        (1.0, False),
        (2.0, True),
        (2.0, False),
    ]
    assert found.rubrics[0].rubric.reference_answer == "The moon pulls the water."


def test_an_evaluation_is_read_by_its_testing_criteria() -> None:
    assert len(points(contents({"name": "e", "testing_criteria": [SCORE, SIMILAR]}))) == 3


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (SIMILAR | {"reference": "{{item.reference_answer}}"}, "stands in a data set"),
        ({"type": "string_check", "operation": "eq", "reference": "4", "input": "x"}, "it states nothing"),
        (SCORE | {"input": [{"role": "user", "content": "Is it good?"}]}, "no list of criteria"),
        ({"type": "multi", "graders": {}, "calculate_output": "1"}, "must hold graders"),
        ({"type": "multi", "graders": {"a": {"type": "magic"}}}, "graders.a: type must be one of"),
        ({"answer": 42}, "no question, rubric"),
    ],
)
def test_a_grader_that_states_nothing_is_an_error_that_says_why(found: Any, problem: str) -> None:
    with pytest.raises(RubricFileError, match=problem):
        contents(found)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("0.5 * a + 0.5 * b", {"a": 0.5, "b": 0.5}),
        ("(a + 3 * b) / 4", {"a": 0.25, "b": 0.75}),
        ("a - b", {"a": 1.0, "b": -1.0}),
        ("max(a, b)", None),
        ("a * b", None),
        ("a", None),
        ("a + b + c", None),
        ("__import__('os')", None),
        ("1 / 0 * a + b", None),
        ("(" * 900, None),
    ],
)
def test_a_weighted_sum_gives_its_weights_and_anything_else_none(formula: str, expected: object) -> None:
    assert linear_weights(formula, ["a", "b"]) == expected


@given(st.text(max_size=60))
def test_no_formula_breaks_the_reader(formula: str) -> None:
    weights = linear_weights(formula, ["a"])
    assert weights is None or set(weights) == {"a"}
