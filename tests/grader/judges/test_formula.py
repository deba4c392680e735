"""The judge of formulas decides what it can read, and leaves the rest to the judge behind it."""

from __future__ import annotations

import pytest

from grader.domain import Label, Submission, Usage, Verdict
from grader.fakes import FakeJudge
from grader.judges.formula import FormulaJudge
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, KeyPointKind, Question, Rubric, Symbol

POINTS = (
    KeyPoint(id="scores", text="The score matrix costs O(n²·d).", kind=KeyPointKind.FORMULA),
    KeyPoint(id="projections", text="The projections cost O(n·d²).", kind=KeyPointKind.FORMULA),
    KeyPoint(id="words", text="Every token looks at every other token."),
)


def submission(answer: str, *points: KeyPoint) -> Submission:
    question = Question(id="q1", title="Attention", text="What does attention take?")
    return Submission(Rubric(question=question, key_points=points or POINTS), canonicalise(answer))


async def verdicts(answer: str, *points: KeyPoint) -> dict[str, Verdict]:
    judgement = await FormulaJudge(FakeJudge({"words": Label.COVERED})).judge(submission(answer, *points))
    return {verdict.key_point_id: verdict for verdict in judgement.verdicts}


async def labels(answer: str, *points: KeyPoint) -> dict[str, str]:
    return {name: f"{one.label} by {one.judged_by}" for name, one in (await verdicts(answer, *points)).items()}


async def test_each_formula_is_matched_by_what_is_said_of_it() -> None:
    assert await labels("Score matrix: O(n^2 d). The projections take n times d squared.") == {
        "scores": "covered by formula",
        "projections": "covered by formula",
        "words": "covered by fake",
    }


async def test_a_formula_said_of_something_else_decides_nothing() -> None:
    assert (await labels("Reading the input takes O(n·d²), I think."))["projections"] == "missing by fake"


async def test_another_formula_for_the_same_is_a_contradiction_shown_by_its_words() -> None:
    verdict = (await verdicts("The score matrix costs O(n·d)."))["scores"]
    assert (verdict.label, [item.text for item in verdict.evidence]) == (Label.CONTRADICTED, ["O(n·d)"])
    assert verdict.reason


async def test_only_points_that_are_left_open_are_asked_for_behind() -> None:
    behind = FakeJudge(usage=Usage(llm_calls=1))
    judgement = await FormulaJudge(behind).judge(submission("The score matrix costs O(n^2 d)."))
    assert behind.asked == [("projections", "words")]
    assert judgement.usage.llm_calls == 1


async def test_nobody_is_asked_where_nothing_is_open() -> None:
    behind = FakeJudge()
    await FormulaJudge(behind).judge(submission("It costs O(n^2 d).", POINTS[0]))
    assert behind.asked == []


RESIDUAL = KeyPoint(id="k1", text="The block computes y = F(x) + x.", kind=KeyPointKind.FORMULA)


@pytest.mark.parametrize(
    "answer",
    [
        "It adds the input to the output.",
        "It is not y = F(x) + x.",
        "It uses y = F(x) instead of y = F(x) + x.",
        "First y = F(x) + x, and then again y = F(x) · x.",
        "The output y is F(x) plus the input of the block.",
        "F(x) is what is learnt.",
    ],
)
async def test_what_only_a_reader_of_words_can_tell_is_left_to_one(answer: str) -> None:
    assert (await labels(answer, RESIDUAL))["k1"] != "covered by formula"


async def test_a_denied_formula_alone_is_no_contradiction_either() -> None:
    assert await labels("It is not y = F(x) + x.", RESIDUAL) == {"k1": "missing by fake"}


async def test_letters_may_be_the_writers_own_where_all_of_them_are() -> None:
    assert await labels("The output is h = G(u) + u.", RESIDUAL) == {"k1": "covered by formula"}


async def test_a_single_other_letter_is_left_open() -> None:
    energy = KeyPoint(id="k1", text="Energy is E = m·c².", kind=KeyPointKind.FORMULA)
    assert await labels("Energy is E = m·v².", energy) == {"k1": "missing by fake"}


async def test_all_formulas_of_a_point_are_needed() -> None:
    both = KeyPoint(id="k1", text="The moments are a = b + c and d = b · c.", kind=KeyPointKind.FORMULA)
    assert await labels("We have a = c + b.", both) == {"k1": "missing by fake"}
    assert await labels("We have a = c + b, and d = c b.", both) == {"k1": "covered by formula"}


async def test_the_symbols_of_a_point_say_how_its_names_are_spoken() -> None:
    point = KeyPoint(
        id="k1",
        text="Each head has the width d_model / h.",
        kind=KeyPointKind.FORMULA,
        symbols=(Symbol(name="d_model", meaning="width of the model"), Symbol(name="h", meaning="number of heads")),
    )
    assert await labels("so it's d model divided by h", point) == {"k1": "covered by formula"}


def test_it_is_asked_for_by_the_name_of_the_judge_behind() -> None:
    judge = FormulaJudge(FakeJudge())
    assert judge.name == "fake"
    assert set(judge.identity) == {"model", "formulas"}
