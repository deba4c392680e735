"""What every AttemptStore, StudyStore and Scheduler promises, asked of the fakes and of the real ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from grader.adapters.spaced_repetition import FsrsScheduler
from grader.adapters.sql import Database, SqlAttemptStore, SqlStudyStore
from grader.domain import Label
from grader.errors import AlreadyStored
from grader.fakes import FakeAttemptStore, FakeScheduler, FakeStudyStore
from grader.ports import AttemptStore, Scheduler, StudyStore
from grader.practice import REFERENCE, Attempt, Card, Draft, Help, Rating, Result, Reveal, Study

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RESULT = Result(score=0.5, score_interval=(0.5, 0.5), verdicts={"k1": Label.COVERED})
OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def attempts(request: pytest.FixtureRequest, open_database: OpenDatabase) -> AttemptStore:
    """Each store in turn, empty."""
    return FakeAttemptStore() if request.param == "fake" else SqlAttemptStore(await open_database(request.param))


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def studies(request: pytest.FixtureRequest, open_database: OpenDatabase) -> StudyStore:
    """Each store in turn, empty."""
    return FakeStudyStore() if request.param == "fake" else SqlStudyStore(await open_database(request.param))


@pytest.fixture(params=[FakeScheduler, FsrsScheduler])
def scheduler(request: pytest.FixtureRequest) -> Scheduler:
    """Each scheduler in turn."""
    made: Scheduler = request.param()
    return made


def attempt(number: int = 1, ref: str = "né 🪟", **fields: object) -> Attempt:
    made = {"id": f"a{number}", "candidate_ref": ref, "question_id": "DL0028", "grade_id": f"a{number}"}
    return Attempt.model_validate({**made, "begun_at": NOON + number * HOUR, **fields})


def reveal(number: int = 1, point: str = "k1", shown: Help = Help.TOPIC, minutes: int = 0) -> Reveal:
    seen = NOON + timedelta(minutes=minutes)
    return Reveal(attempt_id=f"a{number}", key_point_id=point, help=shown, seen_at=seen)


async def test_attempts_come_back_as_they_were_the_oldest_first(attempts: AttemptStore) -> None:
    second, first = attempt(2, follow_up="k2"), attempt(1, result=RESULT)
    for each in (second, first):
        await attempts.begin("one", each)
    assert await attempts.of("one", "né 🪟") == (first, second)
    assert await attempts.find("one", "né 🪟", "a2") == second
    assert [await attempts.find("one", "né 🪟", unknown) for unknown in ("", "a3", "\0")] == [None] * 3


async def test_of_two_attempts_with_one_id_the_first_stays(attempts: AttemptStore) -> None:
    await attempts.begin("one", attempt())
    with pytest.raises(AlreadyStored):
        await attempts.begin("two", attempt(question_id="DL0001"))
    assert await attempts.of("one", "né 🪟") == (attempt(),)


async def test_an_attempt_that_came_to_nothing_can_be_dropped(attempts: AttemptStore) -> None:
    await attempts.begin("one", attempt())
    await attempts.drop("two", "a1")
    assert await attempts.of("one", "né 🪟") == (attempt(),)
    await attempts.drop("one", "a1")
    assert await attempts.of("one", "né 🪟") == ()


async def test_an_attempt_is_settled_once_and_can_be_amended(attempts: AttemptStore) -> None:
    await attempts.begin("one", attempt())
    other = RESULT.model_copy(update={"score": None})
    assert await attempts.settle("one", "a1", RESULT)
    assert not await attempts.settle("one", "a1", other)
    assert not await attempts.settle("one", "a2", RESULT)
    assert await attempts.find("one", "né 🪟", "a1") == attempt(result=RESULT)
    await attempts.amend("one", "a1", "g2", None)
    assert await attempts.find("one", "né 🪟", "a1") == attempt(grade_id="g2")
    assert await attempts.settle("one", "a1", other)


async def test_help_is_kept_in_the_order_it_was_taken_and_once(attempts: AttemptStore) -> None:
    await attempts.begin("one", attempt())
    taken = [reveal(minutes=1), reveal(shown=Help.POINT, minutes=2), reveal(point=REFERENCE, shown=Help.REFERENCE)]
    for each in (*taken, reveal(minutes=9)):
        await attempts.reveal("one", each)
    assert await attempts.reveals("one", ["a1"]) == (taken[2], taken[0], taken[1])
    assert await attempts.reveals("one", ["a2"]) == ()
    assert await attempts.reveals("one", []) == ()


async def test_a_learner_can_be_erased_and_the_others_stay(attempts: AttemptStore) -> None:
    for each in (attempt(1), attempt(2), attempt(3, ref="other")):
        await attempts.begin("one", each)
        await attempts.reveal("one", reveal(int(each.id[1:])))
    assert await attempts.erase("one", "né 🪟") == 2
    assert await attempts.of("one", "né 🪟") == ()
    assert [len(await attempts.reveals("one", [name])) for name in ("a1", "a2", "a3")] == [0, 0, 1]


async def test_attempts_expire_by_their_beginning(attempts: AttemptStore) -> None:
    for number in (1, 2, 3):
        await attempts.begin("one", attempt(number))
    assert await attempts.expire("one", NOON + 3 * HOUR) == 2
    assert await attempts.of("one", "né 🪟") == (attempt(3),)


async def test_no_tenant_sees_or_changes_anothers_attempts(attempts: AttemptStore) -> None:
    await attempts.begin("one", attempt())
    await attempts.reveal("one", reveal())
    assert await attempts.find("two", "né 🪟", "a1") is None
    assert await attempts.of("two", "né 🪟") == ()
    assert await attempts.reveals("two", ["a1"]) == ()
    assert not await attempts.settle("two", "a1", RESULT)
    await attempts.amend("two", "a1", "g2", RESULT)
    assert await attempts.erase("two", "né 🪟") == await attempts.expire("two", NOON + 9 * HOUR) == 0
    assert await attempts.find("one", "né 🪟", "a1") == attempt()


DRAFT = Draft(text="né à 🪟\nand so on", saved_at=NOON)
CARD = Card(seen_at=NOON, due_at=NOON + HOUR, memory="{}")


async def test_of_a_question_nobody_touched_there_is_an_empty_study(studies: StudyStore) -> None:
    assert await studies.find("one", "l", "DL0028") == Study(question_id="DL0028")
    await studies.draft("one", "l", "DL0028", None)
    assert await studies.of("one", "l") == ()


async def test_a_draft_and_a_card_are_kept_beside_each_other_and_replaced(studies: StudyStore) -> None:
    await studies.draft("one", "l", "DL0028", DRAFT)
    await studies.card("one", "l", "DL0028", CARD)
    assert await studies.find("one", "l", "DL0028") == Study(question_id="DL0028", draft=DRAFT, card=CARD)
    later = Card(seen_at=NOON + HOUR, due_at=NOON + 9 * HOUR, memory="[]")
    await studies.card("one", "l", "DL0028", later)
    await studies.draft("one", "l", "DL0028", None)
    assert await studies.of("one", "l") == (Study(question_id="DL0028", card=later),)


async def test_studies_can_be_erased_and_expire_by_their_last_change(studies: StudyStore) -> None:
    await studies.draft("one", "l", "DL0001", DRAFT)
    await studies.card("one", "l", "DL0028", CARD.model_copy(update={"seen_at": NOON + HOUR}))
    await studies.draft("one", "other", "DL0028", DRAFT)
    assert await studies.expire("one", NOON + HOUR) == 2
    assert [study.question_id for study in await studies.of("one", "l")] == ["DL0028"]
    assert await studies.erase("one", "l") == 1
    assert await studies.of("one", "l") == ()


async def test_no_tenant_sees_or_changes_anothers_studies(studies: StudyStore) -> None:
    await studies.draft("one", "l", "DL0028", DRAFT)
    assert await studies.of("two", "l") == ()
    await studies.draft("two", "l", "DL0028", None)
    await studies.card("two", "l", "DL0028", CARD)
    assert await studies.erase("two", "l") == 1
    assert await studies.find("one", "l", "DL0028") == Study(question_id="DL0028", draft=DRAFT)


def test_whoever_knew_a_question_better_sees_it_again_later(scheduler: Scheduler) -> None:
    due = [scheduler.next(None, rating, NOON).due_at for rating in Rating]
    assert NOON < due[0] < due[-1]
    assert due == sorted(due)


def test_the_second_time_builds_on_the_first_and_is_the_same_each_time(scheduler: Scheduler) -> None:
    first = scheduler.next(None, Rating.EASY, NOON)
    again = [scheduler.next(first, Rating.GOOD, first.due_at) for _ in range(2)]
    assert again[0] == again[1] != first
    assert again[0].due_at > first.due_at
