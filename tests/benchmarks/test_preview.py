"""How long a preview of a weight edit takes on 10,000 stored grades: `pytest -m slow tests/benchmarks -s`."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from grader.adapters.sql import Database, SqlGradeStore, SqlRubricStore
from grader.authoring import Author
from grader.domain import Grade, Label
from grader.fakes import FakeAuditLog, FakeJudge, counting_ids, separately
from grader.grading import Grader, Request
from rubrics.bank import Bank
from rubrics.model import Rubric

pytestmark = pytest.mark.slow

GRADES = 10_000
SECONDS = 2.0
LABELS = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)


def varied(grade: Grade, number: int, chance: random.Random) -> Grade:
    points = tuple(point.model_copy(update={"verdict": chance.choice(LABELS)}) for point in grade.points)
    return grade.model_copy(update={"id": f"g{number}", "points": points})


def heavier(rubric: Rubric) -> Rubric:
    first = rubric.key_points[0].model_copy(update={"weight": 9.0})
    return rubric.model_copy(update={"key_points": (first, *rubric.key_points[1:])})


async def test_a_weight_edit_is_previewed_on_ten_thousand_grades_in_two_seconds_without_a_judge(
    open_database: Callable[[str], Awaitable[Database]],
) -> None:
    database, judge, chance = await open_database("sqlite"), FakeJudge(), random.Random(7)
    grader, rubric = Grader({"fake": judge}, "fake", new_id=counting_ids()), Bank().rubric("DL0001")
    grade = await grader.grade(Request(rubric, "Residual connections let gradients pass a shortcut past the layers."))
    store = SqlGradeStore(database)
    for start in range(0, GRADES, 500):
        await asyncio.gather(*(store.save("local", varied(grade, start + each, chance)) for each in range(500)))
    judge.asked.clear()
    began, processor = time.perf_counter(), time.process_time()
    found = await Author(SqlRubricStore(database), Bank(), grader, FakeAuditLog(), separately).preview(
        "local", "DL0001", heavier(rubric), pass_mark=0.6, judge="fake"
    )
    took, worked = time.perf_counter() - began, time.process_time() - processor
    print(f"\n{found.summary} {took:.2f} s, {worked:.2f} s of them on the processor")
    assert (found.grades, found.judge_calls, judge.asked) == (GRADES, 0, [])
    assert worked <= SECONDS
