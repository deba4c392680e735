"""What every GradeStore promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from grader.adapters.sql import Database, SqlGradeStore
from grader.domain import Grade, Label, Status
from grader.errors import AlreadyStored
from grader.fakes import FakeEmbedder, FakeGradeStore, FakeJudge
from grader.grading import Grader, Request
from grader.ports import GradeFilter, GradeStore, Place
from rubrics.bank import Bank

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALL = GradeFilter()


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> GradeStore:
    """Each store in turn, empty."""
    return FakeGradeStore() if request.param == "fake" else SqlGradeStore(await open_database(request.param))


async def new_grade(
    answer: str = "Each token sees a window of neighbours — “nur w” Stück 🪟.", **changed: object
) -> Grade:
    judge = FakeJudge({"k1": Label.COVERED, "k2": Label.UNGRADED})
    grader = Grader({"fake": judge}, "fake", FakeEmbedder())
    grade = await grader.grade(Request(Bank().rubric("DL0028"), answer, candidate_ref="c-1"))
    return grade.model_copy(update=changed)


async def saved(store: GradeStore, tenant: str = "one", **changed: object) -> Grade:
    grade = await new_grade(**changed)
    await store.save(tenant, grade)
    return grade


async def test_what_was_saved_is_found_as_it_was(store: GradeStore) -> None:
    grade = await saved(store)
    assert await store.find("one", grade.id) == grade


@pytest.mark.parametrize("grade_id", ["", "nobody", "\0", "' OR 1=1 --", "x" * 10_000])
async def test_an_unknown_id_finds_nothing(store: GradeStore, grade_id: str) -> None:
    await saved(store)
    assert await store.find("one", grade_id) is None


async def test_an_id_is_kept_once_and_the_first_grade_stays(store: GradeStore) -> None:
    first = await saved(store)
    with pytest.raises(AlreadyStored):
        await store.save("one", first.model_copy(update={"candidate_ref": "somebody else"}))
    with pytest.raises(AlreadyStored):
        await store.save("two", first)
    assert await store.find("one", first.id) == first


async def test_grades_saved_at_the_same_time_are_all_kept(store: GradeStore) -> None:
    grades = [await new_grade() for _ in range(8)]
    await asyncio.gather(*(store.save("one", grade) for grade in grades))
    assert await asyncio.gather(*(store.find("one", grade.id) for grade in grades)) == grades


async def test_one_id_saved_at_the_same_time_is_kept_once(store: GradeStore) -> None:
    grade = await new_grade()
    outcomes = await asyncio.gather(*(store.save("one", grade) for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] == [AlreadyStored] * 3


async def test_a_grade_names_the_one_it_replaces(store: GradeStore) -> None:
    old = await saved(store)
    new = await saved(store, regrade_of=old.id)
    assert await store.find("one", new.id) == new
    assert await store.find("one", old.id) == old


async def test_no_tenant_sees_lists_or_erases_what_is_anothers(store: GradeStore) -> None:
    mine, theirs = await saved(store, "one"), await saved(store, "two")
    assert await store.find("two", mine.id) is None
    assert await store.page("two", ALL, limit=10) == (theirs,)
    assert await store.erase("two", "c-1") == (theirs.id,)
    assert await store.find("one", mine.id) == mine


async def test_the_newest_grades_come_first_page_by_page_and_each_once(store: GradeStore) -> None:
    # Three share a moment: only the id tells them apart.
    times = [NOON, NOON, NOON, NOON - timedelta(microseconds=1), NOON + timedelta(hours=1)]
    grades = [await saved(store, created_at=time) for time in times]
    seen: list[Grade] = []
    while page := await store.page(
        "one", ALL, limit=2, after=Place(seen[-1].created_at, seen[-1].id) if seen else None
    ):
        seen += page
    assert seen == sorted(grades, key=lambda grade: (grade.created_at, grade.id), reverse=True)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ALL, {"a", "b", "c"}),
        (GradeFilter(question_id="DL0028"), {"b", "c"}),
        (GradeFilter(status=Status.UNGRADED), {"c"}),
        (GradeFilter(candidate_ref="c-2"), {"a", "b"}),
        (GradeFilter(candidate_ref="c-2", question_id="DL0028"), {"b"}),
        (GradeFilter(candidate_ref="' OR 1=1 --"), set()),
        (GradeFilter(since=NOON), {"b", "c"}),
        (GradeFilter(since=datetime(2026, 11, 21, 14, tzinfo=timezone(timedelta(hours=1)))), {"c"}),
        (GradeFilter(since=NOON + timedelta(days=1)), set()),
    ],
)
async def test_only_the_wanted_grades_are_listed(store: GradeStore, wanted: GradeFilter, found: set[str]) -> None:
    graded = {"status": Status.GRADED, "candidate_ref": "c-2"}
    await saved(store, id="a", question_id="other", created_at=NOON - timedelta(hours=1), **graded)
    await saved(store, id="b", created_at=NOON, **graded)
    await saved(store, id="c", created_at=NOON + timedelta(hours=1), status=Status.UNGRADED, candidate_ref=None)
    assert {grade.id for grade in await store.page("one", wanted, limit=10)} == found


async def test_erasing_a_candidate_leaves_the_others(store: GradeStore) -> None:
    gone, stays = await saved(store), await saved(store, candidate_ref="c-2")
    unnamed = await saved(store, candidate_ref=None)
    assert await store.erase("one", "c-1") == (gone.id,)
    assert await store.erase("one", "c-1") == ()
    assert {grade.id for grade in await store.page("one", ALL, limit=10)} == {stays.id, unnamed.id}


async def test_the_oldest_grades_are_found_first_and_can_be_removed(store: GradeStore) -> None:
    days = [await saved(store, created_at=NOON + timedelta(days=day)) for day in (2, 0, 1)]
    assert await store.older("one", NOON + timedelta(days=2), limit=10) == (days[1], days[2])
    assert await store.older("one", NOON + timedelta(days=9), limit=1) == (days[1],)
    assert await store.older("two", NOON + timedelta(days=9), limit=10) == ()
    assert await store.remove("two", [days[0].id]) == 0
    assert await store.remove("one", [days[1].id, "nothing"]) == 1
    assert await store.older("one", NOON + timedelta(days=9), limit=10) == (days[2], days[0])
