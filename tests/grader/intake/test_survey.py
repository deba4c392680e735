"""A file is looked through before anything of it is accepted, and each row finds its rubric."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.errors import AnswerFileError
from grader.intake import Survey, Yardsticks, admitted, survey
from rubrics.bank import Bank
from rubrics.model import Rubric
from tests.grader.intake.files import csv_of, json_lines_of, source

INLINE = {"question": "Why are there tides?", "key_points": [{"id": "k1", "text": "The moon pulls the water."}]}


class Asked:
    """The bank, counting."""

    def __init__(self) -> None:
        self.times = 0

    async def of_question(self, question_id: str) -> Rubric:
        self.times += 1
        return Bank().rubric(question_id)


async def surveyed(raw: bytes, **yardsticks: Any) -> Survey:
    return await survey(source(raw), Yardsticks(Asked().of_question, **yardsticks))


async def test_rows_are_counted_bad_ones_described_and_columns_named_in_their_order() -> None:
    rows = [
        {"answer": "a", "question_id": "DL0028", "site": "north"},
        {"answer": "b", "question_id": "NOPE", "site": "north"},
        {"answer": "c", "rubric": INLINE, "team": "blue"},
    ]
    found = await surveyed(json_lines_of(rows))
    assert (found.rows, found.bad, found.columns) == (2, 1, ("site", "team"))
    assert str(found) == "row 2 (line 2, column question_id): there is no such question"


async def test_more_bad_rows_than_can_be_described_are_counted() -> None:
    found = await surveyed(csv_of([{"answer": "a", "question_id": "NOPE"}] * 250))
    assert (found.rows, found.bad, len(found.described)) == (0, 250, 100)
    assert str(found).endswith("and 150 more")


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ({"rubric": "{"}, "rubric", "not valid JSON"),
        ({"rubric": "[]"}, "rubric", "must be an object"),
        ({"rubric": json.dumps({**INLINE, "key_points": []})}, "rubric", "key_points: "),
        (
            {"rubric": json.dumps({**INLINE, "key_points": [{"id": "k1", "text": "x", "weight": -1}]})},
            "rubric",
            "weight",
        ),
        ({"rubric": "{" + " " * 300_000 + "}"}, "rubric", "300002 characters"),
        ({"question": "Why?", "reference_answer": "..."}, "reference_answer", ""),
        ({"question": "?" * 20_001, "reference_answer": "The moon pulls the water."}, "question", "text: "),
    ],
)
async def test_a_yardstick_that_is_none_makes_a_bad_row(row: dict[str, str], column: str, problem: str) -> None:
    found = await surveyed(json_lines_of([{"answer": "a", **row}]))
    assert found.described[0].column == column
    assert problem in found.described[0].problem


async def test_every_kind_of_yardstick_gives_its_rubric_and_is_looked_up_once() -> None:
    asked = Asked()
    rows = [
        {"answer": "a", "question_id": "DL0028"},
        {"answer": "b", "rubric": INLINE},
        {"answer": "c", "question": "Why are there tides?", "reference_answer": "The moon pulls the water."},
        {"answer": "d"},
    ]
    default = Bank().rubric("DL0001")
    yardsticks = Yardsticks(asked.of_question, default)
    found = [rubric async for _, rubric in admitted(source(json_lines_of(rows * 5)), yardsticks, Survey(20, 0))]
    assert [rubric.question.id for rubric in found[:1] + found[3:4]] == ["DL0028", "DL0001"]
    assert found[1].question == found[2].question
    assert found[:4] * 5 == found
    assert asked.times == 1


async def test_admitted_rows_leave_bad_ones_out_and_can_tell_their_number() -> None:
    raw = csv_of([{"answer": "a", "question_id": "NOPE", "n": "1"}, {"answer": "b", "question_id": "DL0028", "n": "2"}])
    yardsticks = Yardsticks(Asked().of_question)
    (kept,) = [row async for row, _ in admitted(source(raw), yardsticks, await survey(source(raw), yardsticks))]
    assert dict(kept.extra) == {"source_row": "2", "n": "2"}


async def test_admitted_rows_all_have_the_same_further_columns() -> None:
    rows = [{"answer": "a", "question_id": "DL0028", name: name} for name in ("site", "team")]
    yardsticks, raw = Yardsticks(Asked().of_question), json_lines_of(rows)
    found = await survey(source(raw), yardsticks)
    kept = [dict(row.extra) async for row, _ in admitted(source(raw), yardsticks, found)]
    assert kept == [{"site": "site", "team": ""}, {"site": "", "team": "team"}]


async def test_too_many_different_columns_are_refused() -> None:
    rows = [{"answer": "a", "question_id": "DL0028", f"c{number}": ""} for number in range(201)]
    with pytest.raises(AnswerFileError, match="line 201: has more than 200 different further columns"):
        await surveyed(json_lines_of(rows))
