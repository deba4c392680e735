"""What authors and reviewers do with rubrics: draft, check, publish, retire, rule on edge cases, preview an edit.

A question has the tenant's published version, else the one of the bank. Publishing checks first, and takes in the
rulings that wait.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from grader.audit import Action, Event
from grader.caching import on_behalf_of
from grader.domain import Label
from grader.errors import AlreadyStored, GraderError
from grader.grading import Grader, Request
from grader.keeping import NOBODY
from grader.ports import AuditLog, BasisStore, GivenGrade, RubricStore, Subject, Together
from grader.rescoring import Anew, Preview, preview, to_judge
from grader.selftest import CheckReport, answers_tried, check_rubric
from rubrics.bank import Bank, fits
from rubrics.errors import UnknownQuestion, UnknownRubric, WrongState
from rubrics.model import Difficulty, Question, Rubric, Ruling
from rubrics.versions import RubricVersion, State, drafted
from rubrics.versions.rulings import PointRuling, with_rulings

HASH: Final = "sha256:"
"""A name that begins so is a version's content hash, every other one a question's id."""

_AT_A_TIME: Final = 16
"""Answers judged anew at the same time."""


_LOGGED: Final = {State.PUBLISHED: Action.RUBRIC_PUBLISHED, State.RETIRED: Action.RUBRIC_RETIRED}
"""What the decision log calls a move; drafts decide nothing."""

Lending = Callable[[str, Grader, Sequence[Request]], AbstractAsyncContextManager[Grader]]
"""Lends a tenant the grader for requests such as these; BudgetExhausted where they may cost more than is left."""


@asynccontextmanager
async def freely(_tenant: str, grader: Grader, _requests: Sequence[Request]) -> AsyncIterator[Grader]:
    """A Lending where nobody limits what is spent."""
    yield grader


class RubricRefused(GraderError):
    """A rubric has faults that keep it from being published; the report says which and how to mend them."""

    def __init__(self, report: CheckReport) -> None:
        self.report = report
        super().__init__("the rubric did not pass its check; mend what the report names, or keep it as a draft")


@dataclass(frozen=True)
class Publication:
    """A version that was published, and the report of its check."""

    version: RubricVersion
    report: CheckReport


@dataclass(frozen=True)
class _Given:
    """An answer, and whose it is: a reply about it is erased with the candidate."""

    candidate_ref: str | None
    answer: str


@dataclass(frozen=True)
class Author:
    """Works on one deployment's rubrics; every operation is a tenant's.

    What is published, retired and ruled and its entry in the decision log are kept together or not at all. `lending`
    gives the grader that checks and previews ask.
    """

    store: RubricStore
    bank: Bank
    grader: Grader
    audit: AuditLog
    together: Together
    bases: BasisStore | None = None
    lending: Lending = freely
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def rubric(self, tenant: str, name: str) -> Rubric:
        """What a question is graded by, or the version a content hash names; UnknownRubric where there is none."""
        version = await self.version(tenant, name)
        if version is not None:
            return version.rubric
        try:
            found = self.bank.by_hash(name) if name.startswith(HASH) else self.bank.rubric(name)
        except UnknownQuestion:
            raise UnknownRubric(name) from None
        return found

    async def of_question(self, tenant: str, question_id: str) -> Rubric:
        """What a question is graded by: the tenant's published version, else the bank's; UnknownQuestion."""
        version = await self.store.published(tenant, question_id)
        return version.rubric if version else self.bank.rubric(question_id)

    async def questions(
        self,
        tenant: str,
        *,
        category: str | None = None,
        difficulty: Difficulty | None = None,
        text: str | None = None,
    ) -> tuple[Question, ...]:
        """Every question that `of_question` knows and that fits the filters of `Bank.questions`, by id."""
        published = [version.rubric.question for version in await self.store.in_state(tenant, State.PUBLISHED)]
        known = {question.id: question for question in (*self.bank.questions(), *published)}
        return tuple(known[name] for name in sorted(known) if fits(known[name], category, difficulty, text))

    async def version(self, tenant: str, name: str) -> RubricVersion | None:
        """The version a content hash names, or a question's published one; None where only the bank may have it."""
        if name.startswith(HASH):
            return await self.store.find(tenant, name)
        return await self.store.published(tenant, name)

    async def draft(
        self, tenant: str, rubric: Rubric, *, made_by: str | None = None, note: str | None = None
    ) -> RubricVersion:
        """The rubric as the next version of its question, rulings that wait included; the same content is kept once."""
        rulings = await self._waiting(tenant, rubric)
        version = await self._kept(tenant, with_rulings(rubric, rulings), made_by, note)
        await self.store.taken_in(tenant, [ruling.id for ruling in rulings], version.id)
        return version

    async def _kept(self, tenant: str, rubric: Rubric, made_by: str | None, note: str | None) -> RubricVersion:
        """The version of this content; where somebody takes its number meanwhile, one with the next."""
        for tries_left in (2, 1, 0):
            before = await self.store.versions(tenant, rubric.question.id)
            version = drafted(rubric, before, self.now(), made_by=made_by, note=note)
            if version in before:
                break
            try:
                await self.store.keep(tenant, version)
                break
            except AlreadyStored:
                if not tries_left:
                    raise
        return version

    async def publish(
        self,
        tenant: str,
        rubric: Rubric,
        *,
        judge: str | None = None,
        made_by: str | None = None,
        note: str | None = None,
    ) -> Publication:
        """Check a rubric, keep it, and let its question be graded by it; RubricRefused where it has faults."""
        whole = with_rulings(rubric, await self._waiting(tenant, rubric))
        report = await self.check(tenant, whole, judge)
        if not report.passed:
            raise RubricRefused(report)
        version = await self.draft(tenant, whole, made_by=made_by, note=note)
        return Publication(await self._moved(tenant, version.id, State.PUBLISHED, made_by), report)

    async def check(
        self, tenant: str, rubric: Rubric, judge: str | None = None, *, each_point: bool = True
    ) -> CheckReport:
        """What can be found in a rubric; the bank lends the answers to other questions."""
        others = await asyncio.to_thread(self._others)
        tried = await asyncio.to_thread(lambda: list(answers_tried(rubric, others, each_point=each_point)))
        requests = [Request(rubric, answer, judge, coached=False) for answer in tried]
        with on_behalf_of(Subject(tenant)):
            async with self.lending(tenant, self.grader, requests) as grader:
                return await check_rubric(grader, rubric, judge, others=others, each_point=each_point)

    async def move(self, tenant: str, version_id: str, state: State, *, moved_by: str | None = None) -> RubricVersion:
        """Retire a published version, or bring a retired one back; UnknownRubric, WrongState for anything else.

        A draft gets published by `publish`, which checks it.
        """
        version = await self.store.find(tenant, version_id)
        if version is not None and version.state is State.DRAFT and state is State.PUBLISHED:
            raise WrongState(version_id, version.state, state)
        return await self._moved(tenant, version_id, state, moved_by)

    async def _moved(self, tenant: str, version_id: str, state: State, moved_by: str | None) -> RubricVersion:
        """The version in this state, with the move in the log; where it is in it already, nothing happens."""
        async with self.together(tenant):
            version = await self.store.find(tenant, version_id)
            if version is None:
                raise UnknownRubric(version_id)
            replaced = await self.store.published(tenant, version.question_id)
            moved = await self.store.move(tenant, version_id, state, self.now())
            if moved is not None and moved.state is not version.state:
                facts = {"question": version.question_id, "number": str(version.number)}
                if replaced is not None and state is State.PUBLISHED:
                    facts["replaces"] = replaced.id
                await self.audit.append(tenant, Event(moved_by or NOBODY, _LOGGED[state], version_id, facts))
        return moved or version

    async def rule(  # noqa: PLR0913 - what was ruled on what, whose, and under which id
        self,
        tenant: str,
        name: str,
        key_point_id: str,
        ruling: Ruling,
        *,
        ruled_by: str | None = None,
        ruling_id: str | None = None,
    ) -> PointRuling:
        """Keep a ruling for the next version; UnknownRubric, UnknownKeyPoint where there is nothing to rule on.

        Under a `ruling_id` that an earlier try has kept already nothing is kept twice.
        """
        rubric = await self.rubric(tenant, name)
        given = PointRuling(
            id=ruling_id or self.new_id(),
            question_id=rubric.question.id,
            key_point_id=key_point_id,
            ruling=ruling,
            ruled_at=self.now(),
            ruled_by=ruled_by,
        )
        with_rulings(rubric, (given,))
        facts = {"rubric": rubric.content_hash, "key_point": key_point_id, "counts_as": ruling.counts_as.value}
        try:
            async with self.together(tenant):
                await self.store.rule(tenant, given)
                await self.audit.append(tenant, Event(ruled_by or NOBODY, Action.RULED, given.id, facts))
        except AlreadyStored:
            if ruling_id is None:
                raise
        return given

    async def preview(
        self, tenant: str, name: str, new: Rubric, *, pass_mark: float | None = None, judge: str | None = None
    ) -> Preview:
        """What `new` would do to the grades stored under the named version.

        With a `judge` the points whose wording changed are judged anew, once an answer, where answers are kept.
        """
        old = await self.rubric(tenant, name)
        grades = await self.store.graded(tenant, old.content_hash)
        asked = to_judge(old, new) if judge is not None else ()
        anew = await self._anew(tenant, new, grades, asked, judge) if asked else None
        return await asyncio.to_thread(preview, old, new, grades, pass_mark=pass_mark, anew=anew)

    async def _anew(
        self, tenant: str, rubric: Rubric, grades: Sequence[GivenGrade], asked: tuple[str, ...], judge: str | None
    ) -> Anew:
        """Labels of the asked points by grade, where its answer is kept; a candidate's same answer is judged once."""
        answers = {grade.id: given for grade in grades if (given := await self._answer(tenant, grade.id)) is not None}
        different = tuple(dict.fromkeys(answers.values()))
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def labels(grader: Grader, given: _Given) -> dict[str, Label]:
            async with turns:
                with on_behalf_of(Subject(tenant, given.candidate_ref)):
                    verdicts = await grader.verdicts(rubric, given.answer, asked, judge)
            return {verdict.key_point_id: verdict.label for verdict in verdicts}

        requests = [Request(rubric, given.answer, judge, coached=False) for given in different]
        async with self.lending(tenant, self.grader, requests) as grader:
            judged = await asyncio.gather(*(labels(grader, given) for given in different))
        found = dict(zip(different, judged, strict=True))
        return Anew({grade_id: found[given] for grade_id, given in answers.items()}, len(different))

    async def _answer(self, tenant: str, grade_id: str) -> _Given | None:
        """The answer a grade was made from, None where it was not kept or has been erased."""
        basis = await self.bases.find(tenant, grade_id) if self.bases else None
        answer = json.loads(basis.request).get("answer") if basis else None
        return _Given(basis.candidate_ref, answer) if basis and isinstance(answer, str) else None

    async def _waiting(self, tenant: str, rubric: Rubric) -> tuple[PointRuling, ...]:
        """The rulings that wait and are about points this rubric has; a point that is gone needs none."""
        points = {point.id for point in rubric.key_points}
        waiting = await self.store.pending(tenant, rubric.question.id)
        return tuple(ruling for ruling in waiting if ruling.key_point_id in points)

    def _others(self) -> tuple[Rubric, ...]:
        return tuple(self.bank.rubric(question.id) for question in self.bank.questions())
