"""What every RubricStore promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlGradeStore, SqlRubricStore
from grader.domain import Label
from grader.errors import AlreadyStored
from grader.fakes import FakeGradeStore, FakeJudge, FakeRubricStore
from grader.grading import Grader, Request
from grader.ports import GradeStore, Place, RubricStore
from rubrics.errors import WrongState
from rubrics.model import KeyPoint, Question, Rubric, Ruling
from rubrics.versions import RubricVersion, State, drafted
from rubrics.versions.rulings import PointRuling

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Kept:
    """A store of rubrics, and the store of grades beside it."""

    rubrics: RubricStore
    grades: GradeStore


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def kept(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> Kept:
    """Each store in turn, empty."""
    if request.param == "fake":
        grades = FakeGradeStore()
        return Kept(FakeRubricStore(grades), grades)
    database = await open_database(request.param)
    return Kept(SqlRubricStore(database), SqlGradeStore(database))


@pytest.fixture
def store(kept: Kept) -> RubricStore:
    """The store of rubrics."""
    return kept.rubrics


def rubric(text: str = "The moon pulls — “nur w” 🌙.", question: str = "tides") -> Rubric:
    return Rubric(
        question=Question(id=question, title="Tides", text="Why?"), key_points=(KeyPoint(id="k1", text=text),)
    )


async def added(store: RubricStore, *texts: str, tenant: str = "one", question: str = "tides") -> list[RubricVersion]:
    versions: list[RubricVersion] = []
    for text in texts:
        version = drafted(rubric(text, question), versions, NOON, made_by="me", note="better")
        await store.keep(tenant, version)
        versions.append(version)
    return versions


def ruling(number: int, said: str = "lunar attraction") -> PointRuling:
    return PointRuling(
        id=f"r{number}",
        question_id="tides",
        key_point_id="k1",
        ruling=Ruling(said=said),
        ruled_at=NOON + timedelta(minutes=number),
    )


async def test_a_version_is_found_as_it_was_kept(store: RubricStore) -> None:
    first, second = await added(store, "One.", "Two.")
    assert await store.find("one", first.id) == first
    assert await store.versions("one", "tides") == (second, first)
    assert await store.in_state("one", State.DRAFT) == (second, first)


async def test_content_and_number_are_kept_once(store: RubricStore) -> None:
    (first,) = await added(store, "One.")
    with pytest.raises(AlreadyStored):
        await store.keep("one", first)
    with pytest.raises(AlreadyStored):
        await store.keep("one", drafted(rubric("Two."), [], NOON))
    assert await store.versions("one", "tides") == (first,)


async def test_publishing_a_version_retires_the_one_before(store: RubricStore) -> None:
    first, second = await added(store, "One.", "Two.")
    later = NOON + timedelta(days=1)
    await store.move("one", first.id, State.PUBLISHED, NOON)
    moved = await store.move("one", second.id, State.PUBLISHED, later)
    assert moved == second.moved(State.PUBLISHED, later)
    assert [(each.number, each.state, each.changed_at) for each in await store.versions("one", "tides")] == [
        (2, State.PUBLISHED, later),
        (1, State.RETIRED, later),
    ]
    assert await store.in_state("one", State.PUBLISHED) == (moved,)
    assert await store.published("one", "tides") == moved


async def test_versions_in_a_state_are_paged_the_last_to_get_there_first(store: RubricStore) -> None:
    ids = []
    for minute, question in ((2, "a"), (1, "b"), (2, "c")):
        (version,) = await added(store, "One.", question=question)
        await store.move("one", version.id, State.PUBLISHED, NOON + timedelta(minutes=minute))
        ids.append(version.id)
    expected = [*sorted((ids[0], ids[2]), reverse=True), ids[1]]
    first = await store.page("one", State.PUBLISHED, limit=2)
    rest = await store.page("one", State.PUBLISHED, limit=2, after=Place(first[-1].changed_at, first[-1].id))
    assert [each.id for each in (*first, *rest)] == expected
    assert await store.page("two", State.PUBLISHED, limit=2) == ()


async def test_questions_are_published_independently(store: RubricStore) -> None:
    for question in ("tides", "wind"):
        (version,) = await added(store, "One.", question=question)
        await store.move("one", version.id, State.PUBLISHED, NOON)
    assert [each.question_id for each in await store.in_state("one", State.PUBLISHED)] == ["tides", "wind"]


async def test_a_retired_version_can_be_brought_back_and_a_published_one_is_no_draft_again(store: RubricStore) -> None:
    (first,) = await added(store, "One.")
    for state in (State.PUBLISHED, State.RETIRED, State.PUBLISHED, State.PUBLISHED):
        moved = await store.move("one", first.id, state, NOON)
        assert moved is not None
        assert moved.state is state
    with pytest.raises(WrongState):
        await store.move("one", first.id, State.DRAFT, NOON)


@pytest.mark.parametrize("name", ["", "nobody", "\0", "' OR 1=1 --"])
async def test_an_unknown_name_finds_nothing(store: RubricStore, name: str) -> None:
    await added(store, "One.")
    assert await store.find("one", name) is None
    assert await store.move("one", name, State.PUBLISHED, NOON) is None
    assert await store.published("one", name) is None
    assert (await store.versions("one", name), await store.pending("one", name)) == ((), ())
    assert await store.graded("one", name) == ()


async def test_rulings_wait_until_a_version_takes_them_in(store: RubricStore) -> None:
    (version,) = await added(store, "One.")
    for number in (2, 1):
        await store.rule("one", ruling(number))
    with pytest.raises(AlreadyStored):
        await store.rule("one", ruling(1))
    assert await store.pending("one", "tides") == (ruling(1), ruling(2))
    await store.taken_in("one", ["r1"], version.id)
    assert await store.pending("one", "tides") == (ruling(2),)


async def test_the_verdicts_under_a_version_are_those_of_its_grades(kept: Kept) -> None:
    grader = Grader({"fake": FakeJudge({"k1": Label.COVERED})}, "fake")
    grade = await grader.grade(Request(rubric(), "The moon does it."))
    other = await grader.grade(Request(rubric("Two."), "The moon does it."))
    for each in (grade, other):
        await kept.grades.save("one", each)
    (given,) = await kept.rubrics.graded("one", rubric().content_hash)
    assert (given.id, given.score, given.passed) == (grade.id, 1.0, None)
    assert [(point.key_point_id, point.verdict) for point in given.points] == [("k1", Label.COVERED)]
    assert given.provenance.policy == grade.provenance.policy


async def test_no_tenant_sees_or_changes_what_is_anothers(kept: Kept) -> None:
    (first,) = await added(kept.rubrics, "One.")
    await kept.rubrics.rule("one", ruling(1))
    grade = await Grader({"fake": FakeJudge()}, "fake").grade(Request(rubric("One."), "The moon does it."))
    await kept.grades.save("one", grade)
    assert await kept.rubrics.find("two", first.id) is None
    assert await kept.rubrics.move("two", first.id, State.PUBLISHED, NOON) is None
    await kept.rubrics.move("one", first.id, State.PUBLISHED, NOON)
    assert await kept.rubrics.published("two", "tides") is None
    await kept.rubrics.move("one", first.id, State.RETIRED, NOON)
    await kept.rubrics.taken_in("two", ["r1"], first.id)
    assert await kept.rubrics.pending("two", "tides") == ()
    assert (await kept.rubrics.versions("two", "tides"), await kept.rubrics.in_state("two", State.DRAFT)) == ((), ())
    assert await kept.rubrics.graded("two", first.id) == ()
    assert await added(kept.rubrics, "One.", tenant="two") == [first]
    assert await kept.rubrics.find("one", first.id) == first.moved(State.PUBLISHED, NOON).moved(State.RETIRED, NOON)
    assert await kept.rubrics.pending("one", "tides") == (ruling(1),)
