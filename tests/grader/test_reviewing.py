"""What people decide, what is held about candidates, and the log that says so; over fakes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from grader.audit import Action, Anchor, Break, Event
from grader.domain import Grade, Label
from grader.errors import AlreadyStored
from grader.fakes import (
    FakeIdempotencyStore,
    FakeReviewStore,
    completion,
)
from grader.grading import Request
from grader.keeping import request_of
from grader.ports import PendingGrade, Subject
from grader.review import AppealReason, AppealState, OverrideReason
from grader.reviewing import (
    Answered,
    AppealClosed,
    EvidenceElsewhere,
    Objection,
    UnknownAppeal,
    UnknownKeyPoint,
    Verdict,
)
from rubrics.bank import Bank
from rubrics.model import Span
from tests.grader.house import ANN, ANSWER, BOB, NOON, SECRETS, House


@pytest.fixture
def house() -> House:
    return House()


def verdict(key: str = "k2", label: Label = Label.COVERED, *spans: Span) -> Verdict:
    return Verdict(key, label, OverrideReason.EVIDENCE_MISSED, "note-4711", spans)


def objection(key: str = "k2") -> Objection:
    return Objection(key, AppealReason.COVERED, "appeal-0815")


async def test_a_grade_is_kept_with_what_it_was_made_from_and_an_entry(house: House) -> None:
    grade = await house.graded()
    basis = await house.bases.find("acme", "g1")
    assert basis is not None
    assert request_of(basis).answer == ANSWER
    (entry,) = await house.audit.page("acme", after=0, limit=10)
    said = entry.read()
    assert (said["actor"], said["action"], said["subject"]) == ("key-1", Action.GRADED, "g1")
    assert said["facts"]["score"] == str(grade.score)  # type: ignore[index]


async def test_an_override_changes_the_outcome_and_not_the_grade(house: House) -> None:
    grade = await house.graded()
    review = await house.reviewer.override(ANN, grade, verdict(), "o1")
    assert review.outcome.verdicts["k2"] is Label.COVERED
    assert (review.outcome.score or 0) > (grade.score or 0)
    assert await house.grades.find("acme", "g1") == grade
    assert await house.actions() == ["graded", "overridden"]


async def test_evidence_of_a_person_is_read_from_the_answer_by_code(house: House) -> None:
    grade = await house.graded()
    review = await house.reviewer.override(ANN, grade, verdict("k2", Label.COVERED, Span(start=18, end=24)), "o1")
    assert [item.text for item in review.overrides[0].evidence] == ["window"]
    with pytest.raises(EvidenceElsewhere, match="characters"):
        await house.reviewer.override(ANN, grade, verdict("k2", Label.COVERED, Span(start=18, end=2_000)), "o2")
    await house.bases.erase("acme", ["g1"])
    with pytest.raises(EvidenceElsewhere, match="no longer kept"):
        await house.reviewer.override(ANN, grade, verdict("k2", Label.COVERED, Span(start=0, end=4)), "o3")


async def test_of_two_overrides_in_one_moment_one_is_refused(house: House) -> None:
    grade = await house.graded()
    first = await house.reviewer.override(ANN, grade, verdict(), "o1")
    house.reviews.said["acme", "g1", "Override", 2] = first.overrides[0].model_copy(update={"number": 2})
    stale = FakeReviewStore({("acme", "g1", "Override", 1): first.overrides[0]})
    racing = replace(house.reviewer, reviews=_Stale(house.reviews, stale))  # type: ignore[arg-type]
    with pytest.raises(AlreadyStored):
        await racing.override(BOB, grade, verdict(label=Label.MISSING), "o2")


@dataclass
class _Stale:
    """A review store that reads what was there a moment ago."""

    now: FakeReviewStore
    before: FakeReviewStore

    def __getattr__(self, name: str) -> object:
        return getattr(self.before if name in {"overrides", "appeals"} else self.now, name)


async def test_of_two_objections_in_one_moment_both_are_kept(house: House) -> None:
    grade = await house.graded()
    await asyncio.gather(
        house.reviewer.appeal(ANN, grade, objection("k1"), "a1"),
        house.reviewer.appeal(ANN, grade, objection("k2"), "a2"),
    )
    appeals = await house.reviews.appeals("acme", "g1")
    assert sorted((appeal.number, appeal.key_point_id) for appeal in appeals) == [(1, "k1"), (2, "k2")]


async def test_objections_that_come_first_each_time_are_given_up_on(house: House) -> None:
    grade = await house.graded()
    await house.reviewer.appeal(ANN, grade, objection("k1"), "a1")
    racing = replace(house.reviewer, reviews=_Stale(house.reviews, FakeReviewStore()))  # type: ignore[arg-type]
    with pytest.raises(AlreadyStored):
        await racing.appeal(BOB, grade, objection("k2"), "a2")


async def test_a_point_the_grade_does_not_have_is_refused(house: House) -> None:
    grade = await house.graded()
    with pytest.raises(UnknownKeyPoint):
        await house.reviewer.override(ANN, grade, verdict("k99"), "o1")
    with pytest.raises(UnknownKeyPoint):
        await house.reviewer.appeal(ANN, grade, objection("k99"), "a1")


async def test_an_override_decides_the_open_appeals_of_its_point(house: House) -> None:
    grade = await house.graded()
    await house.reviewer.appeal(ANN, grade, objection("k2"), "a1")
    await house.reviewer.appeal(ANN, grade, objection("k3"), "a2")
    review = await house.reviewer.override(BOB, grade, verdict("k2"), "o1")
    assert [appeal.state for appeal in review.appeals] == [AppealState.CHANGED, AppealState.OPEN]
    assert review.appeals[0].decided_by == "key-bob"


async def test_an_appeal_is_answered_once_and_the_same_answer_may_come_again(house: House) -> None:
    grade = await house.graded()
    await house.reviewer.appeal(ANN, grade, objection(), "a1")
    upheld = Answered(1, AppealState.UPHELD, "answer-1234")
    first = await house.reviewer.answer(BOB, grade, upheld)
    assert first.appeals[0].state is AppealState.UPHELD
    assert await house.reviewer.answer(BOB, grade, upheld) == first
    with pytest.raises(AppealClosed):
        await house.reviewer.answer(BOB, grade, Answered(1, AppealState.WITHDRAWN, "No."))
    with pytest.raises(UnknownAppeal):
        await house.reviewer.answer(BOB, grade, Answered(2, AppealState.UPHELD, "No."))
    assert await house.actions() == ["graded", "appealed", "appeal_decided"]


async def said_everything(house: House) -> Grade:
    grade = await house.graded()
    await house.reviewer.appeal(ANN, grade, objection(), "a1")
    await house.reviewer.answer(BOB, grade, Answered(1, AppealState.UPHELD, "answer-1234"))
    await house.reviewer.override(BOB, grade, verdict("k3", Label.COVERED, Span(start=0, end=len(ANSWER) - 1)), "o1")
    await house.candidates.export(ANN, "candidate-ref-9")
    return grade


async def test_nothing_that_anybody_wrote_stands_in_the_log(house: House) -> None:
    await said_everything(house)
    log = "".join(entry.text for entry in await house.audit.page("acme", after=0, limit=100))
    assert [secret for secret in SECRETS if secret in log] == []


async def test_an_export_holds_everything_that_was_written(house: House) -> None:
    await said_everything(house)
    await house.responses.keep(Subject("acme", "candidate-ref-9"), "key", completion("reply-2222"))
    await house.pending.add("acme", promised("g9"))
    text = (await house.candidates.export(ANN, "candidate-ref-9")).model_dump_json()
    assert [secret for secret in (*SECRETS, "reply-2222", "promised-3333") if secret not in text] == []
    assert (await house.candidates.export(ANN, "somebody else")).grades == ()


def promised(grade_id: str) -> PendingGrade:
    request = Request(Bank().rubric("DL0028"), "promised-3333", candidate_ref="candidate-ref-9")
    asked = TypeAdapter(Request).dump_json(request).decode()
    return PendingGrade(grade_id, "DL0028", "sha256:0", "candidate-ref-9", NOON, NOON, asked)


async def test_an_erasure_leaves_nothing_but_a_chain_that_holds(house: House) -> None:
    await said_everything(house)
    other = await house.graded("g2", ref="somebody else")
    await house.responses.keep(Subject("acme", "candidate-ref-9"), "key", completion("reply-2222"))
    await house.pending.add("acme", promised("g9"))
    erased = await house.candidates.erase(ANN, "candidate-ref-9")
    assert (erased.grades, erased.promised, erased.replies, erased.statements) == (1, 1, 1, 2)
    kept = (house.grades, house.bases, house.reviews, house.responses.replies, house.pending)
    assert [secret for secret in SECRETS[1:] if secret in repr(kept)] == []
    assert await house.bases.find("acme", "g1") is None
    assert await house.grades.find("acme", "g2") == other
    verified = await house.auditor.verify("acme")
    assert (verified.broken, str(verified.head)) == (None, erased.entry)
    assert (await house.actions())[-1] == Action.ERASED


async def test_an_erasure_forgets_the_kept_answers_to_the_requests(house: House) -> None:
    forgotten: list[str] = []

    class Recorder(FakeIdempotencyStore):
        async def forget(self, tenant: str, resource_ids: object) -> None:
            forgotten.extend([tenant, *resource_ids])  # type: ignore[misc]

    house.idempotency = Recorder()
    house.__post_init__()
    await said_everything(house)
    await house.candidates.erase(ANN, "candidate-ref-9")
    assert forgotten == ["acme", "g1", "o1", "a1"]


async def test_grades_expire_in_portions_and_the_chain_holds(house: House) -> None:
    for day in range(3):
        await house.graded(f"g{day}", created_at=NOON - timedelta(days=day))
    before = NOON - timedelta(hours=1)
    assert [await house.candidates.expire("acme", before, limit=1) for _ in range(3)] == [1, 1, 0]
    assert await house.grades.find("acme", "g0") is not None
    assert await house.bases.find("acme", "g1") is None
    assert (await house.auditor.verify("acme")).broken is None
    assert (await house.actions())[-2:] == ["expired", "expired"]


async def test_a_grade_that_was_changed_after_it_was_logged_is_named(house: House) -> None:
    await house.graded("g1")
    grade = await house.graded("g2")
    house.grades.grades["acme", "g2"] = grade.model_copy(update={"score": 1.0})
    assert (await house.auditor.verify("acme")).broken == Break(2, "its grade is not the one that was logged")
    del house.grades.grades["acme", "g2"]
    assert (await house.auditor.verify("acme")).broken == Break(2, "its grade is gone without having been erased")


async def test_a_break_is_found_beyond_the_first_page(house: House) -> None:
    entries = [await house.audit.append("acme", _event()) for _ in range(1_203)]
    assert (await house.auditor.verify("acme")).entries == 1_203
    house.audit.chains["acme"][1_100] = entries[1_099]
    assert (await house.auditor.verify("acme")).broken == Break(1_101, "entry 1101 is missing, 1100 follows")
    broken = (await house.auditor.verify("acme", (Anchor(900, "0" * 64),))).broken
    assert broken == Break(900, "it is not the entry that the anchor names")


def _event() -> Event:
    return Event("local", Action.KEY_CREATED, "key-1")
