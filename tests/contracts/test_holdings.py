"""How a grade stands, asked of the fakes and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from grader.adapters.sql import Database, SqlGradeStore, SqlHoldings, SqlPendingGrades, SqlReferralStore, SqlReviewStore
from grader.fakes import FakeGradeStore, FakeHoldings, FakePendingGrades, FakeReferralStore, FakeReviewStore
from grader.ports import (
    GradeStore,
    Holding,
    Holdings,
    PendingGrade,
    PendingGrades,
    PendingState,
    ReferralStore,
    ReviewStore,
)
from grader.referral import Reason, Referral
from grader.review import Appeal, AppealReason
from tests.grader.adapters.sql.examples import grade

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROMISE = PendingGrade(
    "g-1", "DL0028", "sha256:" + "0" * 64, "c-1", NOON, NOON, "{}", state=PendingState.RUNNING, tries=2
)
APPEAL = Appeal(
    id="a-1",
    grade_id="g-1",
    number=1,
    key_point_id="k1",
    reason=AppealReason.OTHER,
    text="Look again.",
    made_by="local",
    made_at=NOON,
)


@dataclass(frozen=True)
class Stores:
    """The stores that say how grades stand."""

    holdings: Holdings
    grades: GradeStore
    pending: PendingGrades
    reviews: ReviewStore
    referrals: ReferralStore


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> Stores:
    """Those of each kind in turn, empty."""
    if request.param == "fake":
        fakes = FakeGradeStore(), FakePendingGrades(), FakeReviewStore(), FakeReferralStore()
        return Stores(FakeHoldings(*fakes), *fakes)
    database = await open_database(request.param)
    kept = SqlGradeStore, SqlPendingGrades, SqlReviewStore, SqlReferralStore
    return Stores(SqlHoldings(database), *(store(database) for store in kept))


async def test_what_is_neither_kept_nor_promised_does_not_stand_at_all(stores: Stores) -> None:
    assert await stores.holdings.find("one", "g-1") == Holding()
    assert await stores.holdings.find("one", "\0") == Holding()


async def test_a_promise_is_found_as_it_was_by_its_tenant_only(stores: Stores) -> None:
    await stores.pending.add("one", PROMISE)
    assert await stores.holdings.find("one", "g-1") == Holding(pending=PROMISE)
    assert await stores.holdings.find("two", "g-1") == Holding()


async def test_a_kept_grade_is_found_with_whether_anybody_spoke_of_it_by_its_tenant_only(stores: Stores) -> None:
    await stores.grades.save("one", grade("g-1"))
    assert await stores.holdings.find("one", "g-1") == Holding(grade("g-1"))
    await stores.reviews.appeal("one", APPEAL)
    assert await stores.holdings.find("one", "g-1") == Holding(grade("g-1"), discussed=True)
    assert await stores.holdings.find("two", "g-1") == Holding()


async def test_a_grade_that_a_person_was_content_with_is_one_that_somebody_spoke_of(stores: Stores) -> None:
    await stores.grades.save("one", grade("g-1"))
    await stores.referrals.refer("one", Referral("g-1", "DL0028", (Reason.DOUBTFUL,), NOON))
    assert await stores.holdings.find("one", "g-1") == Holding(grade("g-1"))
    await stores.referrals.settle("one", "g-1", "ann", NOON)
    assert await stores.holdings.find("one", "g-1") == Holding(grade("g-1"), discussed=True)
