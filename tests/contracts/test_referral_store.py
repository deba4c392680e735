"""What every ReferralStore promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlReferralStore
from grader.fakes import FakeReferralStore
from grader.ports import Place, ReferralFilter, ReferralStore
from grader.referral import Reason, Referral

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPEN, SETTLED = ReferralFilter(), ReferralFilter(is_open=False)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> ReferralStore:
    """Each store in turn, empty."""
    return FakeReferralStore() if request.param == "fake" else SqlReferralStore(await open_database(request.param))


def referral(grade_id: str, *reasons: Reason, minutes: int = 0, question_id: str = "q") -> Referral:
    since = NOON + timedelta(minutes=minutes)
    return Referral(grade_id, question_id, reasons or (Reason.LOW_CONFIDENCE,), since)


async def test_those_that_wait_the_longest_come_first_page_by_page(store: ReferralStore) -> None:
    waiting = [referral(f"g{n}", minutes=n // 2) for n in range(5)]
    for each in reversed(waiting):
        await store.refer("one", each)
    first = await store.page("one", OPEN, limit=3)
    rest = await store.page("one", OPEN, limit=3, after=Place(first[-1].since, first[-1].grade_id))
    assert [*first, *rest] == waiting


async def test_the_queue_can_be_narrowed_to_a_reason_and_a_question(store: ReferralStore) -> None:
    both = referral("g1", Reason.APPEAL, Reason.SAMPLE)
    other = referral("g2", Reason.SAMPLE, minutes=1, question_id="r")
    for each in (both, other):
        await store.refer("one", each)
    assert await store.page("one", ReferralFilter(reason=Reason.APPEAL), limit=9) == (both,)
    assert await store.page("one", ReferralFilter(reason=Reason.SAMPLE), limit=9) == (both, other)
    assert await store.page("one", ReferralFilter(question_id="r"), limit=9) == (other,)
    waiting = await store.waiting("one")
    assert {reason: waiting[reason] for reason in waiting} == {Reason.APPEAL: 1, Reason.SAMPLE: 2}


async def test_the_queue_can_be_narrowed_to_the_grades_of_a_batch(store: ReferralStore) -> None:
    for grade_id in ("b1.0.1", "b10.0.1", "b_.0.1", "g1"):
        await store.refer("one", referral(grade_id))
    assert [each.grade_id for each in await store.page("one", ReferralFilter(batch_id="b1"), limit=9)] == ["b1.0.1"]
    assert [each.grade_id for each in await store.page("one", ReferralFilter(batch_id="b_"), limit=9)] == ["b_.0.1"]


async def test_of_many_grades_those_are_named_that_a_person_has_settled(store: ReferralStore) -> None:
    for grade_id in ("g1", "g2", "g3"):
        await store.refer("one", referral(grade_id))
    for grade_id in ("g1", "g2"):
        await store.settle("one", grade_id, "ann", NOON)
    await store.refer("one", referral("g2", Reason.APPEAL))
    asked = [f"g{number}" for number in range(1_000)]
    assert await store.settled("one", asked) == {"g1"}
    assert [await store.settled(*asking) for asking in (("one", ["g3"]), ("one", []), ("two", asked))] == [set()] * 3


async def test_what_is_settled_of_a_batch_is_found_by_the_batch(store: ReferralStore) -> None:
    for grade_id in ("b_1.0.1", "b_1.1.1", "bx1.0.1", "b_10.0.1", "g1"):
        await store.refer("one", referral(grade_id))
        if grade_id != "b_1.1.1":
            await store.settle("one", grade_id, "ann", NOON)
    assert await store.settled_of("one", "b_1") == {"b_1.0.1"}
    assert await store.settled_of("two", "b_1") == frozenset()


async def test_the_queue_can_leave_out_some_grades(store: ReferralStore) -> None:
    for number in range(3):
        await store.refer("one", referral(f"g{number}", minutes=number))
    rest = await store.page("one", ReferralFilter(without=frozenset({"g0", "g2", "gone"})), limit=9)
    assert rest == (referral("g1", minutes=1),)


async def test_reasons_join_those_of_a_referral_that_waits(store: ReferralStore) -> None:
    await store.refer("one", referral("g1", Reason.LOW_CONFIDENCE))
    await store.refer("one", referral("g1", Reason.APPEAL, minutes=5))
    found = await store.find("one", "g1")
    assert found == referral("g1", Reason.APPEAL, Reason.LOW_CONFIDENCE)


async def test_of_many_at_once_those_are_kept_that_nobody_referred_before(store: ReferralStore) -> None:
    await store.refer("one", referral("g1", Reason.APPEAL))
    await store.add("one", [referral("g1"), referral("g2", minutes=1), referral("g2", Reason.SAMPLE)])
    found = await store.page("one", OPEN, limit=9)
    assert found == (referral("g1", Reason.APPEAL), referral("g2", minutes=1))
    assert await store.page("two", OPEN, limit=9) == ()


async def test_what_is_settled_waits_no_longer_until_it_is_referred_anew(store: ReferralStore) -> None:
    await store.refer("one", referral("g1"))
    at = NOON + timedelta(hours=1)
    assert await store.settle("one", "g1", "ann", at)
    assert not await store.settle("one", "g1", "bob", at)
    assert await store.page("one", OPEN, limit=9) == ()
    assert await store.page("one", SETTLED, limit=9) == (replace(referral("g1"), settled_at=at, settled_by="ann"),)
    again = referral("g1", Reason.APPEAL, minutes=90)
    await store.refer("one", again)
    assert await store.page("one", OPEN, limit=9) == (again,)


async def test_referrals_of_some_grades_can_be_erased(store: ReferralStore) -> None:
    for grade_id in ("g1", "g2"):
        await store.refer("one", referral(grade_id))
    assert await store.erase("one", ["g1", "nothing"]) == 1
    assert [await store.find("one", grade_id) for grade_id in ("g1", "g2")] == [None, referral("g2")]


async def test_no_tenant_sees_or_changes_anothers(store: ReferralStore) -> None:
    await store.refer("one", referral("g1"))
    assert await store.find("two", "g1") is None
    assert await store.page("two", OPEN, limit=9) == ()
    assert not await store.waiting("two")
    assert not await store.settle("two", "g1", "eve", NOON)
    assert await store.erase("two", ["g1"]) == 0
    assert await store.find("one", "g1") == referral("g1")


async def test_what_cannot_be_an_id_is_not_found(store: ReferralStore) -> None:
    assert [await store.find("one", unknown) for unknown in ("", "g", "\0")] == [None] * 3
