"""Results as files: complete, in order, harmless in a spreadsheet and in a browser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch import Progress
from grader.domain import Label
from grader.exports import Export, ReviewedResult, ReviewedRow, format_of
from grader.exports.summary import Distribution, summarise
from grader.exports.table import COLUMNS, guard, line_of
from grader.fakes import FakeJudge
from grader.grading import Grader, Request
from grader.ports import Batch, BatchState, Counts, Item, ItemStatus, Result
from rubrics.model import KeyPoint, Question, Rubric

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Rubric(
    question=Question(id="Q1", title="Tides", text="Why are there tides?"),
    key_points=(KeyPoint(id="k1", text="The moon pulls the water."), KeyPoint(id="k2", text="=The sun, too.")),
)
BATCH = Batch("b-1", "Spring round", BatchState.RUNNING, "{}", "local", NOON, NOON, total=6)


async def graded(label: Label) -> str:
    grader = Grader({"fake": FakeJudge({"k1": label, "k2": Label.MISSING})}, "fake", now=lambda: NOON)
    return (await grader.grade(Request(RUBRIC, "The moon does it."))).model_dump_json()


def row(idx: int, status: ItemStatus | None, extra: Mapping[str, str] | None = None, **result: Any) -> ReviewedRow:
    item = Item(idx, RUBRIC.content_hash, "The moon does it.", f"c-{idx}", extra or {}, same_as=0 if idx == 1 else None)
    return ReviewedRow(item, ReviewedResult(Result(idx, status, 1, NOON, **result)) if status else None)


@pytest.fixture
async def rows() -> list[ReviewedRow]:
    covered, wrong = await graded(Label.COVERED), await graded(Label.CONTRADICTED)
    return [
        row(0, ItemStatus.GRADED, {"site": "north", "score": "9"}, score=0.5, grade=covered),
        row(1, ItemStatus.NEEDS_REVIEW, {"site": "=1+1", "score": ""}, score=0.5, grade=covered),
        row(2, None, {"site": "", "score": ""}),
        row(3, ItemStatus.FAILED, {"site": "", "score": ""}, reason="worker_lost"),
        row(4, ItemStatus.GRADED, {"site": "<b>x</b>", "score": ""}, score=0.0, grade=wrong),
    ]


def export(rows: Sequence[ReviewedRow]) -> Export:
    async def given_rows() -> AsyncIterator[ReviewedRow]:
        for each in rows:
            yield each

    return Export(Progress(BATCH, Counts()), given_rows(), {RUBRIC.content_hash: RUBRIC})


async def written(name: str, rows: Sequence[ReviewedRow]) -> str:
    kind = format_of(name)
    assert kind is not None
    return "".join([piece async for piece in kind.write(export(rows))])


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


async def test_json_lines_hold_every_settled_row_in_order_with_its_grade(rows: list[ReviewedRow]) -> None:
    lines = [json.loads(line) for line in (await written("jsonl", rows)).splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 4, 5]
    assert lines[0]["grade"]["score"] == 0.5
    assert lines[1]["same_as"] == 1
    assert (lines[2]["status"], lines[2]["grade"], lines[2]["reason"]) == ("failed", None, "worker_lost")
    assert lines[3]["extra"] == {"site": "<b>x</b>", "score": ""}


async def test_a_table_has_our_columns_then_those_of_the_file(rows: list[ReviewedRow]) -> None:
    text = await written("csv", rows)
    assert text.startswith("\ufeff")
    table = table_of(text)
    assert list(table[0]) == [*COLUMNS, "site", "given_score"]
    assert [each["row"] for each in table] == ["1", "2", "4", "5"]
    assert (table[0]["score"], table[0]["given_score"], table[0]["missed"]) == ("0.5", "9", "'=The sun, too.")
    assert (table[1]["site"], table[2]["reason"]) == ("'=1+1", "worker_lost")


async def test_erased_rows_do_not_take_the_columns_away(rows: list[ReviewedRow]) -> None:
    table = table_of(await written("csv", [row(0, ItemStatus.ERASED), *rows[3:]]))
    assert [(each["row"], each["site"] or "") for each in table] == [("1", ""), ("4", ""), ("5", "<b>x</b>")]


@pytest.mark.parametrize("name", ["jsonl", "csv", "html"])
async def test_nothing_settled_yet_is_a_whole_file_too(name: str) -> None:
    text = await written(name, [row(0, None)])
    assert (text == "") is (name == "jsonl")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "%0A=1", "'=1", "\ufeff=1", "|calc"],
)
def test_what_a_spreadsheet_could_run_is_marked_as_text(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.5", "-12,5", "0.62", "12%", "plain", "a=b", "", "Łódź", "c-17"])
def test_numbers_and_ordinary_words_stay_as_they_are(text: str) -> None:
    assert guard(text) == text


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_cells_come_back_as_they_were_but_for_the_mark_and_none_begins_a_formula(cells: list[str]) -> None:
    line = line_of(cells)
    (read,) = csv.reader(io.StringIO(line, newline=""))
    assert [
        cell.removeprefix("'") if guard(was) != was else cell for cell, was in zip(read, cells, strict=True)
    ] == cells
    assert not any(cell.lstrip().startswith(("=", "+", "@", "＝", "＋", "＠")) and guard(cell) != cell for cell in read)
    assert line.count('"') % 2 == 0


@given(st.text(max_size=60))
def test_no_separator_inside_a_cell_begins_another(text: str) -> None:
    for separator in ",;\t":
        assert len(next(csv.reader(io.StringIO(line_of([text]), newline=""), delimiter=separator))) == 1


async def test_the_summary_counts_scores_points_flags_and_failures(rows: list[ReviewedRow]) -> None:
    found = await summarise(export(rows))
    assert (found.settled, found.scores.count, found.scores.mean) == (4, 3, pytest.approx(1 / 3))
    (question,) = found.questions.values()
    assert question.points["k1"].verdicts == {"covered": 2, "contradicted": 1}
    assert [(failure.row, failure.reason) for failure in found.failures] == [(4, "worker_lost")]
    assert found.hardest == []  # too few answers to call a point hard


async def test_the_hardest_points_come_first_once_there_are_enough_answers(rows: list[ReviewedRow]) -> None:
    found = await summarise(export([rows[0]] * 5))
    assert [(point.text, point.earned) for point in found.hardest] == [
        ("=The sun, too.", 0.0),
        (RUBRIC.key_points[0].text, 1.0),
    ]


async def test_the_summary_is_one_page_that_loads_nothing_and_keeps_text_text(rows: list[ReviewedRow]) -> None:
    evil = "<script>alert(1)</script>"
    text = await written("html", [*rows, row(5, ItemStatus.FAILED, reason=evil)])
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "Not finished" in text
    assert not any(word in text for word in ("http:", "https:", "src=", "url(", "@import"))


def test_a_distribution_knows_its_mean_and_about_its_quartiles() -> None:
    scores = Distribution()
    for score in (0.0, 0.5, 0.5, 1.0):
        scores.add(score)
    assert (scores.mean, scores.quantile(0.5)) == (0.5, pytest.approx(0.525))
    assert Distribution().quantile(0.5) is None


def test_the_template_is_beside_the_code_that_renders_it() -> None:
    assert (Path(__file__).parents[3] / "grader" / "exports" / "summary.html").is_file()
