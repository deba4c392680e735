"""Before anything is graded: who is who in an interview, what belongs to which question, and what was answered.

What the interview leaves open, a language model may be asked about, where there is one and the caller's judge is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.domain import Grade
from grader.feedback import FeedbackMode
from grader.grading import Request
from grader.interviews.adviser import NONE, Advice, Adviser
from grader.interviews.aligning import DOUBT, align
from grader.interviews.answers import SpokenAnswer, spoken_answer
from grader.interviews.closeness import Closeness, closeness
from grader.interviews.glossary import Glossary
from grader.interviews.placement import Alignment, Move, Placement
from grader.interviews.planned import Planned
from grader.interviews.prompting import PromptedCredit
from grader.interviews.report import InterviewReport, QuestionReport
from grader.interviews.roles import MIN_CONFIDENCE, Hints, SpeakerRole, speaker_roles, unsure
from grader.interviews.splitting import MIN_SPLIT_CONFIDENCE, split_roles
from grader.ports import Embedder
from grader.transcripts import Role, Transcript


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


async def prepare(
    embedder: Embedder,
    transcript: Transcript,
    commission: Commission,
    glossary: Glossary,
    adviser: Adviser | None = None,
) -> Prepared:
    """Tell who is who and what belongs where; a report that `needs_roles` has no answers."""
    found = await closeness(embedder, transcript, commission.plan, glossary)
    who = await _who_is_who(transcript, found, commission, adviser)
    report = InterviewReport(
        transcript=who.transcript,
        roles=who.roles,
        roles_confidence=who.sure,
        unclear=who.unclear,
        usage=who.advice.usage,
        problems=tuple(filter(None, [who.advice.problem])),
    )
    if who.must_be_confirmed:
        return Prepared(commission, report)
    alignment, advice = await _aligned(who.transcript, found, commission, adviser)
    answers = tuple(
        (speaker, planned, answer)
        for speaker in candidates_of(who.transcript)
        for planned in commission.plan
        if planned.id in alignment.asked
        and (answer := spoken_answer(who.transcript, alignment, planned.rubric, speaker, glossary)).turns
    )
    told = {
        "alignment": alignment,
        "usage": report.usage + advice.usage,
        "problems": (*report.problems, *filter(None, [advice.problem])),
    }
    return Prepared(commission, report.model_copy(update=told), answers)


@dataclass(frozen=True)
class _Who:
    """The transcript with roles, the speakers', how sure they are, and those that must be confirmed."""

    transcript: Transcript
    roles: tuple[SpeakerRole, ...]
    sure: float
    must_be_confirmed: bool
    unclear: tuple[SpeakerRole, ...] = ()
    advice: Advice = field(default_factory=lambda: Advice({}))


async def _who_is_who(
    transcript: Transcript, found: Closeness, commission: Commission, adviser: Adviser | None
) -> _Who:
    who = _told(transcript, found, commission, Advice({}))
    if not who.must_be_confirmed or adviser is None:
        return who
    if transcript.speakers:
        names = [each.speaker for each in who.unclear]
        advice = await adviser.speakers(transcript, commission.plan, names)
    else:
        advice = await adviser.turns(transcript, commission.plan)
    return _told(transcript, found, commission, advice)


def _told(transcript: Transcript, found: Closeness, commission: Commission, advice: Advice) -> _Who:
    """Who is who, by everything that is known; asked for again where that is not enough, but for what is accepted."""
    accepted, given = commission.accept_roles, commission.hints.turns
    said = {item: Role(label) for item, label in advice.labels.items()}
    if not transcript.speakers:
        split, sure = split_roles(transcript, found, given, {int(turn): role for turn, role in said.items()})
        placed = transcript.with_roles(lambda turn: split[turn.index])
        clear = sure >= MIN_SPLIT_CONFIDENCE and {Role.INTERVIEWER, Role.CANDIDATE} <= set(split)
        return _Who(placed, (), sure, must_be_confirmed=not clear and not accepted, advice=advice)
    roles = speaker_roles(transcript, found, commission.hints, said)
    known = {each.speaker: each.role for each in roles}
    unclear = () if accepted and Role.CANDIDATE in known.values() else unsure(roles)
    sure = min((each.confidence for each in roles), default=1.0)
    placed = transcript.with_roles(lambda turn: given.get(turn.index) or known.get(turn.speaker or "", Role.UNKNOWN))
    must = bool(unclear) or (sure < MIN_CONFIDENCE and not accepted)
    return _Who(placed, roles, sure, must_be_confirmed=must, unclear=unclear, advice=advice)


async def _aligned(
    transcript: Transcript, found: Closeness, commission: Commission, adviser: Adviser | None
) -> tuple[Alignment, Advice]:
    """What belongs to which question; a language model is asked about turns of candidates that are in doubt."""
    alignment, advice = align(transcript, found, commission.plan), Advice({})
    doubtful = [
        each.turn
        for each in alignment.placements
        if each.confidence < DOUBT
        and each.turn not in commission.moved
        and transcript.turns[each.turn].role is Role.CANDIDATE
    ]
    if doubtful and adviser is not None:
        advice = await adviser.places(transcript, commission.plan, doubtful)
        said = {int(turn): None if label == NONE else label for turn, label in advice.labels.items()}
        alignment = align(transcript, found, commission.plan, advice=said)
    return _corrected(alignment, transcript, commission), advice


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


def candidates_of(transcript: Transcript) -> tuple[str | None, ...]:
    """Every candidate once, by first appearance."""
    return tuple(dict.fromkeys(turn.speaker for turn in transcript.turns if turn.role is Role.CANDIDATE))


def _earlier(report: InterviewReport | None, speaker: str | None, question_id: str) -> QuestionReport | None:
    candidates = report.candidates if report else ()
    mine = (each for each in candidates if each.speaker == speaker)
    return next((q for each in mine for q in each.questions if q.question_id == question_id), None)
