"""The part of an interview in which an answer was given: who said what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from grader.interviews.report import InterviewReport, QuestionReport
from grader.ports import KeptInterview
from grader.transcripts import Role, Turn


@dataclass(frozen=True)
class Said:
    """One turn; `time` is minutes and seconds from the beginning, `answers` says that the answer was read from it."""

    speaker: str
    time: str
    text: str
    candidate: bool
    answers: bool


@dataclass(frozen=True)
class Speech:
    """The turns around an answer."""

    turns: tuple[Said, ...]


def speech_of(interviews: Sequence[KeptInterview], grade_id: str) -> Speech | None:
    """The turns from the question to the end of the answer of this grade; None where no interview led to it."""
    for kept in reversed(interviews):
        if grade_id not in kept.report:
            continue
        try:
            report = InterviewReport.model_validate_json(kept.report)
        except ValidationError:
            return None  # of another version: the answer is there all the same
        for question in (each for candidate in report.candidates for each in candidate.questions):
            if question.grade is not None and question.grade.id == grade_id:
                return Speech(tuple(_said(turn, question) for turn in _around(report, question)))
    return None


def _around(report: InterviewReport, question: QuestionReport) -> tuple[Turn, ...]:
    asked = () if question.asked_in is None else (question.asked_in.turn,)
    own = (*asked, *question.turns)
    if not own:
        return ()
    return report.transcript.turns[min(own) : max(own) + 1]


def _said(turn: Turn, question: QuestionReport) -> Said:
    is_candidate = turn.role is Role.CANDIDATE
    return Said(
        speaker="Candidate" if is_candidate else turn.role.value.capitalize(),
        time="" if turn.start is None else f"{int(turn.start) // 60}:{int(turn.start) % 60:02d}",
        text=turn.text,
        candidate=is_candidate,
        answers=turn.index in question.turns,
    )
