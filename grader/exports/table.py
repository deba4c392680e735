"""Results as CSV for spreadsheets, in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final

from grader.domain import Verdict
from grader.exports.export import Export
from grader.exports.reviewed import BY_PERSON, ReviewedResult, ReviewedRow
from grader.feedback import FeedbackMode, write_feedback
from grader.ports import ItemStatus
from grader.review import Outcome
from rubrics.model import Rubric

COLUMNS: Final = (
    "row",
    "candidate_ref",
    "question_id",
    "status",
    "score",
    "reviewed",
    "machine_status",
    "machine_score",
    "score_low",
    "score_high",
    "passed",
    "missed",
    "contradicted",
    "flags",
    "summary",
    "next_step",
    "reason",
    "same_as",
    "grade_id",
)
"""Ours, in their order; the file's own columns stand behind them. What is not the machine's by name is what counts."""

GIVEN: Final = "given_"
"""Stands before the name of a column that the file had, where we have one of that name."""

MARK: Final = "\ufeff"
"""Byte order mark: without it Excel takes UTF-8 for the system's old encoding."""

_NUMBER: Final = re.compile(r"[+-]?\d{1,15}([.,]\d+)?%?")
_DANGEROUS: Final = re.compile(r"[\s\x00-\x20'\ufeff\u200b]*[=+\-@＝＋－＠|%]")
"""What a spreadsheet may take for a formula (OWASP, CSV Injection), what is skipped before it included."""


async def table(export: Export) -> AsyncIterator[str]:
    """A header, then a line a row; all cells in quotation marks, so that no separator inside one begins another."""
    extra: tuple[str, ...] | None = None
    held: list[str] = []
    async for row in export.rows:
        if row.result is None:
            continue
        if extra is None and row.result.status is not ItemStatus.ERASED:
            extra = tuple(row.item.extra)
            yield _header(extra) + "".join(held)
        line = line_of(_cells(export, row, row.result))
        if extra is None:
            held.append(line)  # of an erased row no columns are left: a later one says which there are
        else:
            yield line
    if extra is None:
        yield _header(()) + "".join(held)


def line_of(cells: Iterable[object]) -> str:
    """One line of a table; texts are guarded, numbers are what they are, None is empty."""
    stream = io.StringIO()
    guarded = (guard(cell) if isinstance(cell, str) else cell for cell in cells)
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerow(guarded)
    return stream.getvalue()


def guard(text: str) -> str:
    """`text` as a cell that is shown as it is: an apostrophe before whatever might be run. Numbers stay numbers."""
    if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _header(extra: Sequence[str]) -> str:
    return MARK + line_of([*COLUMNS, *(f"{GIVEN}{name}" if name in COLUMNS else name for name in extra)])


def _cells(export: Export, row: ReviewedRow, result: ReviewedResult) -> list[object]:
    grade = result.grade()
    low, high = grade.get("score_interval") or (None, None)
    summary, next_step = _feedback(export.rubric(row), grade, result.outcome)
    same_as = row.item.same_as
    return [
        row.item.idx + 1,
        row.item.candidate_ref,
        export.question_id(row),
        result.status.value,
        result.score,
        result.reviewed,
        result.machine.status.value,
        result.machine.score,
        low,
        high,
        grade.get("passed"),
        _texts(grade, "missed"),
        _texts(grade, "contradicted"),
        ", ".join(grade.get("flags", ())),
        summary,
        next_step,
        result.machine.reason,
        None if same_as is None else same_as + 1,
        grade.get("id"),
        *row.item.extra.values(),
    ]


def _feedback(rubric: Rubric, grade: Mapping[str, Any], outcome: Outcome | None) -> tuple[str | None, str | None]:
    """Summary and next step; where people decided, the templates' on their verdicts, unless no words were wanted."""
    told = grade.get("feedback", {})
    if outcome is None or not told.get("summary"):
        return told.get("summary"), told.get("next_step")
    verdicts = (
        Verdict(key_point_id=point.id, label=outcome.verdicts[point.id], judged_by=BY_PERSON)
        for point in rubric.key_points
    )
    written = write_feedback(rubric, tuple(verdicts), FeedbackMode.HINTS)
    return written.summary, written.next_step


def _texts(grade: Mapping[str, Any], which: str) -> str:
    """The key points of a kind in words, a line each."""
    wanted = set(grade.get(which, ()))
    return "\n".join(point["text"] for point in grade.get("points", ()) if point["key_point_id"] in wanted)
