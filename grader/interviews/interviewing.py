"""An interview from transcript to report: roles, alignment, answers, grades.

Grading itself is the Grader's; nothing but a candidate's own words ever gets there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from grader.access import LOCAL_TENANT
from grader.caching import on_behalf_of
from grader.domain import Grade
from grader.errors import InvalidAnswer
from grader.feedback import FeedbackMode
from grader.grading import Grader, Request
from grader.interviews.aligning import align
from grader.interviews.answers import SpokenAnswer, spoken_answer
from grader.interviews.closeness import Closeness, closeness, word_count
from grader.interviews.glossary import Glossary
from grader.interviews.placement import Alignment, Move, Placement
from grader.interviews.planned import Planned
from grader.interviews.prompting import InterviewJudge, PromptedCredit, Supplied
from grader.interviews.report import CandidateReport, InterviewReport, Proof, QuestionReport, mean_score
from grader.interviews.roles import MIN_CONFIDENCE, Hints, SpeakerRole, speaker_roles, unsure
from grader.interviews.splitting import split_roles
from grader.ports import Embedder, Subject
from grader.text.canonical import canonicalise
from grader.text.sentences import sentences
from grader.transcripts import Citation, Role, Transcript
from rubrics.model import Span

AT_A_TIME: Final = 8
"""Answers graded at the same time: their sentences share the models' batches."""


@dataclass(frozen=True)
class Commission:
    """What is wanted of an interview.

    `moved` says of single turns which question they belong to (None: to none); `candidate_refs` says who a speaker is
    outside, `candidate_ref` who all are that are not among them. Grades of the `earlier` version are kept for answers
    that are still the same.
    """

    plan: tuple[Planned, ...]
    hints: Hints = field(default_factory=Hints)
    judge: str | None = None
    feedback: FeedbackMode = FeedbackMode.FULL
    prompted: PromptedCredit = PromptedCredit.HALF
    candidate_refs: Mapping[str, str] = field(default_factory=dict)
    candidate_ref: str | None = None
    moved: Mapping[int, str | None] = field(default_factory=dict)
    accept_roles: bool = False
    earlier: InterviewReport | None = None

    def ref_of(self, speaker: str | None) -> str | None:
        """Who this speaker is outside."""
        return self.candidate_refs.get(speaker or "", self.candidate_ref)


@dataclass(frozen=True)
class Prepared:
    """An interview whose turns are placed, with the answers that are to be graded."""

    commission: Commission
    report: InterviewReport
    answers: tuple[tuple[str | None, Planned, SpokenAnswer], ...] = ()

    @property
    def unclear(self) -> bool:
        """Whether a person must say who is who before anything can be graded."""
        return not self.report.alignment.placements

    @property
    def requests(self) -> tuple[Request, ...]:
        """What is asked of the grader."""
        return tuple(self.request(speaker, planned, answer) for speaker, planned, answer in self.answers)

    def request(self, speaker: str | None, planned: Planned, answer: SpokenAnswer) -> Request:
        """One answer's, which names the grade it replaces."""
        wanted = self.commission
        before = _earlier(wanted.earlier, speaker, planned.id)
        return Request(
            rubric=planned.rubric,
            answer=answer.text,
            judge=wanted.judge,
            feedback=wanted.feedback,
            candidate_ref=wanted.ref_of(speaker),
            regrade_of=before.grade.id if before and before.grade else None,
        )

    def kept(self, speaker: str | None, planned: Planned, answer: SpokenAnswer) -> Grade | None:
        """The earlier version's grade of the same answer by the same rubric, or None."""
        before = _earlier(self.commission.earlier, speaker, planned.id)
        grade = before.grade if before and before.answer == answer.text else None
        return grade if grade and grade.rubric_hash == planned.rubric.content_hash else None


async def prepare(embedder: Embedder, transcript: Transcript, commission: Commission, glossary: Glossary) -> Prepared:
    """Tell who is who and what belongs where; a report that `needs_roles` has no answers."""
    found = await closeness(embedder, transcript, commission.plan, glossary)
    placed, roles, sure, unclear = _with_roles(transcript, found, commission)
    report = InterviewReport(transcript=placed, roles=roles, roles_confidence=sure, unclear=unclear)
    if unclear or (sure < MIN_CONFIDENCE and not commission.accept_roles):
        return Prepared(commission, report)
    alignment = _corrected(align(placed, found, commission.plan), placed, commission)
    answers = tuple(
        (speaker, planned, answer)
        for speaker in _candidates(placed)
        for planned in commission.plan
        if planned.id in alignment.asked
        and (answer := spoken_answer(placed, alignment, planned.rubric, speaker, glossary)).turns
    )
    return Prepared(commission, report.model_copy(update={"alignment": alignment}), answers)


async def graded(grader: Grader, embedder: Embedder, prepared: Prepared, tenant: str = LOCAL_TENANT) -> InterviewReport:
    """The report with a grade for every answer; what cannot be graded says why, and the others are graded.

    What a model replies is kept for the tenant, with the candidate's reference, so that an erasure finds it.
    """
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(speaker: str | None, planned: Planned, answer: SpokenAnswer) -> Grade | str:
        kept = prepared.kept(speaker, planned, answer)
        if kept is not None:
            return kept
        subject = Subject(tenant, prepared.commission.ref_of(speaker))
        async with slots:
            with on_behalf_of(subject):
                return await _grade(grader, embedder, prepared, (speaker, planned, answer))

    grades = await asyncio.gather(*(one(*each) for each in prepared.answers))
    found = {
        (speaker, planned.id): (answer, grade)
        for (speaker, planned, answer), grade in zip(prepared.answers, grades, strict=True)
    }
    speakers = _candidates(prepared.report.transcript)
    candidates = tuple(_candidate_report(prepared, speaker, found) for speaker in speakers)
    version = prepared.commission.earlier.version + 1 if prepared.commission.earlier else 1
    return prepared.report.model_copy(update={"candidates": candidates, "version": version})


async def _grade(
    grader: Grader, embedder: Embedder, prepared: Prepared, asked: tuple[str | None, Planned, SpokenAnswer]
) -> Grade | str:
    _, planned, answer = asked
    heard = _supplied(prepared.report, planned.id)
    judges = {
        name: InterviewJudge(judge, embedder, answer, heard, prepared.commission.prompted)
        for name, judge in grader.judges.items()
    }
    try:
        return await replace(grader, judges=judges).grade(prepared.request(*asked))
    except InvalidAnswer as error:
        return str(error)


def _with_roles(
    transcript: Transcript, found: Closeness, commission: Commission
) -> tuple[Transcript, tuple[SpeakerRole, ...], float, tuple[SpeakerRole, ...]]:
    """The transcript with roles, the speakers', how sure they are, and those that must be confirmed."""
    if not transcript.speakers:
        split, sure = split_roles(transcript, found)
        return transcript.with_roles(lambda turn: split[turn.index]), (), sure, ()
    roles = speaker_roles(transcript, found, commission.hints)
    known = {each.speaker: each.role for each in roles}
    unclear = () if commission.accept_roles and Role.CANDIDATE in known.values() else unsure(roles)
    sure = 1.0 if commission.accept_roles else min((each.confidence for each in roles), default=1.0)
    placed = transcript.with_roles(lambda turn: known.get(turn.speaker or "", Role.UNKNOWN))
    return placed, roles, sure, unclear


def _corrected(alignment: Alignment, transcript: Transcript, commission: Commission) -> Alignment:
    """The alignment with what a person said of single turns."""
    if not commission.moved:
        return alignment
    placements = list(alignment.placements)
    for index, question in commission.moved.items():
        turn = transcript.turns[index]
        answers = Move.ANSWERS if turn.role is Role.CANDIDATE else Move.FOLLOWS_UP
        move = Move.ASIDE if question is None else answers
        placements[index] = Placement(turn=index, question_id=question, move=move, confidence=1.0, decided_by="person")
    passages = tuple(each for each in alignment.passages if each.turn not in commission.moved)
    return Alignment(placements=tuple(placements), passages=passages)


def _candidates(transcript: Transcript) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(turn.speaker for turn in transcript.turns if turn.role is Role.CANDIDATE))


def _earlier(report: InterviewReport | None, speaker: str | None, question_id: str) -> QuestionReport | None:
    candidates = report.candidates if report else ()
    mine = (each for each in candidates if each.speaker == speaker)
    return next((q for each in mine for q in each.questions if q.question_id == question_id), None)


def _supplied(report: InterviewReport, question_id: str) -> tuple[Supplied, ...]:
    """What interviewers said while the question was being answered, sentence by sentence."""
    return tuple(
        Supplied(turn.index, span.of(turn.text))
        for turn, placement in zip(report.transcript.turns, report.alignment.placements, strict=True)
        if turn.role is Role.INTERVIEWER and placement.question_id == question_id
        for span in sentences(turn.text)
    )


def _candidate_report(
    prepared: Prepared, speaker: str | None, found: Mapping[tuple[str | None, str], tuple[SpokenAnswer, Grade | str]]
) -> CandidateReport:
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
    return len(_candidates(report.transcript)) > 1


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
