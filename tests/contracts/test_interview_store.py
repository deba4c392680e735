"""What every store of interviews promises, asked of the fake and of both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlInterviewStore
from grader.errors import AlreadyStored
from grader.fakes import FakeInterviewStore
from grader.ports import InterviewState, InterviewStore, KeptInterview

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=30)
FIRST = KeptInterview(
    id="i-1",
    version=1,
    state=InterviewState.QUEUED,
    created_at=NOON,
    due_at=NOON,
    commission='{"words": "田中: „ja“ 🪟"}',
    candidate_refs=("c-1", "c-2"),
    made_by="key-1",
)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> InterviewStore:
    """Each store in turn, empty."""
    return FakeInterviewStore() if request.param == "fake" else SqlInterviewStore(await open_database(request.param))


async def test_a_version_is_found_as_it_was_by_its_tenant_only(store: InterviewStore) -> None:
    await store.add("one", FIRST)
    await store.add("one", replace(FIRST, version=2, commission="{}"))
    assert await store.find("one", "i-1", 1) == FIRST
    newest = await store.find("one", "i-1")
    assert newest is not None
    assert newest.version == 2
    assert await store.find("two", "i-1") is None
    assert await store.find("one", "\0") is None


async def test_a_number_is_given_once(store: InterviewStore) -> None:
    await store.add("one", FIRST)
    with pytest.raises(AlreadyStored):
        await store.add("one", FIRST)


async def test_what_is_due_the_longest_is_taken_first_and_held(store: InterviewStore) -> None:
    await store.add("one", replace(FIRST, id="late", due_at=NOON - timedelta(seconds=1)))
    await store.add("two", replace(FIRST, id="early", due_at=NOON - timedelta(seconds=2)))
    first, second = await store.claim(NOON, LATER), await store.claim(NOON, LATER)
    assert first is not None
    assert second is not None
    assert [(first[0], first[1].id), (second[0], second[1].id)] == [("two", "early"), ("one", "late")]
    assert (first[1].state, first[1].tries) == (InterviewState.RUNNING, 1)
    assert await store.claim(NOON, LATER) is None
    await store.hold("one", second[1], LATER + timedelta(hours=1))
    again = await store.claim(LATER, LATER)
    assert again is not None
    assert (again[1].id, again[1].tries) == ("early", 2)


async def test_what_was_put_back_says_why_and_is_taken_again(store: InterviewStore) -> None:
    await store.add("one", FIRST)
    await store.put_back("one", FIRST, LATER, "budget_exhausted")
    assert await store.claim(NOON, LATER) is None
    found = await store.claim(LATER, LATER)
    assert found is not None
    assert found[1].reason == "budget_exhausted"


async def test_a_version_comes_to_an_end_once(store: InterviewStore) -> None:
    await store.add("one", FIRST)
    assert await store.settle("one", FIRST, InterviewState.GRADED, '{"score": 1}')
    assert not await store.settle("one", FIRST, InterviewState.FAILED, "")
    assert not await store.settle("two", FIRST, InterviewState.FAILED, "")
    found = await store.find("one", "i-1")
    assert found is not None
    assert (found.state, found.report) == (InterviewState.GRADED, '{"score": 1}')
    assert await store.claim(LATER, LATER) is None


async def test_all_of_a_candidates_interviews_are_found_and_erased_whole(store: InterviewStore) -> None:
    await store.add("one", FIRST)
    await store.add("one", replace(FIRST, version=2))
    await store.add("one", replace(FIRST, id="other", candidate_refs=("c-3",)))
    await store.add("two", replace(FIRST, id="theirs"))
    assert [(each.id, each.version) for each in await store.of("one", "c-2")] == [("i-1", 1), ("i-1", 2)]
    assert await store.erase("one", "c-2") == ("i-1",)
    assert await store.find("one", "i-1") is None
    assert await store.of("one", "c-1") == ()
    assert await store.find("one", "other") is not None
    assert await store.find("two", "theirs") is not None


async def test_what_is_over_its_time_goes(store: InterviewStore) -> None:
    await store.add("one", FIRST)
    await store.add("one", replace(FIRST, id="new", created_at=LATER))
    assert await store.expire("one", LATER) == ("i-1",)
    assert await store.find("one", "new") is not None
