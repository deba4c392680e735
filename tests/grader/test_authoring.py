"""Drafting, publishing, ruling and previewing, over fakes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.authoring import Author, RubricRefused
from grader.domain import Label
from grader.fakes import FakeAuditLog, FakeBasisStore, FakeJudge, FakeRubricStore, counting_ids, separately
from grader.grading import Grader, Request
from grader.ports import Basis
from rubrics.bank import Bank
from rubrics.errors import UnknownKeyPoint, UnknownRubric, WrongState
from rubrics.model import KeyPoint, Question, Rubric, Ruling, Span
from rubrics.versions import State

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REFERENCE = "The moon pulls the water. The earth turns below two bulges. The sun helps twice a month."
TIDES = Rubric(
    question=Question(id="tides", title="Tides", text="Why are there tides?"),
    reference_answer=REFERENCE,
    key_points=(
        KeyPoint(id="k1", text="The moon pulls the water.", weight=2, required=True, source=Span(start=0, end=25)),
        KeyPoint(id="k2", text="The earth turns below two bulges.", source=Span(start=26, end=59)),
        KeyPoint(id="k3", text="The sun helps twice a month.", source=Span(start=60, end=88)),
    ),
)
VAGUE = TIDES.model_copy(
    update={"key_points": (*TIDES.key_points[:2], TIDES.key_points[2].model_copy(update={"text": "Gravity."}))}
)


@dataclass
class Desk:
    """An author whose clock ticks a minute a look, over stores in memory."""

    judge: FakeJudge = field(default_factory=lambda: FakeJudge({"k1": Label.COVERED}))
    store: FakeRubricStore = field(default_factory=FakeRubricStore)
    bases: FakeBasisStore = field(default_factory=FakeBasisStore)
    log: FakeAuditLog = field(default_factory=FakeAuditLog)

    def __post_init__(self) -> None:
        ticks: Iterator[int] = iter(range(10_000))
        grader = Grader({"fake": self.judge}, "fake", new_id=counting_ids())
        self.author = Author(
            self.store,
            Bank(),
            grader,
            self.log,
            separately,
            self.bases,
            now=lambda: NOON + timedelta(minutes=next(ticks)),
            new_id=counting_ids("r"),
        )

    async def grade(self, rubric: Rubric, answer: str, candidate: str | None = None) -> None:
        grade = await self.author.grader.grade(Request(rubric, answer))
        await self.store.grades.save("local", grade)
        basis = Basis(grade.id, candidate, NOON, json.dumps({"answer": answer}), b"salt")
        await self.bases.keep("local", basis)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_question_is_graded_by_the_bank_until_the_tenant_publishes_its_own(desk: Desk) -> None:
    own = TIDES.model_copy(update={"question": TIDES.question.model_copy(update={"id": "DL0028"})})
    bank = await desk.author.rubric("local", "DL0028")
    published = await desk.author.publish("local", own)
    assert bank == Bank().rubric("DL0028")
    assert await desk.author.rubric("local", "DL0028") == published.version.rubric == own
    assert await desk.author.rubric("other", "DL0028") == bank
    assert await desk.author.rubric("local", bank.content_hash) == bank


@pytest.mark.parametrize("name", ["nothing", "sha256:0", "", "../x"])
async def test_a_rubric_that_nobody_has_is_unknown(desk: Desk, name: str) -> None:
    with pytest.raises(UnknownRubric):
        await desk.author.rubric("local", name)


async def test_a_rubric_with_a_fault_is_refused_with_its_report_and_not_kept(desk: Desk) -> None:
    with pytest.raises(RubricRefused) as refused:
        await desk.author.publish("local", VAGUE)
    assert {finding.check for finding in refused.value.report.findings} >= {"vague"}
    assert await desk.store.versions("local", "tides") == ()


async def test_a_rubric_with_a_fault_can_still_be_kept_as_a_draft(desk: Desk) -> None:
    assert (await desk.author.draft("local", VAGUE)).state is State.DRAFT


async def test_publishing_again_makes_a_new_version_and_retires_the_old(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    edited = TIDES.model_copy(update={"key_points": TIDES.key_points[:2]})
    await desk.author.publish("local", edited, note="without the sun")
    versions = await desk.store.versions("local", "tides")
    assert [(each.number, each.state) for each in versions] == [(2, State.PUBLISHED), (1, State.RETIRED)]
    assert (await desk.author.publish("local", TIDES)).version.number == 1, "the same content is the same version"


async def test_a_retired_version_leaves_the_question_to_the_bank(desk: Desk) -> None:
    version = (await desk.author.publish("local", TIDES)).version
    assert (await desk.author.move("local", version.id, State.RETIRED)).state is State.RETIRED
    with pytest.raises(UnknownRubric):
        await desk.author.rubric("local", "tides")
    with pytest.raises(WrongState):
        await desk.author.move("local", version.id, State.DRAFT)


async def test_a_ruling_waits_for_the_next_version_and_is_part_of_it(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    given = await desk.author.rule("local", "tides", "k1", Ruling(said="lunar attraction"), ruled_by="me")
    assert await desk.store.pending("local", "tides") == (given,)
    assert (await desk.author.rubric("local", "tides")).point("k1").rulings == ()
    version = (await desk.author.publish("local", TIDES)).version
    assert version.rubric.point("k1").rulings == (given.ruling,)
    assert version.number == 2
    assert await desk.store.pending("local", "tides") == ()


async def test_a_ruling_on_what_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownRubric):
        await desk.author.rule("local", "tides", "k1", Ruling(said="lunar"))
    await desk.author.publish("local", TIDES)
    with pytest.raises(UnknownKeyPoint):
        await desk.author.rule("local", "tides", "k9", Ruling(said="lunar"))


async def test_a_weight_edit_is_previewed_without_asking_a_judge(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    for answer in ("The moon pulls at it.", "Because of the moon."):
        await desk.grade(TIDES, answer)
    desk.judge.asked.clear()
    heavier = TIDES.model_copy(
        update={"key_points": (TIDES.key_points[0].model_copy(update={"weight": 4.0}), *TIDES.key_points[1:])}
    )
    found = await desk.author.preview("local", "tides", heavier, pass_mark=0.6, judge="fake")
    assert (found.grades, found.changed, found.newly_passed, found.judge_calls) == (2, 2, 2, 0)
    assert desk.judge.asked == []


async def test_only_the_point_that_changed_is_judged_anew_once_an_answer(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    for answer in ("The moon pulls at it.", "The moon pulls at it.", "Because of the moon."):
        await desk.grade(TIDES, answer)
    desk.judge.asked.clear()
    reworded = TIDES.model_copy(
        update={
            "key_points": (TIDES.key_points[0], TIDES.key_points[1].model_copy(update={"text": "The earth rotates."}))
        }
    )
    open_ = await desk.author.preview("local", "tides", reworded)
    assert (open_.undecided, open_.to_judge, desk.judge.asked) == (3, ("k2",), [])
    closed = await desk.author.preview("local", "tides", reworded, judge="fake")
    assert (closed.undecided, closed.judge_calls) == (0, 2)
    assert desk.judge.asked == [("k2",), ("k2",)]


async def test_an_answer_that_is_no_longer_kept_leaves_its_grade_open(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    await desk.grade(TIDES, "The moon pulls at it.")
    await desk.bases.erase("local", ["grade-1"])
    for number in range(1, 100):
        await desk.bases.erase("local", [f"grade-{number}"])
    reworded = TIDES.model_copy(
        update={
            "key_points": (TIDES.key_points[0], TIDES.key_points[1].model_copy(update={"text": "The earth rotates."}))
        }
    )
    found = await desk.author.preview("local", "tides", reworded, judge="fake")
    assert (found.undecided, found.judge_calls) == (1, 0)


async def test_publishing_retiring_and_ruling_are_logged_once_with_who_did_them_and_without_words(desk: Desk) -> None:
    for _ in range(2):
        first = (await desk.author.publish("local", TIDES, made_by="key-1")).version
    edited = TIDES.model_copy(update={"key_points": TIDES.key_points[:2]})
    second = (await desk.author.publish("local", edited)).version
    ruling = await desk.author.rule("local", "tides", "k1", Ruling(said="lunar pull"), ruled_by="key-2")
    for _ in range(2):
        await desk.author.move("local", second.id, State.RETIRED, moved_by="key-3")
    entries = [entry.read() for entry in desk.log.chains["local"]]
    assert [(entry["actor"], entry["action"], entry["subject"]) for entry in entries] == [
        ("key-1", "rubric_published", first.id),
        ("local", "rubric_published", second.id),
        ("key-2", "ruled", ruling.id),
        ("key-3", "rubric_retired", second.id),
    ]
    assert entries[1]["facts"] == {"question": "tides", "number": "2", "replaces": first.id}
    assert "lunar" not in str(entries)


async def test_a_check_asks_the_grader_it_is_lent_for_as_many_answers_as_it_said(desk: Desk) -> None:
    announced: list[int] = []

    @asynccontextmanager
    async def lend(tenant: str, grader: Grader, requests: Sequence[Request]) -> AsyncIterator[Grader]:
        assert tenant == "acme"
        announced.append(len(requests))
        yield replace(grader, judges={"fake": desk.judge})

    other = FakeJudge()
    author = replace(desk.author, grader=Grader({"fake": other}, "fake"), lending=lend)
    report = await author.check("acme", TIDES)
    assert announced == [len(report.trials) + 2 * len(report.points)]
    assert (bool(desk.judge.asked), other.asked) == (True, [])


async def test_the_same_answer_of_two_candidates_is_judged_for_each_of_them(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    for candidate in ("ann", "bob", "bob"):
        await desk.grade(TIDES, "The moon pulls at it.", candidate)
    reworded = TIDES.model_copy(
        update={"key_points": (TIDES.key_points[0].model_copy(update={"text": "The moon attracts."}),)}
    )
    assert (await desk.author.preview("local", "tides", reworded, judge="fake")).judge_calls == 2


async def test_published_questions_stand_beside_those_of_the_bank(desk: Desk) -> None:
    await desk.author.publish("local", TIDES)
    assert [question.id for question in await desk.author.questions("local", text="tides")] == ["tides"]
    assert await desk.author.questions("other", text="tides") == ()
    assert len(await desk.author.questions("local")) == len(Bank().questions()) + 1
