"""What an interview came to: per candidate and question the grade, its proof with times, and what was left over."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from grader.domain import Grade, Label, Status, Usage
from grader.interviews.aligning import DOUBT
from grader.interviews.answers import Misheard, Omission
from grader.interviews.placement import Alignment
from grader.interviews.roles import SpeakerRole
from grader.transcripts import Citation, Transcript
from rubrics.model import Immutable

SCORE_DIGITS: Final = 4


class Proof(Immutable):
    """Where in the interview the words stand that support a verdict."""

    key_point_id: str
    words: tuple[Citation, ...]


class QuestionReport(Immutable):
    """One planned question and one candidate.

    `grade` is null where the question was not asked, which is not the same as missed, and where the answer could not
    be graded: `problem` says why. `confidence` is how sure the alignment is of what belongs here. `later` names the
    turns in which the candidate came back to the question.
    """

    question_id: str
    title: str
    text: str
    asked: bool
    asked_in: Citation | None = None
    confidence: float = Field(default=1.0, ge=0, le=1)
    answer: str = ""
    turns: tuple[int, ...] = ()
    later: tuple[int, ...] = ()
    grade: Grade | None = None
    problem: str | None = None
    proofs: tuple[Proof, ...] = ()
    omissions: tuple[Omission, ...] = ()
    misheard: tuple[Misheard, ...] = ()

    @property
    def score(self) -> float | None:
        """The grade's, or None."""
        return None if self.grade is None else self.grade.score

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look at the answer or its grade before relying on the score."""
        return self.placed_in_doubt or (self.grade is not None and self.grade.status is Status.NEEDS_REVIEW)

    @property
    def placed_in_doubt(self) -> bool:
        """Whether it is uncertain which turns belong to the question."""
        return self.confidence < DOUBT

    def words_for(self, key_point_id: str) -> tuple[Citation, ...]:
        """The proof of a point."""
        return next((proof.words for proof in self.proofs if proof.key_point_id == key_point_id), ())


class CandidateReport(Immutable):
    """One candidate: `score` is the mean over the questions that were asked and graded, null where there is none.

    `unused` are the turns that belong to no question; `coverage` is the share of the candidate's words that do.
    """

    speaker: str | None
    candidate_ref: str | None
    score: float | None
    questions: tuple[QuestionReport, ...]
    unused: tuple[Citation, ...]
    coverage: float = Field(ge=0, le=1)

    @property
    def asked(self) -> tuple[QuestionReport, ...]:
        """The questions that were asked."""
        return tuple(each for each in self.questions if each.asked)

    @property
    def name(self) -> str:
        """How to speak of the candidate."""
        return self.speaker or self.candidate_ref or "Candidate"


class InterviewReport(Immutable):
    """The whole interview; without candidates while it is not known who is one (`unclear`).

    `usage` is what a language model took that was asked about turns and speakers, and `problems` say where it could
    not be asked; what grades took stands with them.
    """

    transcript: Transcript
    roles: tuple[SpeakerRole, ...]
    roles_confidence: float = Field(ge=0, le=1)
    unclear: tuple[SpeakerRole, ...] = ()
    alignment: Alignment = Field(default_factory=lambda: Alignment(placements=()))
    candidates: tuple[CandidateReport, ...] = ()
    version: int = Field(default=1, ge=1)
    usage: Usage = Field(default_factory=Usage)
    problems: tuple[str, ...] = ()

    @property
    def needs_roles(self) -> bool:
        """Whether somebody has to say who is who before anything can be graded."""
        return not self.candidates


def mean_score(questions: tuple[QuestionReport, ...]) -> float | None:
    """The mean score of those that have one."""
    scores = [each.score for each in questions if each.score is not None]
    return round(sum(scores) / len(scores), SCORE_DIGITS) if scores else None


def counted(question: QuestionReport, label: Label) -> int:
    """How many key points of a question have this verdict."""
    return sum(point.verdict is label for point in question.grade.points) if question.grade else 0
