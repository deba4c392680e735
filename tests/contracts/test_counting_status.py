"""Lists are filtered by the status that counts once people have spoken, asked of the fakes and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from grader.adapters.sql import Database, SqlGradeStore, SqlReferralStore, SqlReviewStore
from grader.domain import Label, Status
from grader.fakes import FakeGradeStore, FakeReferralStore, FakeReviewStore
from grader.outcome import outcome
from grader.ports import GradeFilter, GradeStore, ReferralStore, ReviewStore
from grader.referral import Reason, Referral
from grader.review import Override, OverrideReason
from tests.grader.adapters.sql.examples import grade

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Stores:
    """Grades, and what people said of them."""

    grades: GradeStore
    reviews: ReviewStore
    referrals: ReferralStore

    async def overrule(self, grade_id: str, number: int, status: Status) -> None:
        """Somebody decides so that the grade comes to this status."""
        come_to = outcome(grade(grade_id)).model_copy(update={"status": status})
        made = Override(
            id=f"{grade_id}-{number}",
            grade_id=grade_id,
            number=number,
            key_point_id="k1",
            verdict=Label.COVERED,
            reason_code=OverrideReason.OTHER,
            note="So it is.",
            outcome=come_to,
            made_by="ann",
            made_at=NOON,
        )
        await self.reviews.override("one", made)

    async def settle(self, grade_id: str) -> None:
        """Somebody looks and is content."""
        await self.referrals.refer("one", Referral(grade_id, "DL0028", (Reason.DOUBTFUL,), NOON))
        await self.referrals.settle("one", grade_id, "ann", NOON)

    async def with_status(self, status: Status | None) -> str:
        """The ids of the grades that are listed, in alphabetical order."""
        found = await self.grades.page("one", GradeFilter(status=status), limit=99)
        return "".join(sorted(each.id for each in found))


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> Stores:
    """Six grades: a to d are for review, e is ungraded, f is graded."""
    if request.param == "fake":
        reviews, referrals = FakeReviewStore(), FakeReferralStore()
        made = Stores(FakeGradeStore(reviews=reviews, referrals=referrals), reviews, referrals)
    else:
        database = await open_database(request.param)
        made = Stores(SqlGradeStore(database), SqlReviewStore(database), SqlReferralStore(database))
    statuses = [Status.NEEDS_REVIEW] * 4 + [Status.UNGRADED, Status.GRADED]
    for name, status in zip("abcdef", statuses, strict=True):
        await made.grades.save("one", grade(name).model_copy(update={"status": status}))
    return made


async def test_while_nobody_has_spoken_the_machines_status_counts(stores: Stores) -> None:
    assert [await stores.with_status(status) for status in (*Status, None)] == ["f", "abcd", "e", "abcdef"]


async def test_what_a_person_was_content_with_is_no_longer_for_review_and_ungraded_stays(stores: Stores) -> None:
    for each in "ae":
        await stores.settle(each)
    assert [await stores.with_status(status) for status in Status] == ["af", "bcd", "e"]
    await stores.referrals.refer("one", Referral("a", "DL0028", (Reason.APPEAL,), NOON))
    assert [await stores.with_status(status) for status in Status] == ["f", "abcd", "e"]


async def test_the_last_override_counts_whatever_was_settled(stores: Stores) -> None:
    await stores.overrule("b", 1, Status.GRADED)
    await stores.overrule("c", 1, Status.GRADED)
    await stores.overrule("c", 2, Status.UNGRADED)
    await stores.settle("c")
    await stores.overrule("e", 1, Status.GRADED)
    assert [await stores.with_status(status) for status in Status] == ["bef", "ad", "c"]


async def test_what_another_tenant_said_counts_nothing(stores: Stores) -> None:
    await stores.referrals.refer("two", Referral("a", "DL0028", (Reason.DOUBTFUL,), NOON))
    await stores.referrals.settle("two", "a", "eve", NOON)
    assert await stores.with_status(Status.NEEDS_REVIEW) == "abcd"
