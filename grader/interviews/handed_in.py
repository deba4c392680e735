"""An interview as it is handed in and kept: the transcript, the rubrics of the plan, and what is known and wanted."""

from __future__ import annotations

from pydantic import Field

from grader.feedback import FeedbackMode
from grader.interviews.planned import Planned
from grader.interviews.preparing import Commission
from grader.interviews.prompting import PromptedCredit
from grader.interviews.report import InterviewReport
from grader.interviews.roles import Hints
from grader.transcripts import Role, Transcript
from rubrics.model import Immutable, Rubric


class PlannedQuestion(Immutable):
    """A question of the plan with the rubric that it is graded by, now and in later versions."""

    rubric: Rubric
    phrasings: tuple[str, ...] = ()


class HandedIn(Immutable):
    """Everything that a version of an interview is made from; see `Commission` for what the fields mean."""

    transcript: Transcript
    plan: tuple[PlannedQuestion, ...] = Field(min_length=1)
    roles: dict[str, Role] = Field(default={})
    interviewers: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    turn_roles: dict[int, Role] = Field(default={})
    judge: str | None = None
    feedback: FeedbackMode = FeedbackMode.FULL
    prompted: PromptedCredit = PromptedCredit.HALF
    candidate_refs: dict[str, str] = Field(default={})
    candidate_ref: str | None = None
    moved: dict[int, str | None] = Field(default={})
    accept_roles: bool = False

    @property
    def refs(self) -> tuple[str, ...]:
        """Everybody it is about."""
        found = (*self.candidate_refs.values(), *([self.candidate_ref] if self.candidate_ref else []))
        return tuple(dict.fromkeys(found))

    def commission(self, earlier: InterviewReport | None) -> Commission:
        """What is wanted, after an earlier version or not."""
        return Commission(
            plan=tuple(Planned(each.rubric, each.phrasings) for each in self.plan),
            hints=Hints(self.roles, self.interviewers, self.candidates, self.turn_roles),
            judge=self.judge,
            feedback=self.feedback,
            prompted=self.prompted,
            candidate_refs=self.candidate_refs,
            candidate_ref=self.candidate_ref,
            moved=self.moved,
            accept_roles=self.accept_roles,
            earlier=earlier,
        )
