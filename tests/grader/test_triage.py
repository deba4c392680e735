"""Which grades come to a person, what a person says who was not swayed, and when it is done; over fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from grader.access import Principal
from grader.domain import Flag, Label, Status
from grader.errors import AlreadyStored
from grader.fakes import FakeReservationStore
from grader.ports import ReferralFilter, Reservation
from grader.referral import Reason, Referral, is_drawn, reasons_of
from grader.review import AppealReason, AppealState, OverrideReason
from grader.reviewing import Answered, Objection, Verdict
from grader.triage import RESERVED_FOR, AppealsOpen, NotAsked, Triage
from tests.grader.house import ANN, BOB, NOON, House

ALL = {f"k{n}": Label.MISSING for n in range(1, 6)}


@pytest.fixture
def house() -> House:
    return House()


def triage_of(house: House, passed: timedelta = timedelta()) -> Triage:
    reviewer = house.reviewer
    kept = house.grades, house.reviews, house.referrals, house.reservations, house.audit
    return Triage(*kept, reviewer.together, lambda: NOON + passed)


@pytest.fixture
def triage(house: House) -> Triage:
    return triage_of(house)


def drawing(house: House) -> House:
    """From now on every grade is drawn."""
    house.keeper = replace(house.keeper, audit_share=1.0)
    return house


@pytest.mark.parametrize(
    ("status", "flags", "reasons"),
    [
        (Status.GRADED, (), ()),
        (Status.GRADED, (Flag.INSTRUCTION,), ()),
        (Status.NEEDS_REVIEW, (Flag.LOW_CONFIDENCE,), (Reason.LOW_CONFIDENCE,)),
        (Status.NEEDS_REVIEW, (Flag.THIN_QUOTE, Flag.JUDGES_DISAGREE), (Reason.DISAGREEMENT, Reason.DOUBTFUL)),
        (Status.NEEDS_REVIEW, (Flag.INSTRUCTION,), (Reason.SUSPECT,)),
        (Status.NEEDS_REVIEW, (), (Reason.DOUBTFUL,)),
        (Status.UNGRADED, (Flag.JUDGE_FAILED,), (Reason.UNGRADED,)),
    ],
)
async def test_a_grade_is_referred_for_what_is_doubtful_in_it(
    house: House, status: Status, flags: tuple[Flag, ...], reasons: tuple[Reason, ...]
) -> None:
    grade = await house.graded(status=status, flags=flags)
    referral = await house.referrals.find("acme", "g1")
    assert (referral.reasons if referral else ()) == reasons == reasons_of(grade, 0.0)


def test_of_many_grades_about_the_share_is_drawn_and_always_the_same() -> None:
    drawn = {grade_id for grade_id in map(str, range(5_000)) if is_drawn(grade_id, 0.1)}
    assert 400 < len(drawn) < 600
    assert drawn == {grade_id for grade_id in map(str, range(5_000)) if is_drawn(grade_id, 0.1)}
    assert drawn < {grade_id for grade_id in map(str, range(5_000)) if is_drawn(grade_id, 0.2)}
    assert (is_drawn("g", 0.0), is_drawn("g", 1.0)) == (False, True)


async def test_the_old_grade_waits_no_longer_when_the_answer_is_graded_again(house: House) -> None:
    await house.graded(status=Status.NEEDS_REVIEW)
    await house.graded("g2", regrade_of="g1")
    assert await house.referrals.find("acme", "g1") is None


async def test_grading_again_keeps_that_a_person_was_content_with_the_old_grade(house: House, triage: Triage) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    await triage.settle(ANN, grade)
    await house.graded("g2", regrade_of="g1")
    assert (await house.reviewer.review("acme", grade)).settled_by == ANN.key_id


async def test_a_grade_that_a_person_was_content_with_is_graded_until_somebody_objects(
    house: House, triage: Triage
) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    (waiting,) = await house.reviewer.listed("acme", [grade])
    assert waiting.outcome is None
    await triage.settle(ANN, grade)
    review = await house.reviewer.review("acme", grade)
    (listed,) = await house.reviewer.listed("acme", [grade])
    assert (review.outcome.status, review.settled_at, listed.outcome) == (Status.GRADED, NOON, review.outcome)
    assert (review.outcome.score, listed.status) == (grade.score, Status.NEEDS_REVIEW)
    await house.reviewer.appeal(BOB, grade, Objection("k2", AppealReason.COVERED, "I said so."), "a1")
    assert (await house.reviewer.review("acme", grade)).outcome.status is Status.NEEDS_REVIEW


@pytest.mark.parametrize(("ref", "reason"), [("practice:local", Reason.FLAGGED), ("ann@x.org", Reason.APPEAL)])
async def test_who_objects_brings_the_grade_back(house: House, triage: Triage, ref: str, reason: Reason) -> None:
    grade = await house.graded(ref=ref)
    await house.reviewer.appeal(ANN, grade, Objection("k2", AppealReason.COVERED, "I said so."), "a1")
    (waiting,) = await triage.queue("acme", ReferralFilter(), limit=9)
    assert (waiting.grade, waiting.referral.reasons) == (grade, (reason,))
    assert await triage.to_judge_blind(BOB, grade) == ("k2",)


async def test_the_sample_is_judged_whole_and_before_the_machine_is_seen(house: House) -> None:
    grade, triage = await drawing(house).graded(), triage_of(house)
    assert await triage.to_judge_blind(ANN, grade) == tuple(ALL)
    with pytest.raises(NotAsked):
        await triage.opine(ANN, grade, {"k1": Label.COVERED}, blind=True)
    with pytest.raises(NotAsked):
        await triage.opine(ANN, grade, {**ALL, "k9": Label.COVERED}, blind=True)
    given = await triage.opine(ANN, grade, {**ALL, "k1": Label.COVERED}, blind=True)
    assert (given.blind, given.drawn, given.score, given.machine_score) == (True, True, grade.score, grade.score)
    assert [(each.verdict, each.machine) for each in given.points[:2]] == [
        (Label.COVERED, Label.COVERED),
        (Label.MISSING, Label.MISSING),
    ]
    assert await triage.to_judge_blind(ANN, grade) == ()
    assert await triage.to_judge_blind(BOB, grade) == tuple(ALL), "another person has not judged yet"
    with pytest.raises(AlreadyStored):
        await triage.opine(ANN, grade, ALL, blind=True)


async def test_what_a_person_is_content_with_is_settled_and_counts_as_their_opinion(
    house: House, triage: Triage
) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    verdict = Verdict("k2", Label.PARTIAL, OverrideReason.EVIDENCE_MISSED, "It is there.")
    await house.reviewer.override(ANN, grade, verdict, "o1")
    assert await triage.settle(ANN, grade)
    assert not await triage.settle(BOB, grade)
    assert await triage.queue("acme", ReferralFilter(), limit=9) == ()
    first, *_ = await house.reviews.opinions("acme", "g1")
    assert (first.blind, first.of("k2"), first.of("k3")) == (False, Label.PARTIAL, Label.MISSING)
    assert await house.actions() == ["graded", "overridden", "opinion_given", "reviewed", "opinion_given"]


async def test_nothing_is_settled_while_an_objection_is_not_answered(house: House, triage: Triage) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    await house.reviewer.appeal(ANN, grade, Objection("k2", AppealReason.COVERED, "I said so."), "a1")
    with pytest.raises(AppealsOpen):
        await triage.settle(BOB, grade)
    await house.reviewer.answer(BOB, grade, Answered(1, AppealState.UPHELD, "You did not."))
    assert await triage.settle(BOB, grade)


async def test_who_judged_a_point_does_not_answer_the_objection_to_it(house: House, triage: Triage) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    verdict = Verdict("k2", Label.MISSING, OverrideReason.EVIDENCE_WRONG, "It is not there.")
    await house.reviewer.override(ANN, grade, verdict, "o1")
    later = replace(house.reviewer, now=lambda: NOON + timedelta(hours=1))
    await later.appeal(BOB, grade, Objection("k2", AppealReason.COVERED, "I said so."), "a1")
    assert [await triage.judged_before(who, grade.id) for who in (ANN, BOB)] == [{"k2"}, set()]
    assert [await goes_to(triage, who) for who in (ANN, BOB)] == [None, "g1"]
    alone = replace(ANN, key_id=None)
    assert await triage.judged_before(alone, grade.id) == set()
    await later.appeal(BOB, grade, Objection("k3", AppealReason.COVERED, "I said so."), "a2")
    assert await triage.judged_before(ANN, grade.id) == {"k2"}, "to the other objection she may speak"


async def test_who_was_content_with_a_grade_has_judged_its_points_and_a_judgement_after_the_objection_is_none_before(
    house: House, triage: Triage
) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    await triage.settle(ANN, grade)
    later = replace(house.reviewer, now=lambda: NOON + timedelta(hours=1))
    await later.appeal(BOB, grade, Objection("k2", AppealReason.COVERED, "I said so."), "a1")
    after = triage_of(house, timedelta(hours=2))
    assert await after.to_judge_blind(BOB, grade) == ("k2",)
    await after.opine(BOB, grade, {"k2": Label.COVERED}, blind=True)
    assert [await triage.judged_before(who, grade.id) for who in (ANN, BOB)] == [{"k2"}, set()]


async def test_after_the_last_one_the_queue_begins_again_at_its_front(house: House, triage: Triage) -> None:
    for grade_id in ("g1", "g2"):
        await house.graded(grade_id, status=Status.NEEDS_REVIEW)
    first = await triage.following(ANN, ReferralFilter(), None)
    second = await triage.following(ANN, ReferralFilter(), first)
    third = await triage.following(ANN, ReferralFilter(), second)
    assert [each and each.grade_id for each in (first, second, third)] == ["g1", "g2", "g1"]
    await house.referrals.settle("acme", "g2", "ann", NOON)
    assert await triage.following(ANN, ReferralFilter(), first) is None


async def goes_to(triage: Triage, who: Principal, last: Referral | None = None) -> str | None:
    """Where the queue leads this person."""
    found = await triage.following(who, ReferralFilter(), last)
    return found.grade_id if found else None


async def test_two_who_start_with_the_oldest_get_two(house: House, triage: Triage) -> None:
    for grade_id in ("g1", "g2"):
        await house.graded(grade_id, status=Status.NEEDS_REVIEW)
    assert [await goes_to(triage, who) for who in (ANN, BOB, ANN, BOB)] == ["g1", "g2", "g1", "g2"]
    assert await goes_to(triage, replace(ANN, key_id="key-cid")) is None, "others are at all that waits"
    second = await house.referrals.find("acme", "g2")
    assert await goes_to(triage, BOB, second) is None
    assert await goes_to(triage, ANN, await house.referrals.find("acme", "g1")) == "g2", "Bob skipped it"


class AtTheSameMoment(FakeReservationStore):
    """Whoever looks what others have sees nothing yet."""

    async def current(self, tenant: str, now: datetime) -> tuple[Reservation, ...]:  # noqa: ARG002 - the port's
        return ()


async def test_who_was_a_moment_later_goes_on_to_the_next(house: House, triage: Triage) -> None:
    for grade_id in ("g1", "g2"):
        await house.graded(grade_id, status=Status.NEEDS_REVIEW)
    racing = replace(triage, reservations=AtTheSameMoment())
    assert [await goes_to(racing, who) for who in (ANN, BOB)] == ["g1", "g2"]


async def test_no_grade_is_lost_to_who_went_away(house: House, triage: Triage) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    assert await goes_to(triage, ANN) == "g1"
    assert [each.by for each in await triage.reserved(BOB)] == ["key-ann"]
    assert await triage.reserved(ANN) == ()
    referral = await house.referrals.find("acme", grade.id)
    assert referral is not None
    nearly, over = (triage_of(house, passed) for passed in (RESERVED_FOR - timedelta(seconds=1), RESERVED_FOR))
    assert await goes_to(nearly, BOB) is None
    assert await goes_to(over, BOB) == "g1"


async def test_who_does_something_keeps_it_for_longer(house: House, triage: Triage) -> None:
    await house.graded(status=Status.NEEDS_REVIEW)
    await goes_to(triage, ANN)
    referral = await house.referrals.find("acme", "g1")
    assert referral is not None
    assert await triage_of(house, RESERVED_FOR / 2).reserve(ANN, referral) is None
    other = await triage_of(house, RESERVED_FOR).reserve(BOB, referral)
    assert other is not None
    assert (other.by, other.until) == ("key-ann", NOON + 1.5 * RESERVED_FOR)


async def test_what_is_finished_is_let_go(house: House, triage: Triage) -> None:
    grade = await house.graded(status=Status.NEEDS_REVIEW)
    await goes_to(triage, ANN)
    await triage.settle(ANN, grade)
    assert house.reservations.kept == {}


async def test_what_is_erased_is_no_longer_waited_for(house: House, triage: Triage) -> None:
    grade = await drawing(house).graded()
    await triage.opine(ANN, grade, ALL, blind=True)
    held = await house.candidates.export(ANN, "candidate-ref-9")
    assert [each.made_by for each in held.grades[0].opinions] == ["key-ann"]
    await house.candidates.erase(ANN, "candidate-ref-9")
    assert (await house.referrals.find("acme", "g1"), await house.reviews.opinions("acme", "g1")) == (None, ())
