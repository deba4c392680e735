"""A rubric is tried out before anyone is graded by it."""

from __future__ import annotations

from grader.domain import Label
from grader.fakes import FakeEmbedder, FakeJudge
from grader.grading import Grader
from grader.judges.similarity import Calibration, SimilarityJudge
from grader.selftest import self_test
from rubrics.bank import Bank

RUBRIC = Bank().rubric("DL0001")


async def test_a_judge_that_gives_credit_for_keywords_fails_the_trial() -> None:
    generous = FakeJudge(dict.fromkeys((point.id for point in RUBRIC.key_points), Label.COVERED))
    result = await self_test(Grader({"fake": generous}, "fake"), RUBRIC)
    assert {trial.answer: trial.passed for trial in result.trials} == {
        "reference": True,
        "blank": True,
        "question": True,
        "keywords": False,
    }
    assert not result.passed


async def test_points_that_the_reference_does_not_earn_are_named() -> None:
    strict = FakeJudge({point.id: Label.COVERED for point in RUBRIC.key_points[1:]})
    result = await self_test(Grader({"fake": strict}, "fake"), RUBRIC)
    assert result.unearned == ("k1",)


async def test_a_rubric_without_reference_is_tried_with_empty_answers_only() -> None:
    judge = SimilarityJudge(Calibration.shipped())
    bare = RUBRIC.model_copy(
        update={
            "reference_answer": None,
            "key_points": tuple(point.model_copy(update={"source": None}) for point in RUBRIC.key_points),
        }
    )
    result = await self_test(Grader({"similarity": judge}, "similarity", FakeEmbedder()), bare)
    assert [trial.answer for trial in result.trials] == ["blank", "question", "keywords"]
