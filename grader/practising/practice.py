"""Practising: an answer is kept before it is graded, graded, and looked at with everything that is known about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from grader.domain import Flag, Grade
from grader.errors import ConfigurationError, StorageError
from grader.grading import Request, ScreeningPolicy
from grader.judges import similarity
from grader.keeping import request_of
from grader.outage import judge_was_down
from grader.ports import AttemptStore, BasisStore, GradeStore, PendingGrades, Scheduler, StudyStore, Together
from grader.practice import REFERENCE, Attempt, Draft, Help, Learner, Result, Reveal
from grader.practising.rating import rating
from grader.practising.seeing import Seen, help_at, study_name
from grader.reception import Reception
from grader.reviewing import Reviewer
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, Question, Rubric

PATIENCE_SECONDS: Final = 2.0
"""How long a learner looks at the old page; a grade that takes longer is waited for on a page that says so."""


@dataclass(frozen=True)
class Practice:
    """Everything a learner can do."""

    attempts: AttemptStore
    studies: StudyStore
    grades: GradeStore
    pending: PendingGrades
    bases: BasisStore
    reviewer: Reviewer
    reception: Reception
    scheduler: Scheduler
    together: Together
    patience: float = PATIENCE_SECONDS
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def save_draft(self, learner: Learner, name: str, text: str) -> None:
        """Keep text that is not graded yet, under the name of its question; blank text is none."""
        draft = Draft(text=text, saved_at=self.now()) if text.strip() else None
        await self.studies.draft(learner.tenant, learner.ref, name, draft)

    async def submit(
        self, learner: Learner, rubric: Rubric, text: str, attempt_id: str, follow_up: KeyPoint | None = None
    ) -> Attempt:
        """Grade an answer, or promise its grade; the text is kept as a draft until there is one.

        InvalidAnswer, BudgetExhausted, Overloaded, StorageError, ModelUnavailable: then there is no attempt.
        """
        question_id = rubric.question.id
        asked = rubric if follow_up is None else follow_up_rubric(rubric, follow_up)
        await self.save_draft(learner, asked.question.id, text)
        attempt = Attempt(
            id=attempt_id,
            candidate_ref=learner.ref,
            question_id=question_id,
            follow_up=None if follow_up is None else follow_up.id,
            grade_id=attempt_id,
            begun_at=self.now(),
        )
        await self.attempts.begin(learner.tenant, attempt)
        try:
            await self._graded(learner, Request(asked, text, candidate_ref=learner.ref), attempt_id)
        except BaseException:
            with suppress(StorageError):  # then it is seen as failed, and the draft is still there
                await self.attempts.drop(learner.tenant, attempt_id)
            raise
        return attempt

    async def grade_again(self, learner: Learner, seen: Seen, grade_id: str) -> None:
        """Put another grade of the same answer in the place of one that is provisional, or unsure."""
        basis = await self.bases.find(learner.tenant, seen.attempt.grade_id)
        if basis is None:
            return
        request = replace(request_of(basis), judge=None, regrade_of=seen.attempt.grade_id)
        await self._graded(learner, request, grade_id)
        await self.attempts.amend(learner.tenant, seen.attempt.id, grade_id, None)

    async def cancel(self, learner: Learner, attempt: Attempt) -> bool:
        """Give up waiting for a grade; False where it is there already. The text stays as a draft."""
        if not await self.pending.remove(learner.tenant, attempt.grade_id):
            return False
        await self.attempts.drop(learner.tenant, attempt.id)
        return True

    async def reveal(self, learner: Learner, seen: Seen, key_point_id: str, step: int) -> None:
        """Note that a step of a point's ladder of hints is shown from now on; steps that do not follow are ignored."""
        points = () if seen.grade is None else seen.grade.points
        hints = next((point.hints for point in points if point.key_point_id == key_point_id), ())
        if step == seen.shown(key_point_id) + 1 <= len(hints):
            await self._reveal(learner, seen.attempt, key_point_id, help_at(step, hints))

    async def reveal_reference(self, learner: Learner, attempt: Attempt) -> None:
        """Note that the reference answer is shown from now on."""
        await self._reveal(learner, attempt, REFERENCE, Help.REFERENCE)

    async def settled(self, learner: Learner) -> tuple[Attempt, ...]:
        """Every attempt of a learner, the oldest first, with the results that are known by now."""
        attempts = await self.attempts.of(learner.tenant, learner.ref)
        if all(attempt.result is not None for attempt in attempts):
            return attempts
        for attempt in attempts:
            if attempt.result is None:
                await self.see(learner, attempt.id)
        return await self.attempts.of(learner.tenant, learner.ref)

    async def see(self, learner: Learner, attempt_id: str) -> Seen | None:
        """An attempt of the learner with all there is to show; its result is noted where it was not known before."""
        tenant = learner.tenant
        attempt = await self.attempts.find(tenant, learner.ref, attempt_id)
        if attempt is None:
            return None
        grade = await self.grades.find(tenant, attempt.grade_id)
        if grade is None:
            pending = await self.pending.find(tenant, attempt.grade_id)
            grade = await self.grades.find(tenant, attempt.grade_id) if pending is None else None
            if grade is None:
                study = await self.studies.find(tenant, learner.ref, study_name(attempt))
                return Seen(attempt, study.draft.text if study.draft else "", pending=pending)
        return await self._seen(learner, attempt, grade)

    async def _seen(self, learner: Learner, attempt: Attempt, grade: Grade) -> Seen:
        tenant = learner.tenant
        review, basis = await self.reviewer.review(tenant, grade), await self.bases.find(tenant, grade.id)
        request = None if basis is None else request_of(basis)
        everything = await self.attempts.of(tenant, learner.ref)
        alike = [each for each in everything if study_name(each) == study_name(attempt) and each.id != attempt.id]
        place = (attempt.begun_at, attempt.id)
        seen = Seen(
            attempt,
            "" if request is None else canonicalise(request.answer).text,
            grade,
            review,
            None if request is None else request.rubric,
            before=tuple(each for each in alike if (each.begun_at, each.id) < place),
            after=tuple(each for each in alike if (each.begun_at, each.id) > place),
            reveals=await self.attempts.reveals(tenant, [attempt.id]),
        )
        result = Result.of(review.outcome, provisional=Flag.SIMILARITY_ONLY in grade.flags)
        if attempt.result != result:
            await self._note(learner, seen, result)
        return replace(seen, attempt=attempt.model_copy(update={"result": result}))

    async def _note(self, learner: Learner, seen: Seen, result: Result) -> None:
        """Keep a result; the first one of an attempt also ends its draft and sets the day to come back."""
        tenant, attempt, name = learner.tenant, seen.attempt, study_name(seen.attempt)
        async with self.together(tenant):
            if not await self.attempts.settle(tenant, attempt.id, result):
                await self.attempts.amend(tenant, attempt.id, attempt.grade_id, result)
                return
            study = await self.studies.find(tenant, learner.ref, name)
            if study.draft is not None and canonicalise(study.draft.text).text == seen.answer:
                await self.studies.draft(tenant, learner.ref, name, None)
            if result.settled and result.score is not None and attempt.follow_up is None:
                earlier = [] if seen.previous is None else await self.attempts.reveals(tenant, [seen.previous.id])
                rated = rating(result.score, [each.help for each in earlier])
                card = self.scheduler.next(study.card, rated, attempt.begun_at)
                await self.studies.card(tenant, learner.ref, name, card)

    async def _graded(self, learner: Learner, request: Request, grade_id: str) -> None:
        """Have it graded; while the judge is down by similarity, and where there is no such judge, later."""
        request = replace(request, screening=ScreeningPolicy.IGNORE)
        tenant, by = learner.tenant, learner.who.key_id
        found = await self.reception.grade(tenant, grade_id, request, seconds=self.patience, made_by=by)
        if not (isinstance(found, Grade) and judge_was_down(found)):
            return
        provisional = replace(request, judge=similarity.NAME)
        try:
            await self.reception.grade(tenant, grade_id, provisional, seconds=self.patience, made_by=by)
        except ConfigurationError:
            await self.reception.grade(tenant, grade_id, request, seconds=0, made_by=by)

    async def _reveal(self, learner: Learner, attempt: Attempt, name: str, shown: Help) -> None:
        reveal = Reveal(attempt_id=attempt.id, key_point_id=name, help=shown, seen_at=self.now())
        await self.attempts.reveal(learner.tenant, reveal)


def follow_up_rubric(rubric: Rubric, point: KeyPoint) -> Rubric:
    """The rubric of the pointed question about one point: that point alone makes a full answer."""
    question = Question(
        id=f"{rubric.question.id}.{point.id}"[:64],
        title=f"{rubric.question.title}: {point.topic or 'follow-up'}",
        text=point.hint or f"Say more about {point.topic or rubric.question.title}.",
        category=rubric.question.category,
    )
    alone = point.model_copy(update={"source": None, "required": False})
    return Rubric(question=question, key_points=(alone,), reference_answer=point.text)
