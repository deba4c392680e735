"""The part of an interview that an answer was read from: its turns with speakers and times, and nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from starlette.testclient import TestClient

from api.web.review.speech import speech_of
from grader.interviews.report import CandidateReport, InterviewReport, QuestionReport
from grader.ports import InterviewState, KeptInterview
from grader.transcripts import Citation, Role, Segment, Transcript, Turn
from rubrics.model import Span
from tests.api.doors import Doors
from tests.api.reading_pages import read
from tests.api.review.waiting import graded, path_to
from tests.grader.adapters.sql.examples import grade

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAID = (
    ("Welcome.", Role.INTERVIEWER, 0.0),
    ("What is it?", Role.INTERVIEWER, 62.0),
    ("A window.", Role.CANDIDATE, 65.5),
    ("Mm.", Role.INTERVIEWER, None),
    ("Of <b>fixed</b> size.", Role.CANDIDATE, 72.0),
    ("Thanks.", Role.INTERVIEWER, 80.0),
)


def kept(grade_id: str, ref: str = "ann@example.org") -> KeptInterview:
    """An interview with one question, answered in two turns."""
    turns = tuple(
        Turn(
            index=number,
            speaker="Ann Smith" if role is Role.CANDIDATE else "Bob Jones",
            role=role,
            start=start,
            text=text,
            segments=(Segment(span=Span(start=0, end=len(text)), source=f"line {number}"),),
        )
        for number, (text, role, start) in enumerate(SAID)
    )
    question = QuestionReport(
        question_id="DL0028",
        title="Windows",
        text="What is it?",
        asked=True,
        asked_in=Citation(turn=1, start=0, end=11, text="What is it?", source="line 1"),
        turns=(2, 4),
        grade=grade(grade_id),
    )
    candidate = CandidateReport(
        speaker="Ann Smith", candidate_ref=ref, score=0, questions=(question,), unused=(), coverage=1
    )
    transcript = Transcript(file="i.vtt", format="vtt", turns=turns)
    report = InterviewReport(transcript=transcript, roles=(), roles_confidence=1, candidates=(candidate,))
    refs = (ref,)
    return KeptInterview("i1", 1, InterviewState.GRADED, NOON, NOON, "{}", refs, report.model_dump_json())


def test_the_turns_from_the_question_to_the_end_of_the_answer_come_with_speakers_and_times() -> None:
    speech = speech_of([kept("g1")], "g1")
    assert speech is not None
    assert [(turn.speaker, turn.time, turn.answers) for turn in speech.turns] == [
        ("Interviewer", "1:02", False),
        ("Candidate", "1:05", True),
        ("Interviewer", "", False),
        ("Candidate", "1:12", True),
    ]


def test_a_grade_of_no_interview_or_of_one_that_cannot_be_read_has_no_speech() -> None:
    assert speech_of([kept("g1")], "g2") is None
    assert speech_of([replace(kept("g1"), report='{"g1": 1}')], "g1") is None


def test_it_stands_beside_the_rubric_without_names_and_as_text(client: TestClient) -> None:
    grade_id, doors = graded(client), Doors(client)
    doors.call(doors.application.services.storage.interviews.add, "local", kept(grade_id))
    page = read(client.get(path_to(grade_id)))
    assert "As it was said, with times" in page.words
    assert "Of <b>fixed</b> size." in page.words
    assert "Ann Smith" not in page.markup
