"""Results that people have spoken of: what counts stands in every file, and the machine's word beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from grader.access import LOCAL, Amount
from grader.batch import Batches, NewBatch, NewRow
from grader.batch.service import BLOCK
from grader.batch_desk import BatchDesk
from grader.domain import Flag, Grade, Label, Status
from grader.exports import Export, format_of, overview
from grader.exports.summary import summarise
from grader.fakes import FakeBatchStore, FakeJudge, FakeReferralStore, FakeReviewStore, counting_ids
from grader.grading import Grader, Request
from grader.outcome import overruled
from grader.ports import ItemStatus, Result, grade_id_of
from grader.referral import Reason, Referral
from grader.review import Outcome, Override, OverrideReason
from rubrics.model import KeyPoint, Question, Rubric

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUBRIC = Rubric(
    question=Question(id="Q1", title="Tides", text="Why are there tides?"),
    key_points=(
        KeyPoint(id="k1", text="The moon pulls the water.", topic="the moon"),
        KeyPoint(id="k2", text="The sun does, too.", topic="the sun"),
    ),
)
CHANGED, CONFIRMED, DOUBTED, PLAIN, UNASSESSABLE = range(5)
"""The rows: a verdict was changed, the verdicts were left, nobody has looked yet, nobody has to, nobody can."""


@dataclass
class CountingReviews(FakeReviewStore):
    """Counts how often it is asked for outcomes."""

    asked: list[int] = field(default_factory=list)

    async def outcomes(self, tenant: str, grade_ids: Collection[str]) -> Mapping[str, Outcome]:
        """What it is asked for."""
        self.asked.append(len(grade_ids))
        return await super().outcomes(tenant, grade_ids)


@dataclass
class House:
    """A batch of answers, each of which makes the first of two points, and what people said of them."""

    store: FakeBatchStore = field(default_factory=FakeBatchStore)
    reviews: CountingReviews = field(default_factory=CountingReviews)
    referrals: FakeReferralStore = field(default_factory=FakeReferralStore)

    @property
    def desk(self) -> BatchDesk:
        batches = Batches(self.store, lambda _options: "local", now=lambda: NOON, new_id=lambda: "b")

        async def of_question(_tenant: str, _question_id: str) -> Rubric:
            return RUBRIC

        return BatchDesk(batches, self.reviews, self.referrals, of_question)

    async def graded(self, statuses: list[Status]) -> None:
        """Submit and grade so many rows."""

        async def rows() -> AsyncIterator[NewRow]:
            for number in range(len(statuses)):
                yield NewRow(RUBRIC, f"The moon does it, {number}.", f"c-{number}")

        await self.desk.batches.submit(LOCAL, NewBatch(), rows())
        results = [await self._result(idx, status) for idx, status in enumerate(statuses)]
        await self.store.save("local", "b", 0, results, Amount())

    async def overrule(self, idx: int, key_point_id: str, label: Label) -> None:
        """Put a person's verdict in the machine's place."""
        result = self.store.kept["b"].results[idx]
        grade = Grade.model_validate_json(result.grade or "")
        before = await self.reviews.overrides("local", grade.id)
        made = Override(
            id=f"o{idx}.{len(before)}",
            grade_id=grade.id,
            number=len(before) + 1,
            key_point_id=key_point_id,
            verdict=label,
            reason_code=OverrideReason.EVIDENCE_MISSED,
            note="It is there.",
            outcome=overruled(grade, before, {key_point_id: label}),
            made_by="ann",
            made_at=NOON,
        )
        await self.reviews.override("local", made)

    async def settle(self, idx: int) -> None:
        """Leave the verdicts as they are."""
        name = grade_id_of("b", idx, 1)
        await self.referrals.refer("local", Referral(name, "Q1", (Reason.LOW_CONFIDENCE,), NOON))
        await self.referrals.settle("local", name, "ann", NOON)

    async def export(self) -> Export:
        """What is exported now."""
        return await self.desk.export("local", "b")

    async def written(self, name: str) -> str:
        """A file of the export."""
        kind = format_of(name)
        assert kind is not None
        return "".join([piece async for piece in kind.write(await self.export())])

    async def table(self) -> list[dict[str, str]]:
        """The rows of the CSV file."""
        return list(csv.DictReader(io.StringIO((await self.written("csv")).removeprefix("\ufeff"), newline="")))

    async def _result(self, idx: int, status: Status) -> Result:
        judge = FakeJudge({"k1": Label.COVERED, "k2": Label.MISSING})
        grader = Grader({"fake": judge}, "fake", now=lambda: NOON, new_id=counting_ids("g"))
        made = await grader.grade(Request(RUBRIC, f"The moon does it, {idx}."))
        flags = (Flag.LOW_CONFIDENCE,) if status is Status.NEEDS_REVIEW else ()
        grade = made.model_copy(update={"id": grade_id_of("b", idx, 1), "status": status, "flags": flags})
        return Result(idx, ItemStatus(status.value), 1, NOON, grade.score, grade.model_dump_json())


@pytest.fixture
async def house() -> House:
    """Five rows, three of which people have spoken of."""
    made = House()
    await made.graded([Status.NEEDS_REVIEW, Status.NEEDS_REVIEW, Status.NEEDS_REVIEW, Status.GRADED, Status.GRADED])
    await made.overrule(CHANGED, "k2", Label.PARTIAL)
    await made.overrule(CHANGED, "k2", Label.COVERED)
    await made.settle(CONFIRMED)
    for point in ("k1", "k2"):
        await made.overrule(UNASSESSABLE, point, Label.UNGRADED)
    return made


async def test_json_lines_carry_what_counts_and_the_machines_grade_as_it_was_made(house: House) -> None:
    lines = [json.loads(line) for line in (await house.written("jsonl")).splitlines()]
    told = [(line["status"], line["score"], line["reviewed"], line["machine_score"]) for line in lines]
    assert told == [
        ("graded", 1.0, True, 0.5),
        ("graded", 0.5, True, 0.5),
        ("needs_review", 0.5, False, 0.5),
        ("graded", 0.5, False, 0.5),
        ("ungraded", None, True, 0.5),
    ]
    assert [line["machine_status"] for line in lines] == ["needs_review"] * 3 + ["graded"] * 2
    assert lines[CHANGED]["outcome"]["verdicts"] == {"k1": "covered", "k2": "covered"}
    assert [line["outcome"] is None for line in lines] == [False, True, True, True, False]
    assert lines[CHANGED]["grade"]["score"] == 0.5
    assert lines[CHANGED]["grade"]["points"][1]["verdict"] == "missing"


async def test_a_table_has_score_verdicts_and_words_that_fit_each_other(house: House) -> None:
    table = await house.table()
    changed, plain, unassessable = table[CHANGED], table[PLAIN], table[UNASSESSABLE]
    assert (changed["score"], changed["reviewed"], changed["machine_score"]) == ("1.0", "True", "0.5")
    assert (changed["score_low"], changed["score_high"], changed["missed"]) == ("1.0", "1.0", "")
    assert changed["summary"] == "2 of 2 key points covered."
    assert changed["next_step"].startswith("Nothing is missing")
    assert (plain["missed"], plain["summary"]) == ("The sun does, too.", "1 of 2 key points covered, 1 missed.")
    assert (unassessable["status"], unassessable["score"], unassessable["machine_score"]) == ("ungraded", "", "0.5")
    assert "2 not graded" in unassessable["summary"]


async def test_the_summary_counts_what_counts_and_says_what_the_machine_alone_came_to(house: House) -> None:
    found = await summarise(await house.export())
    assert found.statuses == {ItemStatus.GRADED: 3, ItemStatus.NEEDS_REVIEW: 1, ItemStatus.UNGRADED: 1}
    assert (found.reviewed, found.scores.mean, found.machine.mean) == (3, 0.625, 0.5)
    (question,) = found.questions.values()
    assert question.points["k2"].verdicts == {"covered": 1, "missing": 3, "ungraded": 1}
    assert found.flags == {Flag.LOW_CONFIDENCE: 1}, "of what still waits"
    assert [(each.row, each.reason) for each in found.failures] == [(UNASSESSABLE + 1, "decided_by_a_person")]
    page = await house.written("html")
    assert "decided by a person" in page
    assert "the machine's alone 50%" in page


async def test_where_nobody_has_spoken_the_summary_does_not_speak_of_people() -> None:
    house = House()
    await house.graded([Status.GRADED])
    assert "the machine's alone" not in await house.written("html")


async def test_the_candidates_of_a_batch_have_what_counts(house: House) -> None:
    tallies = (await overview(await house.export(), 10)).candidates
    assert [(each.mean, each.reviewed, each.to_review, each.unscored) for each in tallies.values()] == [
        (1.0, 1, 0, 0),
        (0.5, 1, 0, 0),
        (0.5, 0, 1, 0),
        (0.5, 0, 0, 0),
        (None, 1, 0, 1),
    ]


async def test_what_was_settled_and_then_objected_to_waits_again(house: House) -> None:
    await house.referrals.refer("local", Referral(grade_id_of("b", CONFIRMED, 1), "Q1", (Reason.APPEAL,), NOON))
    row = (await house.table())[CONFIRMED]
    assert (row["status"], row["reviewed"]) == ("needs_review", "False")


async def test_a_grade_that_was_made_anew_is_not_what_people_spoke_of(house: House) -> None:
    kept = house.store.kept["b"]
    old = kept.results[CHANGED]
    kept.results[CHANGED] = Result(CHANGED, old.status, 2, NOON, old.score, old.grade)
    row = (await house.table())[CHANGED]
    assert (row["score"], row["reviewed"]) == ("0.5", "False")


async def test_the_counts_of_a_batch_are_those_that_count_however_many_rows_it_has(house: House) -> None:
    progress = await house.desk.batches.progress("local", "b")
    assert (progress.counts.graded, progress.counts.needs_review, progress.counts.ungraded) == (2, 3, 0)
    counted = await house.desk.counted("local", progress)
    assert (counted.graded, counted.needs_review, counted.ungraded) == (3, 1, 1)
    assert counted.settled == progress.counts.settled
    house.store.kept["b"].results.pop(CHANGED)  # it was made anew, or erased
    assert (await house.desk.counted("local", progress)).needs_review == 2


async def test_what_people_said_is_read_once_a_block_of_rows() -> None:
    house = House()
    await house.graded([Status.GRADED] * 2)
    kept = house.store.kept["b"]
    item, result = kept.items[0], kept.results[0]
    for idx in range(2 * BLOCK + 1):
        kept.items[idx] = type(item)(idx, item.rubric_hash, item.answer)
        kept.results[idx] = Result(idx, result.status, 1, NOON, result.score, result.grade)
    assert len((await house.written("jsonl")).splitlines()) == 2 * BLOCK + 1
    assert house.reviews.asked == [BLOCK, BLOCK, 1]
