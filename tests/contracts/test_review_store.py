"""What every ReviewStore and BasisStore promises, asked of the fakes and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlBasisStore, SqlReviewStore
from grader.domain import Evidence, Label, Status
from grader.errors import AlreadyStored
from grader.fakes import FakeBasisStore, FakeReviewStore
from grader.ports import Basis, BasisStore, ReviewStore
from grader.review import (
    Appeal,
    AppealReason,
    AppealState,
    Outcome,
    Override,
    OverrideReason,
    PointOpinion,
    SecondOpinion,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def reviews(request: pytest.FixtureRequest, open_database: OpenDatabase) -> ReviewStore:
    """Each store in turn, empty."""
    return FakeReviewStore() if request.param == "fake" else SqlReviewStore(await open_database(request.param))


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def bases(request: pytest.FixtureRequest, open_database: OpenDatabase) -> BasisStore:
    """Each store in turn, empty."""
    return FakeBasisStore() if request.param == "fake" else SqlBasisStore(await open_database(request.param))


def override(number: int = 1, grade_id: str = "g1") -> Override:
    return Override(
        id=f"o{number}",
        grade_id=grade_id,
        number=number,
        key_point_id="k1",
        verdict=Label.COVERED,
        reason_code=OverrideReason.EVIDENCE_MISSED,
        note="It is there — “né à” 🪟.",
        evidence=(Evidence(start=0, end=3, text="The"),),
        outcome=Outcome(
            status=Status.GRADED,
            score=1.0,
            score_interval=(1.0, 1.0),
            passed=None,
            verdicts={"k1": Label.COVERED},
            credits={"k1": 1.0},
        ),
        made_by="local",
        made_at=NOON,
    )


def appeal(number: int = 1, grade_id: str = "g1") -> Appeal:
    return Appeal(
        id=f"a{number}",
        grade_id=grade_id,
        number=number,
        key_point_id="k1",
        reason=AppealReason.COVERED,
        text="I said so.",
        made_by="local",
        made_at=NOON,
    )


def decided(number: int = 1, state: AppealState = AppealState.UPHELD) -> Appeal:
    done = {"state": state, "answer": "No.", "decided_by": "k", "decided_at": NOON}
    return appeal(number).model_copy(update=done)


def opinion(grade_id: str = "g1", *, by: str = "ann", minutes: int = 0, question_id: str = "q") -> SecondOpinion:
    said = PointOpinion(key_point_id="k1", verdict=Label.COVERED, machine=Label.MISSING, judged_by="local")
    return SecondOpinion(
        grade_id=grade_id,
        question_id=question_id,
        rubric_hash="sha256:0",
        judge="local",
        points=(said,),
        score=1.0,
        machine_score=None,
        blind=True,
        drawn=False,
        made_by=by,
        made_at=NOON + timedelta(minutes=minutes),
    )


def basis(grade_id: str = "g1") -> Basis:
    return Basis(grade_id, "c-1", NOON, '{"answer": "né à 🪟"}', b"\x00\xff" * 16)


async def test_overrides_come_back_in_order_as_they_were(reviews: ReviewStore) -> None:
    for number in (1, 2):
        await reviews.override("one", override(number))
    assert await reviews.overrides("one", "g1") == (override(1), override(2))
    assert await reviews.overrides("one", "g2") == ()


async def test_of_many_grades_those_that_were_overruled_come_to_their_last_outcome(reviews: ReviewStore) -> None:
    last = override(10).outcome.model_copy(update={"score": 0.5})
    for each in (override(10).model_copy(update={"outcome": last}), override(9), override(grade_id="g2")):
        await reviews.override("one", each)
    await reviews.appeal("one", appeal(grade_id="g3"))
    asked = [f"g{number}" for number in range(1_000)]
    assert await reviews.outcomes("one", asked) == {"g1": last, "g2": override().outcome}
    assert await reviews.outcomes("one", ["g2"]) == {"g2": override().outcome}
    assert (await reviews.outcomes("one", []), await reviews.outcomes("two", asked)) == ({}, {})


async def test_what_the_grades_of_a_batch_were_overruled_to_is_found_by_the_batch(reviews: ReviewStore) -> None:
    last = override(2).outcome.model_copy(update={"score": 0.5})
    await reviews.override("one", override(1, "b_1.0.1"))
    await reviews.override("one", override(2, "b_1.0.1").model_copy(update={"outcome": last}))
    for grade_id in ("bx1.0.1", "b_10.0.1", "g1"):
        await reviews.override("one", override(3, grade_id))
    assert await reviews.overruled("one", "b_1") == {"b_1.0.1": last}
    assert await reviews.overruled("two", "b_1") == {}


async def test_of_two_overrides_of_one_number_the_first_stays(reviews: ReviewStore) -> None:
    await reviews.override("one", override())
    with pytest.raises(AlreadyStored):
        await reviews.override("one", override().model_copy(update={"note": "Mine."}))
    assert await reviews.overrides("one", "g1") == (override(),)


async def test_an_appeal_is_decided_once(reviews: ReviewStore) -> None:
    await reviews.appeal("one", appeal())
    assert await reviews.decide("one", decided())
    assert not await reviews.decide("one", decided(state=AppealState.WITHDRAWN))
    assert not await reviews.decide("one", decided(number=2))
    assert await reviews.appeals("one", "g1") == (decided(),)


async def test_of_two_appeals_of_one_number_the_first_stays(reviews: ReviewStore) -> None:
    await reviews.appeal("one", appeal())
    with pytest.raises(AlreadyStored):
        await reviews.appeal("one", appeal())


async def test_a_person_has_one_opinion_of_a_grade_and_two_people_have_two(reviews: ReviewStore) -> None:
    for given in (opinion(), opinion(by="bob", minutes=1)):
        await reviews.opine("one", given)
    with pytest.raises(AlreadyStored):
        await reviews.opine("one", opinion(minutes=2))
    assert await reviews.opinions("one", "g1") == (opinion(), opinion(by="bob", minutes=1))
    assert await reviews.opinions("two", "g1") == ()


async def test_the_latest_opinions_are_listed_and_those_on_one_question(reviews: ReviewStore) -> None:
    given = [opinion(f"g{n}", minutes=n, question_id="q" if n % 2 else "r") for n in range(4)]
    for each in given:
        await reviews.opine("one", each)
    await reviews.opine("two", opinion("g9", minutes=9))
    assert await reviews.latest_opinions("one", limit=2) == (given[3], given[2])
    assert await reviews.latest_opinions("one", limit=9, question_id="q") == (given[3], given[1])


async def test_what_was_said_of_some_grades_can_be_erased(reviews: ReviewStore) -> None:
    for grade_id in ("g1", "g2", "g3"):
        await reviews.override("one", override(grade_id=grade_id))
        await reviews.appeal("one", appeal(grade_id=grade_id))
        await reviews.opine("one", opinion(grade_id))
    assert await reviews.erase("one", ["g1", "g3", "nothing"]) == 6
    assert [len(await reviews.opinions("one", grade_id)) for grade_id in ("g1", "g2", "g3")] == [0, 1, 0]
    assert await reviews.erase("one", []) == 0
    assert [len(await reviews.overrides("one", grade_id)) for grade_id in ("g1", "g2", "g3")] == [0, 1, 0]


async def test_no_tenant_sees_or_changes_what_was_said_at_anothers(reviews: ReviewStore) -> None:
    await reviews.override("one", override())
    await reviews.appeal("one", appeal())
    assert (await reviews.overrides("two", "g1"), await reviews.appeals("two", "g1")) == ((), ())
    assert not await reviews.decide("two", decided())
    assert await reviews.erase("two", ["g1"]) == 0
    assert await reviews.appeals("one", "g1") == (appeal(),)


async def test_a_basis_comes_back_as_it_was_and_is_kept_once(bases: BasisStore) -> None:
    await bases.keep("one", basis())
    with pytest.raises(AlreadyStored):
        await bases.keep("one", basis())
    assert await bases.find("one", "g1") == basis()
    assert [await bases.find("one", unknown) for unknown in ("", "g2", "\0")] == [None] * 3


async def test_a_basis_can_be_erased(bases: BasisStore) -> None:
    await bases.keep("one", basis())
    await bases.keep("one", basis("g2"))
    assert await bases.erase("one", ["g1", "nothing"]) == 1
    assert (await bases.find("one", "g1"), await bases.find("one", "g2")) == (None, basis("g2"))


async def test_no_tenant_sees_or_changes_anothers_basis(bases: BasisStore) -> None:
    await bases.keep("one", basis())
    assert await bases.find("two", "g1") is None
    assert await bases.erase("two", ["g1"]) == 0
    with pytest.raises(AlreadyStored):
        await bases.keep("two", basis())
    assert await bases.find("one", "g1") == basis()


def test_neither_answer_nor_salt_shows_when_a_basis_is_printed() -> None:
    assert "né à" not in repr(basis())
    assert "xff" not in repr(basis())
