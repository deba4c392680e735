"""What every store of promised grades promises, asked of the fake and of both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.sql import Database, SqlPendingGrades
from grader.errors import AlreadyStored
from grader.fakes import FakePendingGrades
from grader.ports import PendingGrade, PendingGrades, PendingState

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=30)
WORDS = "Each token sees a window — „nur w“ Stück 🪟."
PROMISE = PendingGrade(
    id="g-1",
    question_id="DL0028",
    rubric_hash="sha256:" + "0" * 64,
    candidate_ref="c-1",
    accepted_at=NOON,
    due_at=NOON,
    request=f'{{"answer": "{WORDS}"}}',
    made_by="key-1",
)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, open_database: Callable[[str], Awaitable[Database]]) -> PendingGrades:
    """Each store in turn, empty."""
    return FakePendingGrades() if request.param == "fake" else SqlPendingGrades(await open_database(request.param))


async def test_what_was_promised_is_found_as_it_was_by_its_tenant_only(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    assert await store.find("one", "g-1") == PROMISE
    assert await store.find("two", "g-1") is None
    assert await store.find("one", "nobody") is None
    assert await store.find("one", "\0") is None


async def test_an_id_is_promised_once_whoever_has_it(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    with pytest.raises(AlreadyStored):
        await store.add("two", PROMISE)
    assert await store.count() == 1


async def test_what_is_due_the_longest_is_taken_first_whose_ever_it_is(store: PendingGrades) -> None:
    await store.add("one", replace(PROMISE, id="second", due_at=NOON - timedelta(seconds=1)))
    await store.add("two", replace(PROMISE, id="first", due_at=NOON - timedelta(seconds=2)))
    await store.add("one", replace(PROMISE, id="not yet", due_at=LATER))
    claims = [await store.claim(NOON, LATER) for _ in range(3)]
    assert [claim and (claim[0], claim[1].id) for claim in claims] == [("two", "first"), ("one", "second"), None]


async def test_what_was_taken_is_held_and_counted_as_a_try(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    held = replace(PROMISE, state=PendingState.RUNNING, due_at=LATER, tries=1)
    assert await store.claim(NOON, LATER) == ("one", held)
    assert await store.find("one", "g-1") == held
    assert await store.claim(LATER - timedelta(seconds=1), LATER) is None
    again = await store.claim(LATER, LATER + timedelta(seconds=30))
    assert again is not None
    assert again[1].tries == 2


async def test_what_is_held_for_longer_is_not_taken_meanwhile(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    await store.claim(NOON, LATER)
    await store.hold("one", "g-1", LATER + timedelta(seconds=30))
    assert await store.claim(LATER, LATER) is None


async def test_of_several_that_claim_at_once_each_gets_another(store: PendingGrades) -> None:
    for number in range(8):
        await store.add("one", replace(PROMISE, id=f"g-{number}"))
    claims = await asyncio.gather(*(store.claim(NOON, LATER) for _ in range(8)))
    taken = [claim[1].id for claim in claims if claim is not None]
    assert len(taken) == len(set(taken)) >= 1
    assert await store.count() == 8


async def test_what_was_put_back_is_taken_again_when_it_is_due(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    await store.claim(NOON, LATER)
    await store.put_back("one", "g-1", NOON + timedelta(seconds=10), "judge_unavailable")
    found = await store.find("one", "g-1")
    assert found is not None
    assert (found.state, found.reason, found.tries) == (PendingState.QUEUED, "judge_unavailable", 1)
    assert await store.claim(NOON, LATER) is None
    assert await store.claim(NOON + timedelta(seconds=10), LATER) is not None


async def test_what_failed_is_never_taken_again_and_has_no_words_left(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    await store.fail("one", "g-1", "too_many_tries")
    found = await store.find("one", "g-1")
    assert found is not None
    assert (found.state, found.reason, found.request) == (PendingState.FAILED, "too_many_tries", "")
    assert await store.claim(LATER, LATER) is None
    assert await store.count() == 0


async def test_what_is_removed_is_gone_and_the_second_to_remove_it_is_told(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    assert not await store.remove("two", "g-1")
    assert await store.remove("one", "g-1")
    assert not await store.remove("one", "g-1")
    assert await store.find("one", "g-1") is None


async def test_another_tenant_changes_nothing(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    await store.hold("two", "g-1", LATER)
    await store.put_back("two", "g-1", LATER, "odd")
    await store.fail("two", "g-1", "odd")
    assert await store.erase("two", "c-1") == ()
    assert await store.find("one", "g-1") == PROMISE


async def test_everything_promised_to_a_candidate_can_be_erased(store: PendingGrades) -> None:
    await store.add("one", PROMISE)
    await store.add("one", replace(PROMISE, id="g-0"))
    await store.add("one", replace(PROMISE, id="other", candidate_ref="c-2"))
    await store.add("one", replace(PROMISE, id="nobody's", candidate_ref=None))
    assert await store.erase("one", "c-1") == ("g-0", "g-1")
    assert await store.count() == 2


async def test_what_is_promised_to_a_candidate_is_listed_for_its_tenant(store: PendingGrades) -> None:
    for grade_id, ref in (("g-2", "c-1"), ("g-1", "c-1"), ("g-3", "c-2")):
        await store.add("one", replace(PROMISE, id=grade_id, candidate_ref=ref))
    assert [found.id for found in await store.of("one", "c-1")] == ["g-1", "g-2"]
    assert await store.of("two", "c-1") == ()
