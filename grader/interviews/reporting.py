"""Reports put together: what was asked and answered, with the proof as it stands in the transcript."""

from __future__ import annotations

from collections.abc import Mapping

from grader.domain import Grade
from grader.interviews.answers import SpokenAnswer
from grader.interviews.closeness import word_count
from grader.interviews.placement import Move
from grader.interviews.planned import Planned
from grader.interviews.preparing import Prepared, candidates_of
from grader.interviews.report import CandidateReport, InterviewReport, Proof, QuestionReport, mean_score
from grader.text.canonical import canonicalise
from grader.transcripts import Citation, Role, Transcript
from rubrics.model import Span


def candidate_report(
    prepared: Prepared, speaker: str | None, found: Mapping[tuple[str | None, str], tuple[SpokenAnswer, Grade | str]]
) -> CandidateReport:
    """One candidate's; `found` are answers and grades, or why there is none, by speaker and question."""
    questions = tuple(
        _question_report(prepared.report, planned, found.get((speaker, planned.id)))
        for planned in prepared.commission.plan
    )
    own = [turn for turn in prepared.report.transcript.turns if turn.role is Role.CANDIDATE and turn.speaker == speaker]
    used = {turn for question in questions for turn in question.turns}
    unused = [turn for turn in own if turn.index not in used]
    words = sum(word_count(turn.text) for turn in own)
    left = sum(word_count(turn.text) for turn in unused)
    return CandidateReport(
        speaker=speaker,
        candidate_ref=prepared.commission.ref_of(speaker),
        score=mean_score(questions),
        questions=questions,
        unused=tuple(turn.cite(Span(start=0, end=len(turn.text))) for turn in unused),
        coverage=round(1.0 - left / words, 3) if words else 0.0,
    )


def _question_report(
    report: InterviewReport, planned: Planned, found: tuple[SpokenAnswer, Grade | str] | None
) -> QuestionReport:
    question, alignment = planned.rubric.question, report.alignment
    asked = planned.id in alignment.asked
    shown = QuestionReport(
        question_id=planned.id,
        title=question.title,
        text=question.text,
        asked=asked and (found is not None or not _several(report)),
        asked_in=_asked_in(report, planned.id),
        confidence=alignment.confidence(planned.id),
    )
    if found is None:
        problem = "No candidate's turn belongs to this question." if shown.asked else None
        return shown.model_copy(update={"problem": problem})
    answer, grade = found
    later = {each.turn for each in alignment.placements if each.move is Move.RETURNS}
    later |= {passage.turn for passage in alignment.passages}
    return shown.model_copy(
        update={
            "answer": answer.text,
            "turns": answer.turns,
            "later": tuple(turn for turn in answer.turns if turn in later),
            "omissions": answer.omissions,
            "misheard": answer.misheard,
            "grade": grade if isinstance(grade, Grade) else None,
            "problem": None if isinstance(grade, Grade) else grade,
            "proofs": _proofs(report.transcript, answer, grade) if isinstance(grade, Grade) else (),
        }
    )


def _several(report: InterviewReport) -> bool:
    return len(candidates_of(report.transcript)) > 1


def _asked_in(report: InterviewReport, question_id: str) -> Citation | None:
    for placement in report.alignment.placements:
        if placement.question_id == question_id and placement.move is Move.ASKS:
            turn = report.transcript.turns[placement.turn]
            return turn.cite(Span(start=0, end=len(turn.text)))
    return None


def _proofs(transcript: Transcript, answer: SpokenAnswer, grade: Grade) -> tuple[Proof, ...]:
    """Every point's evidence as it stands in the transcript."""
    canonical = canonicalise(answer.text)
    return tuple(
        Proof(
            key_point_id=point.key_point_id,
            words=tuple(
                citation
                for evidence in point.evidence
                for citation in answer.said(transcript, canonical.original_span(evidence.span))
            ),
        )
        for point in grade.points
        if point.evidence
    )
