"""Every format gives the same rows, and says of every fault where it is."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from grader.errors import AnswerFileError
from grader.intake import AnswerRow, BadRow, read_answers
from tests.grader.intake.files import (
    FORMATS,
    csv_of,
    json_lines_of,
    json_list_of,
    read,
    source,
    workbook_of,
)

ROWS = [
    {
        "question_id": "DL0028",
        "answer": 'A window, "local";\nof tokens.',
        "candidate_ref": "c-1",
        "Site": "Łódź, north",
    },
    {"question_id": "DL0001", "answer": "", "candidate_ref": "", "Site": "=1+1"},
]


def rows_of(raw: bytes) -> list[Any]:
    """Everything but where a row stands, which differs by format."""
    return [
        (row.number, row.question_id, row.answer, row.candidate_ref, dict(row.extra))
        if isinstance(row, AnswerRow)
        else row
        for row in read(raw)
    ]


EXPECTED = [
    (1, "DL0028", ROWS[0]["answer"], "c-1", {"Site": "Łódź, north"}),
    (2, "DL0001", "", None, {"Site": "=1+1"}),
]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_rows(kind: str) -> None:
    assert rows_of(FORMATS[kind](ROWS)) == EXPECTED


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + csv_of(ROWS),
        csv_of(ROWS).decode().encode("utf-16"),
        csv_of(ROWS, ";"),
        csv_of(ROWS, end="\r\n"),
        csv_of(ROWS, end="\r"),
        b"\n\n" + csv_of(ROWS) + b"\n ,\n"[:1],
        b"\xef\xbb\xbf" + json_list_of(ROWS),
        json.dumps(ROWS).encode("utf-16"),
        b"\r\n" + json_lines_of(ROWS).replace(b"\n", b"\r\n\r\n") + b"\r\n",
    ],
)
def test_marks_line_ends_and_separators_change_nothing(raw: bytes) -> None:
    assert rows_of(raw) == EXPECTED


@pytest.mark.parametrize(
    ("kind", "place"), [("csv", "line 2"), ("tsv", "line 2"), ("jsonl", "line 1"), ("xlsx", "Sheet!row 2")]
)
def test_a_row_knows_where_it_stands(kind: str, place: str) -> None:
    (row, *_) = read(FORMATS[kind](ROWS))
    assert row.place == place


def bad(raw: bytes) -> BadRow:
    """The only bad row, between two good ones."""
    first, middle, last = read(raw)
    assert isinstance(first, AnswerRow)
    assert isinstance(last, AnswerRow)
    assert isinstance(middle, BadRow)
    assert middle.number == 2
    return middle


def around(row: dict[str, Any]) -> list[dict[str, Any]]:
    good = {**dict.fromkeys(row, ""), "answer": "fine", "question_id": "DL0028"}
    return [good, {**good, **row}, good]


FAULTS: list[tuple[dict[str, Any], str | None, str]] = [
    ({"answer": "a" * 20_001}, "answer", "20001 characters"),
    ({"question_id": ""}, None, "nothing to grade against"),
    ({"question_id": "DL1", "rubric": "{}"}, None, "question_id and rubric"),
    ({"question_id": "", "reference_answer": "It is.", "question": ""}, "question", "the reference answer needs it"),
    ({"question_id": "", "reference_answer": "", "question": "Why?"}, "reference_answer", "the question needs it"),
    ({"candidate_ref": "c" * 201}, "candidate_ref", "201 characters"),
    ({"note": "n" * 70_000}, None, "more than 65536 characters together"),
]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(("row", "column", "problem"), FAULTS, ids=[problem for *_, problem in FAULTS])
def test_a_bad_row_is_reported_by_number_and_column_and_its_neighbours_are_read(
    kind: str, row: dict[str, Any], column: str | None, problem: str
) -> None:
    if kind == "xlsx" and "note" in row:
        row = {"note": "n" * 32_000, "more": "m" * 32_000, "most": "m" * 32_000}  # as much as a cell may hold
    found = bad(FORMATS[kind](around(row)))
    assert found.column == column
    assert problem in found.problem
    assert "row 2" in str(found)


@pytest.mark.parametrize("text", ["nul\0", "half \ud800"])
@pytest.mark.parametrize("column", ["answer", "note"])
@pytest.mark.parametrize("list_of", [True, False])
def test_what_no_database_takes_is_no_text(text: str, column: str, list_of: bool) -> None:  # noqa: FBT001
    rows = [json.dumps(row) for row in around({column: text})]
    found = bad(f"[{','.join(rows)}]".encode() if list_of else "\n".join(rows).encode())
    assert found.column == column


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"answer": "a", "question_id": NaN}', "NaN"),
        ('{"answer": "a", "question_id": "q", "answer": "b"}', "stands twice"),
        ('{"answer": "a", "question_id": "q", "score": 1e999}', "too large"),
        ('{"answer": "a", "question_id": "q", "n": ' + "9" * 5_000 + "}", "not valid JSON"),
        ('{"answer": "a", "question_id": "q", "n": ' + "[" * 3_000 + "]" * 3_000 + "}", "too deeply"),
        ('{"answer": "a" "question_id": "q"}', "not valid JSON"),
        ('{"answer": null, "question_id": "q"}', "is missing"),
        ('{"question_id": "q"}', "has no column answer"),
        ('{"answer": ["a"], "question_id": "q"}', "must be text"),
        ('{"answer": true, "question_id": "q"}', "must be text"),
        ('{"answer": "a", "Answer": "b", "question_id": "q"}', "mean the same"),
        ("17", "must be an object"),
        ('"text, with ] and }"', "must be an object"),
        ("[[1], {}]", "must be an object"),
    ],
)
@pytest.mark.parametrize("list_of", [True, False])
def test_broken_json_is_a_bad_row_with_its_line(line: str, problem: str, list_of: bool) -> None:  # noqa: FBT001
    good = '{"answer": "fine", "question_id": "q"}'
    raw = f"[{good},\n{line},\n{good}]" if list_of else f"{good}\n{line}\n{good}"
    found = bad(raw.encode())
    assert problem in found.problem
    assert found.place.startswith("line 2")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (b"[]", "holds no row"),
        (b"answer,question_id\n\n", "holds no row below its header"),
        (b"text,question_id\na,b\n", "has no column answer: its columns are text, question_id"),
        (b"answer,note\na,b\n", "says nowhere what to grade against"),
        (b"answer,question_id,answer\na,b,c\n", "a column stands twice: answer"),
        (b"answer,question_id,note,note\na,b,c,d\n", "a column stands twice: note"),
        (b"answer,response,question_id\na,b,c\n", "mean the same"),
        (b'answer,question_id\n"a,b\n', "is a quotation mark left open?"),
        (b'answer,question_id\n"' + b"long " * 40_000 + b'",b\n', "is a quotation mark left open?"),
        (b'answer,question_id\na,b\n"he said "no"",b\n', "line 3: cannot be read as a table"),
        (b"answer,question_id\n" + b"x," * 3_000_000, "longer than"),
        (b"answer,question_id\na\xffb,c\n", "line 2: is not UTF-8 (byte 20)"),
        ("answer,question_id\na,b\n".encode("utf-16")[:-1], "is not UTF-16"),
        (b"\x89PNG\r\n\x1a\n", "is not UTF-8 (byte 0)"),
        (b"PK\x03\x04nothing", "is a damaged or encrypted archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old or encrypted Excel"),
        (b'[{"answer": "a", "question_id": "q"}, {"answer"', "line 1: the list ends in the middle of this row"),
        (b'[{"answer": "a", "question_id": "q"}', "the file was cut off"),
        (b'[{"answer": "a", "question_id": "q"},]', "comma without a row"),
        (b'[{"answer": "a", "question_id": "q"}] 1', "behind the end"),
        (b'[{"answer": "a", "question_id": "q"}\n {"answer": "b"}]', "line 2: is no whole JSON list"),
        (b'[{"answer": "' + b"a" * 5_000_000, "is longer than"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(raw: bytes, message: str) -> None:
    with pytest.raises(AnswerFileError) as caught:
        read(raw)
    assert message in str(caught.value)
    assert str(caught.value).startswith("answers: ")


def test_a_long_cell_is_refused_whatever_limit_others_have_set_for_the_process() -> None:
    before = csv.field_size_limit(10_000_000)
    try:
        with pytest.raises(AnswerFileError, match="is a quotation mark left open"):
            read(b'answer,question_id\n"' + b"long " * 40_000 + b'",b\n')
    finally:
        csv.field_size_limit(before)


def test_what_came_before_a_cut_was_read() -> None:
    reading = read_answers(source(json_list_of(ROWS)[:-30]))
    assert isinstance(next(reading), AnswerRow)
    with pytest.raises(AnswerFileError, match="line 8: the list ends in the middle of this row"):
        next(reading)


def test_more_cells_than_names_are_a_bad_row_and_fewer_are_empty() -> None:
    found = read(b"answer,question_id,note\na,b\nc,d,e,f\n")
    assert isinstance(found[0], AnswerRow)
    assert found[0].extra == {"note": ""}
    assert isinstance(found[1], BadRow)
    assert "cell 4 has no name" in found[1].problem


def test_numbers_dates_and_objects_of_further_columns_become_text() -> None:
    row = {"answer": 42, "question_id": "q", "n": 1.5, "yes": True, "none": None, "list": [1, "ü"]}
    (found,) = read(json_lines_of([row]))
    assert isinstance(found, AnswerRow)
    assert found.answer == "42"
    assert found.extra == {"n": "1.5", "yes": "true", "none": "", "list": '[1, "ü"]'}


def test_a_question_beside_its_id_is_a_further_column() -> None:
    (found,) = read(json_lines_of([{"answer": "a", "question_id": "q", "question": "Why?"}]))
    assert isinstance(found, AnswerRow)
    assert (found.question_id, found.question, dict(found.extra)) == ("q", None, {"question": "Why?"})


def test_rows_need_no_yardstick_where_the_file_has_a_default() -> None:
    (found,) = read(b"answer\nThe moon.\n", default=True)
    assert isinstance(found, AnswerRow)
    assert (found.question_id, found.rubric) == (None, None)


def test_formulas_are_refused_where_text_of_ours_belongs_and_kept_elsewhere() -> None:
    rows = around({"answer": "=A1", "note": ""})
    found = bad(workbook_of(rows))
    assert "B3 holds a formula" in found.problem or "A3 holds a formula" in found.problem
    (kept, *_) = read(workbook_of([{"answer": "a", "question_id": "q", "note": "=A1"}]))
    assert isinstance(kept, AnswerRow)
    assert kept.extra == {"note": "=A1"}


def test_the_first_sheet_with_answers_is_read_and_notes_above_it_are_not() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["How to use this file"])
    sheet = book.create_sheet("Round 2")
    for row in (["answer", "question_id"], ["The moon.", "tides"], [], ["The sun.", "tides"]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue())
    assert [(row.number, row.place) for row in found] == [(1, "Round 2!row 2"), (2, "Round 2!row 4")]


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        with archive.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(65):
                part.write(bytes(1 << 20))
    with pytest.raises(AnswerFileError, match="unpacks to more than 64 MiB; save it as CSV"):
        read(stream.getvalue())
