"""Reports of interviews as CSV for spreadsheets: a line per candidate, question and key point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grader.exports.table import MARK, line_of
from grader.interviews.report import CandidateReport, InterviewReport, QuestionReport

COLUMNS: Final = (
    "file", "candidate", "candidate_ref", "question_id", "question", "asked", "score", "alignment_confidence",
    "key_point_id", "key_point", "weight", "verdict", "credit", "evidence", "seconds", "turn", "flags", "problem",
)  # fmt: skip
"""In their order; a question that was not asked or not graded has one line without a key point."""


def sheet(reports: Sequence[InterviewReport]) -> str:
    """All lines; no cell can become a formula."""
    return MARK + line_of(COLUMNS) + "".join(line_of(line) for report in reports for line in _lines(report))


def _lines(report: InterviewReport) -> Iterator[tuple[object, ...]]:
    for candidate in report.candidates:
        for question in candidate.questions:
            yield from _question_lines(report, candidate, question)


def _question_lines(
    report: InterviewReport, candidate: CandidateReport, question: QuestionReport
) -> Iterator[tuple[object, ...]]:
    who = (report.transcript.file, candidate.name, candidate.candidate_ref)
    asked = "yes" if question.asked else "no"
    what = (question.question_id, question.title, asked, question.score, question.confidence)
    if question.grade is None:
        yield (*who, *what, *(None,) * 9, question.problem)
        return
    for point in question.grade.points:
        words = question.words_for(point.key_point_id)
        first = words[0] if words else None
        yield (
            *who,
            *what,
            *(point.key_point_id, point.text, point.weight, point.verdict.value, point.credit),
            " … ".join(each.text for each in words),
            first.time if first else None,
            first.turn if first else None,
            " ".join(question.grade.flags),
            question.problem,
        )
