"""Examples of what goes in and out about interviews; made of the models themselves, so they cannot disagree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from api.transcript_schemas import InterviewOut
from grader.interviews.placement import Alignment, Move, Placement
from grader.interviews.report import CandidateReport, InterviewReport, QuestionReport
from grader.interviews.roles import SpeakerRole
from grader.ports import InterviewState
from grader.transcripts import Role, Segment, Transcript, Turn
from rubrics.model import Span

_NOON: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)
_ID: Final = "7d0c6a52-1d0e-4c39-8a3e-5a9d1f6c7b21"
_ASKED: Final = "Why are there tides?"
_SAID: Final = "Because the moon attracts the water."


def transcript_examples() -> dict[str, dict[str, Any]]:
    """`METHOD template` -> `request` or a status -> examples by name."""
    graded, working = _shown(InterviewState.GRADED, _report()), _shown(InterviewState.QUEUED, None)
    sent = {
        "file": {"name": "interview.txt", "content": f"Ada: {_ASKED}\nBo: {_SAID}\nAda: Thank you.\nBo: Bye.\n"},
        "questions": [{"question_id": "DL0028", "phrasings": ["How does a sliding window help?"]}],
        "interviewers": ["Ada"],
        "candidates": ["Bo"],
        "candidate_ref": "c-1029",
    }
    return {
        "POST /v1/transcripts": {"request": _one(sent), "201": _one(graded), "202": _one(working)},
        "GET /v1/transcripts/{interview_id}": {"200": _one(graded)},
        "PATCH /v1/transcripts/{interview_id}/alignment": {
            "request": _one({"roles": {"Bo": "candidate"}, "turns": {"1": "tides", "3": None}}),
            "200": _one(graded),
            "202": _one(working),
        },
    }


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}


def _shown(state: InterviewState, report: InterviewReport | None) -> dict[str, Any]:
    shown = InterviewOut(id=_ID, version=1, status=state, reason="", created_at=_NOON, report=report)
    return shown.model_dump(mode="json")


def _report() -> InterviewReport:
    said = (("Ada", Role.INTERVIEWER, _ASKED), ("Bo", Role.CANDIDATE, _SAID))
    turns = tuple(_turn(index, *each) for index, each in enumerate(said))
    roles = tuple(
        SpeakerRole(speaker=name, role=role, confidence=1.0, found_by="name", words=6, sample=text)
        for name, role, text in said
    )
    placements = (
        Placement(turn=0, question_id="tides", move=Move.ASKS, confidence=0.99),
        Placement(turn=1, question_id="tides", move=Move.ANSWERS, confidence=0.99),
    )
    question = QuestionReport(
        question_id="tides",
        title="Tides",
        text=_ASKED,
        asked=True,
        confidence=0.99,
        answer=_SAID,
        turns=(1,),
        problem="the judge was not there",
    )
    candidate = CandidateReport(
        speaker="Bo", candidate_ref="c-1029", score=None, questions=(question,), unused=(), coverage=1.0
    )
    return InterviewReport(
        transcript=Transcript(file="the file", format="plain", turns=turns),
        roles=roles,
        roles_confidence=1.0,
        alignment=Alignment(placements=placements),
        candidates=(candidate,),
    )


def _turn(index: int, speaker: str, role: Role, text: str) -> Turn:
    segment = Segment(span=Span(start=0, end=len(text)), source=f"line {index + 1}")
    return Turn(index=index, speaker=speaker, role=role, text=text, segments=(segment,))
