"""The decisions judge: probabilities become verdicts, and none of them counts without a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.budget import Prices
from grader.domain import Flag, Label, Status, Submission
from grader.fakes import FakeDecisionModel
from grader.grading import Grader, Request
from grader.judges.decisions import MEANINGS, DecisionJudge, _verdict
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, Question, Rubric

POINT = KeyPoint(id="moon", text="The moon's gravity pulls the water.")
RUBRIC = Rubric(
    question=Question(id="q1", title="Tides", text="Why are there tides?"),
    key_points=(POINT, KeyPoint(id="turn", text="The earth turns under two bulges.")),
)
ANSWER = "The moon pulls the water <b>of the oceans</b>."


def sure(label: Label, probability: float = 0.91) -> dict[str, float]:
    return {each.value: probability if each is label else (1 - probability) / 3 for each in MEANINGS}


def judge(*script: dict[str, float] | None) -> DecisionJudge:
    return DecisionJudge(FakeDecisionModel([*script]), Prices(input=10))


async def test_the_likeliest_label_becomes_the_verdict_with_its_probability() -> None:
    found = await judge(sure(Label.COVERED), sure(Label.MISSING, 0.7)).judge(Submission(RUBRIC, canonicalise(ANSWER)))
    assert [(each.label, each.confidence) for each in found.verdicts] == [
        (Label.COVERED, 0.91),
        (Label.MISSING, 0.7),
    ]
    assert (found.usage.llm_calls, found.usage.cost_usd, found.flags) == (1, 0.001, ())


@pytest.mark.parametrize("label", [Label.COVERED, Label.PARTIAL, Label.CONTRADICTED])
async def test_whatever_it_says_without_proof_calls_for_a_person(label: Label) -> None:
    grader = Grader({"decisions": judge(sure(label), sure(Label.MISSING))}, "decisions")
    found = await grader.grade(Request(RUBRIC, "The moon pulls the water of the oceans."))
    assert found.status is Status.NEEDS_REVIEW
    assert Flag.NO_EVIDENCE in found.flags
    assert found.points[0].evidence == ()


async def test_a_point_that_the_model_declines_is_ungraded_by_itself() -> None:
    found = await judge(None, sure(Label.MISSING)).judge(Submission(RUBRIC, canonicalise(ANSWER)))
    assert [(each.label, each.reason) for each in found.verdicts[:1]] == [(Label.UNGRADED, "refused")]
    assert found.flags == (Flag.JUDGE_FAILED,)


async def test_one_question_is_asked_per_asked_point_about_text_without_tags() -> None:
    model = FakeDecisionModel([sure(Label.MISSING)])
    await DecisionJudge(model).judge(Submission(RUBRIC, canonicalise(ANSWER), asked=("turn",)))
    ((text, choices),) = model.asked
    assert "<" not in text
    assert "Why are there tides?" in text
    assert ["bulges" in choice.instructions for choice in choices] == [True]
    assert set(choices[0].values) == {"covered", "partial", "missing", "contradicted"}


@given(st.fixed_dictionaries({label.value: st.floats(0, 1) for label in MEANINGS}))
def test_no_distribution_breaks_it_and_a_tie_is_never_for_the_person(probabilities: dict[str, float]) -> None:
    found = _verdict(POINT, probabilities)
    assert probabilities[found.label] == max(probabilities.values())
    if probabilities[Label.MISSING] == max(probabilities.values()):
        assert found.label is Label.MISSING
