"""Files nobody thought of: any text, any bytes, any length."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AnswerFileError
from grader.intake import AnswerRow, Source, read_answers
from tests.grader.intake.files import csv_of, json_lines_of, json_list_of, read, tsv_of

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60)
tables = st.lists(st.fixed_dictionaries({"answer": texts, "note": texts}), min_size=1, max_size=5)


@given(tables)
def test_any_text_comes_through_csv_tsv_and_json_as_it_was(rows: list[dict[str, str]]) -> None:
    given_rows = [{"question_id": "q", **row} for row in rows]
    for write in (csv_of, tsv_of, json_lines_of, json_list_of):
        found = read(write(given_rows))
        assert [(row.answer, row.extra["note"]) for row in found if isinstance(row, AnswerRow)] == [
            (row["answer"], row["note"]) for row in rows
        ]


@given(st.binary(max_size=400), st.sampled_from([b"", b"[", b"{", b"answer,question_id\n", b"PK\x03\x04", b'[{"']))
def test_any_bytes_are_rows_or_an_error_that_says_why(raw: bytes, start: bytes) -> None:
    with suppress(AnswerFileError):
        assert read(start + raw)


class Endless(io.RawIOBase):
    """A file of `size` bytes that is made while it is read."""

    def __init__(self, head: bytes, line: bytes, size: int) -> None:
        self._head, self._line, self._size, self._at = head, line, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, _whence: int = 0) -> int:
        self._at = offset
        return offset

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        start = self._at - len(self._head)
        made = (
            self._head[self._at :]
            if start < 0
            else self._line[start % len(self._line) :] + self._line * (wanted // len(self._line) + 1)
        )
        made = made[:wanted]
        buffer[: len(made)] = made
        self._at += len(made)
        return len(made)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (b"answer,question_id\n", b'"' + b"word " * 150 + b'",DL0028\n'),
        (b" ", b'{"answer": "' + b"word " * 150 + b'", "question_id": "DL0028"}\n'),
        (b"[", b'{"answer": "' + b"word " * 150 + b'", "question_id": "DL0028"},\n'),
    ],
)
def test_a_large_file_takes_no_more_memory_than_a_small_one(head: bytes, line: bytes) -> None:
    stream: BinaryIO = io.BufferedReader(Endless(head, line, len(head) + 20_000 * len(line)))  # type: ignore[assignment]
    tracemalloc.start()
    try:
        count = sum(1 for _ in islice(read_answers(Source("answers", stream)), 8_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 8_000
    assert peak < 4 * 2**20  # of the 6 MB that were read
