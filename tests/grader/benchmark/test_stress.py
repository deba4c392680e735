from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from grader.benchmark import Case, Dataset, Run, run_benchmark, run_stress, trials_of
from grader.benchmark.perturbation import GONE
from grader.benchmark.perturbation.read_again import fingerprint
from grader.benchmark.run import request
from grader.benchmark.stress import ALL_RULES, StressReport, summarise_stress
from grader.domain import Judgement, Label, Submission, Verdict
from grader.errors import JudgeFailure
from grader.grading import Grader
from rubrics.model import KeyPoint, Question, Rubric

LINEAR, PORT = "The layer is linear.", "The default port is 53."


@dataclass(frozen=True)
class KeywordJudge:
    """Covers a point whose keyword stands in the answer, in any case of letters; fails where it is told to."""

    keywords: dict[str, str]
    fails_on: str = "\0"
    name: str = "keyword"
    identity: dict[str, str] = field(default_factory=dict)

    async def judge(self, submission: Submission) -> Judgement:
        text = submission.answer.text.lower()
        if self.fails_on in text:
            raise JudgeFailure("told_to", "as told")
        return Judgement(
            tuple(
                Verdict(
                    key_point_id=point.id,
                    label=Label.COVERED if self.keywords[point.id] in text else Label.MISSING,
                    judged_by=self.name,
                )
                for point in submission.points
            )
        )


def nothing() -> None:
    pass


@pytest.fixture
def answers() -> Dataset:
    points = (KeyPoint(id="k1", text="The layer is a linear map."), KeyPoint(id="k2", text="DNS uses port 53."))
    rubric = Rubric(question=Question(id="Q1", title="T", text="What is what?"), key_points=points)
    covered = {"k1": Label.COVERED, "k2": Label.COVERED}
    case = Case("a1", "strong", rubric, f"{LINEAR} {PORT}", covered, 1.0, {"k1": LINEAR, "k2": PORT})
    return Dataset("both", (case,))


async def stressed(dataset: Dataset, judge: KeywordJudge) -> StressReport:
    grader = Grader({judge.name: judge}, judge.name)
    run: Run = await run_benchmark(grader, dataset, judge=None, on_case=nothing)
    return await run_stress(grader, run, trials_of(dataset), judge=None, on_trial=nothing)


async def test_a_judge_that_misses_deleted_sentences_keeps_no_credit(answers: Dataset) -> None:
    (deletion,) = (await stressed(answers, KeywordJudge({"k1": "linear", "k2": "53"}))).deletion
    assert (deletion.cases, deletion.credited) == (2, 2)
    assert (deletion.still_credited.value, deletion.now_missing.value) == (0.0, 1.0)


async def test_a_judge_that_reads_something_else_keeps_its_credit(answers: Dataset) -> None:
    (deletion,) = (await stressed(answers, KeywordJudge({"k1": "the", "k2": "is"}))).deletion
    assert (deletion.still_credited.value, deletion.still_covered.value, deletion.credited_of_all.value) == (1, 1, 1)


async def test_what_had_no_credit_counts_among_all_only(answers: Dataset) -> None:
    (deletion,) = (await stressed(answers, KeywordJudge({"k1": "nowhere", "k2": "is"}))).deletion
    assert (deletion.cases, deletion.credited) == (2, 1)
    assert (deletion.still_credited.value, deletion.credited_of_all.value) == (1.0, 0.5)


async def test_a_point_of_which_nothing_is_left_has_a_row_of_its_own(answers: Dataset) -> None:
    judge = KeywordJudge({"k1": "linear", "k2": "is"})
    grader = Grader({judge.name: judge}, judge.name)
    run = await run_benchmark(grader, answers, judge=None, on_case=nothing)
    graded = [
        (trial, await grader.grade(request(answers.cases[0].rubric, trial.variant.answer, None)))
        for trial in trials_of(answers)
    ]
    labels = {fingerprint("The layer is a linear map.", PORT): Label.MISSING}
    every, without = summarise_stress(run, graded, labels).deletion
    assert (every.cases, every.still_credited.value) == (2, 0.5)
    assert (without.rule, without.cases, without.still_credited.value) == (GONE, 1, 0.0)


async def test_negation_is_told_rule_by_rule_and_for_all_rules(answers: Dataset) -> None:
    negation = {
        each.rule: each for each in (await stressed(answers, KeywordJudge({"k1": "linear", "k2": "53"}))).negation
    }
    assert list(negation)[-1] == ALL_RULES
    assert negation["not inserted"].still_credited.value == 1.0  # the keyword is still there
    assert negation["other number"].still_credited.value == 0.0
    assert negation[ALL_RULES].cases == sum(each.cases for rule, each in negation.items() if rule != ALL_RULES)


async def test_a_judge_that_ignores_case_order_and_padding_does_not_change_its_mind(answers: Dataset) -> None:
    invariance = {
        each.rule: each for each in (await stressed(answers, KeywordJudge({"k1": "near.", "k2": "53"}))).invariance
    }
    unmoved = {rule for rule, each in invariance.items() if each.changed.value == 0}
    assert {"lower case", "padding", "duplicated"} <= unmoved
    punctuation = invariance["no punctuation"]
    assert (punctuation.changed.value, punctuation.credit_changed.value, punctuation.score_shift.value) == (
        0.5,
        0.5,
        0.5,
    )


async def test_a_judge_that_fails_on_a_changed_answer_is_left_out_of_the_shares(answers: Dataset) -> None:
    judge = KeywordJudge({"k1": "linear", "k2": "53"}, fails_on="thank you")
    invariance = {each.rule: each for each in (await stressed(answers, judge)).invariance}
    assert (invariance["padding"].points, invariance["padding"].score_shift.n) == (0, 0)
    assert invariance["padding"].changed.value is None


async def test_progress_is_told_once_a_trial(answers: Dataset) -> None:
    told: list[None] = []
    judge = KeywordJudge({"k1": "linear", "k2": "53"})
    grader = Grader({judge.name: judge}, judge.name)
    run = await run_benchmark(grader, answers, judge=None, on_case=nothing)
    trials = trials_of(answers)
    await run_stress(grader, run, trials, judge=None, on_trial=lambda: told.append(None))
    assert len(told) == len(trials) > 0
