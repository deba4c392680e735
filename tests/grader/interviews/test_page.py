"""The page of an interview says that something is wrong only as surely as the judge does."""

from __future__ import annotations

import pytest

from grader.domain import GradedPoint, Label, Status
from grader.interviews.aligning import DOUBT
from grader.interviews.page import page
from grader.interviews.report import CandidateReport, InterviewReport, QuestionReport
from grader.judges.local import SURE_CONTRADICTION
from grader.transcripts import Segment, Transcript, Turn
from rubrics.model import Span
from tests.grader.adapters.sql.examples import grade

SAID = "It multiplies them."
TURN = Turn(index=0, speaker="Lee", text=SAID, segments=(Segment(span=Span(start=0, end=len(SAID)), source="line 1"),))
TRANSCRIPT = Transcript(file="i.txt", format="plain", turns=(TURN,))


def shown(judge: str, confidence: float) -> str:
    point = GradedPoint(
        key_point_id="k1",
        text="It adds them.",
        topic="Sums",
        hints=(),
        weight=1,
        required=False,
        verdict=Label.CONTRADICTED,
        credit=0,
        confidence=confidence,
        similarity=None,
        judged_by=judge,
        reason="",
        evidence=(),
        feedback="",
    )
    question = QuestionReport(
        question_id="q", title="Sums", text="What does it do?", asked=True, grade=grade(points=(point,))
    )
    candidate = CandidateReport(
        speaker="Lee", candidate_ref=None, score=0, questions=(question,), unused=(), coverage=1
    )
    return page([InterviewReport(transcript=TRANSCRIPT, roles=(), roles_confidence=1, candidates=(candidate,))])


@pytest.mark.parametrize(
    ("judge", "confidence", "reserved"),
    [("local", SURE_CONTRADICTION - 0.01, True), ("local", SURE_CONTRADICTION + 0.01, False), ("llm", 0.4, False)],
)
def test_wrong_is_said_with_reserve_where_the_local_judge_is_not_sure(
    judge: str, confidence: float, *, reserved: bool
) -> None:
    found = shown(judge, confidence)
    assert ("✗ perhaps wrong" in found) is reserved
    assert ("✗ wrong" in found) is not reserved


def test_side_by_side_a_question_that_was_not_planned_is_not_called_not_asked() -> None:
    def interview(name: str, question_id: str, *, asked: bool) -> InterviewReport:
        question = QuestionReport(question_id=question_id, title=question_id, text="?", asked=asked)
        candidate = CandidateReport(
            speaker=name, candidate_ref=None, score=None, questions=(question,), unused=(), coverage=1
        )
        return InterviewReport(transcript=TRANSCRIPT, roles=(), roles_confidence=1, candidates=(candidate,))

    table = page([interview("Lee", "q1", asked=False), interview("Kim", "q2", asked=True)]).split("</table>")[0]
    assert table.count("not asked") == 1
    assert table.count("not planned") == 2


@pytest.mark.parametrize(
    ("confidence", "status", "marked"),
    [(1.0, Status.GRADED, False), (DOUBT - 0.01, Status.GRADED, True), (1.0, Status.NEEDS_REVIEW, True)],
)
def test_side_by_side_a_score_to_be_looked_at_is_marked(confidence: float, status: Status, *, marked: bool) -> None:
    question = QuestionReport(
        question_id="q",
        title="Sums",
        text="?",
        asked=True,
        confidence=confidence,
        grade=grade().model_copy(update={"status": status}),
    )
    candidate = CandidateReport(
        speaker="Lee", candidate_ref=None, score=1, questions=(question,), unused=(), coverage=1
    )
    report = InterviewReport(transcript=TRANSCRIPT, roles=(), roles_confidence=1, candidates=(candidate,))
    table = page([report, report]).split("</table>")[0]
    assert ('<span class="warn">?</span>' in table) is marked


def test_a_split_without_speakers_says_how_sure_it_is() -> None:
    candidate = CandidateReport(speaker=None, candidate_ref=None, score=None, questions=(), unused=(), coverage=1)
    report = InterviewReport(transcript=TRANSCRIPT, roles=(), roles_confidence=0.93, candidates=(candidate,))
    assert "93% sure" in page([report])
