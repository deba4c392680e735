"""CSV, TSV, JSON lines and workbooks: one question a row, errors with line, column or cell."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import Workbook

from rubrics.errors import RubricFileError
from rubrics.model import Difficulty
from rubrics.sources import Contents
from rubrics.sources.material import Material
from rubrics.sources.reading import read

HEADER = ("question", "reference_answer", "id", "tags")
ROWS = (
    ("Why are there tides?", "The moon pulls the water.\nThe sun helps.", "tides", "sea; moon"),
    ("What is wind?", "Air that moves.", "wind", ""),
)


def csv_text(rows: Any = ROWS, separator: str = ",", header: Any = HEADER) -> str:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in (header, *rows)]
    return "\n".join(separator.join(row) for row in quoted) + "\n"


def json_lines(rows: Any = ROWS) -> str:
    return "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows)


def workbook(rows: Any = ROWS, header: Any = HEADER, title: str = "Questions") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in (header, *rows):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def contents(raw: str | bytes, file: str = "questions") -> Contents:
    return read(Material(file, raw.encode() if isinstance(raw, str) else raw))


@pytest.mark.parametrize(
    ("file", "raw", "kind"),
    [
        ("q.csv", csv_text().encode(), "CSV"),
        ("q.csv", csv_text(separator=";").encode("utf-16"), "CSV"),
        ("q.csv", b"\xef\xbb\xbf" + csv_text().replace("\n", "\r\n").encode(), "CSV"),
        ("q.tsv", csv_text(separator="\t").encode(), "TSV"),
        ("q", csv_text(separator="\t").encode(), "TSV"),
        ("q.jsonl", json_lines().encode(), "JSON lines"),
        ("q", json_lines().encode(), "JSON lines"),
        ("q.json", f"[{json_lines().replace(chr(10), ',')}]".encode(), "JSON"),
        ("q.xlsx", workbook(), "XLSX"),
        ("q", workbook(), "XLSX"),
    ],
)
def test_every_table_gives_the_same_questions_whatever_it_is_called(file: str, raw: bytes, kind: str) -> None:
    found = contents(raw, file)
    assert found.format == kind
    assert [each.question.id for each in found.questions] == ["tides", "wind"]
    tides = found.questions[0]
    assert tides.reference_answer == ROWS[0][1]
    assert tides.question.tags == ("sea", "moon")
    assert (tides.question.title, tides.question.text) == ("Why are there tides?", "Why are there tides?")


def test_a_question_without_id_gets_one_from_its_text_the_same_every_time() -> None:
    raw = csv_text([row[:2] for row in ROWS], header=HEADER[:2])
    first, second = (contents(raw, "q.csv").questions for _ in range(2))
    assert [each.question.id for each in first] == [each.question.id for each in second]
    assert first[0].question.id.startswith("why-are-there-tides-")


def test_more_columns_are_read_and_unknown_ones_are_reported() -> None:
    header = ("Question", "Reference Answer", "Difficulty", "Category", "Reviewer")
    found = contents(csv_text([("Why?", "Because.", "Hard", "Sea", "me")], header=header), "q.csv")
    assert (found.questions[0].question.difficulty, found.questions[0].question.category) == (Difficulty.HARD, "Sea")
    assert [(left.what, left.origin) for left in found.left_out] == [("column Reviewer", "q.csv:1")]


def test_empty_rows_are_left_out_and_reported() -> None:
    found = contents(csv_text([ROWS[0], ("", " ", "", "")]), "q.csv")
    assert len(found.questions) == 1
    assert [(left.what, left.origin) for left in found.left_out] == [("row", "q.csv:4")]


def test_json_lines_can_bring_their_key_points() -> None:
    row = {
        "question_id": "q7",
        "question": "Why?",
        "key_points": [{"id": "k1", "text": "The moon pulls.", "weight": 3, "essential": True}, "The sun helps."],
    }
    rubric = contents(json.dumps(row), "q.jsonl").rubrics[0].rubric
    assert rubric.question.id == "q7"
    assert [(point.id, point.weight, point.required) for point in rubric.key_points] == [
        ("k1", 3.0, True),
        ("k2", 1.0, False),
    ]


def test_a_sheet_that_is_no_table_of_questions_is_passed_over_and_reported() -> None:
    book = Workbook()
    notes, questions = book.active, book.create_sheet("Bank")
    assert notes is not None
    notes.append(["remark"])
    for row in (HEADER, *ROWS):
        questions.append(row)
    stream = io.BytesIO()
    book.save(stream)
    found = contents(stream.getvalue(), "q.xlsx")
    assert len(found.questions) == 2
    assert [left.what for left in found.left_out] == ["sheet Sheet"]


@pytest.mark.parametrize(("separator", "kind"), [(",", "CSV"), (";", "CSV"), ("\t", "TSV")])
def test_titles_may_stand_above_the_header_of_a_text_table(separator: str, kind: str) -> None:
    found = contents(f'Questions, as of "May\n\n{csv_text(separator=separator)}', "questions.csv")
    assert [(each.question.id, each.reference_answer) for each in found.questions] == [(row[2], row[1]) for row in ROWS]
    assert [left.origin for left in found.left_out] == ["questions.csv:1"]
    assert found.format == kind


def test_a_wrong_row_below_titles_is_named_by_its_line_in_the_file() -> None:
    with pytest.raises(RubricFileError, match=r"questions\.csv:4"):
        contents(f"Questions\n\n{csv_text(rows=[('Why?', '', 'w', '')])}", "questions.csv")


def test_titles_may_stand_above_the_header_of_a_sheet() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Interview questions"], [], ["Autumn"], HEADER, *ROWS):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    found = contents(stream.getvalue(), "q.xlsx")
    assert [question.question.text for question in found.questions] == [row[0] for row in ROWS]
    assert found.questions[0].origin.endswith("!A5:question"[:3]), "the place is that of the sheet, not of the table"


@pytest.mark.parametrize(
    ("file", "raw", "place", "problem"),
    [
        ("q.csv", "question,answer\nWhy?,So.\n", "q.csv:1", "no column reference_answer; its columns are: question"),
        ("q.csv", "question,reference_answer,reference\n", "q.csv:1", "mean the same"),
        ("q.csv", csv_text([("Why?", "", "a", "")]), "q.csv:2: reference_answer", "is empty"),
        ("q.csv", csv_text([ROWS[0], ("", "So.", "a", "")]), "q.csv:4: question", "is empty"),
        ("q.csv", csv_text([("Why?", "So.", "a b", "")]), "q.csv:2: id", "an id has"),
        ("q.csv", "question,reference_answer\nWhy?,So, and so.\n", "q.csv:2", "has 3 cells"),
        ("q.csv", 'question,reference_answer\n"Why?,So.\n', "q.csv:2", "quotation mark left open"),
        ("q.csv", "question,reference_answer\n", "q.csv", "holds no question"),
        ("q.jsonl", '{"question": "Why?"}', "q.jsonl:1", "no column reference_answer"),
        ("q.jsonl", f"{json_lines()}\n{{", "q.jsonl:3:2", "not valid JSON"),
        ("q.jsonl", '{"question": "a", "question": "b"}', "q.jsonl:1", "stands twice"),
        ("q.jsonl", '{"question": "a", "reference_answer": 7}', "q.jsonl:1: reference_answer", "must be text"),
        ("q.jsonl", "[1]", "q.jsonl:1", "must be an object"),
        ("q.json", '[{"question": "a"}]', "q.json: [0]", "no column reference_answer"),
        ("q.json", "[" * 100_000, "q.json:1", "nested too deeply"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_with_its_place(file: str, raw: str, place: str, problem: str) -> None:
    with pytest.raises(RubricFileError, match=problem) as caught:
        contents(raw, file)
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize(
    ("rows", "header", "cell", "problem"),
    [
        ([("Why?", '=CONCATENATE("a","b")', "a", "")], HEADER, "Questions!B2", "a formula"),
        ([("Why?", "#REF!", "a", "")], HEADER, "Questions!B2", "an error"),
        ([ROWS[0], ("Why?", None, "a", "")], HEADER, "Questions!row 3", "reference_answer is empty"),
        ([ROWS[0], ("Why?", "So.", "no id!", "")], HEADER, "Questions!C3", "an id has"),
        ([ROWS[0]], ("question", "answer", "id", "tags"), "Questions!1", "no column reference_answer"),
        ([ROWS[0]], ("ask", "answer", "id", "tags"), "q.xlsx", "no sheet with a column question"),
    ],
)
def test_what_is_wrong_in_a_workbook_is_said_with_its_cell(rows: Any, header: Any, cell: str, problem: str) -> None:
    with pytest.raises(RubricFileError, match=problem) as caught:
        contents(workbook(rows, header), "q.xlsx")
    assert cell in str(caught.value)
