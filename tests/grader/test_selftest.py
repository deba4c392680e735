"""A rubric is tried out before anyone is graded by it, and what fails is told apart: rubric or judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from grader.domain import Judgement, Label, Submission, Verdict
from grader.errors import JudgeFailure
from grader.fakes import FakeEmbedder, FakeJudge
from grader.grading import Grader
from grader.judges.similarity import Calibration, SimilarityJudge
from grader.ports import Judge, Vectors
from grader.selftest import Cause, CheckReport, Trial, check_rubric
from grader.selftest.answers import least_related, negated, shuffled
from rubrics.bank import Bank
from rubrics.model import Group, GroupKind, KeyPoint, Question, Rubric, Span

BANK = Bank()
RUBRIC = BANK.rubric("DL0001")
OTHERS = tuple(BANK.rubric(name) for name in ("DL0001", "DL0028", "DL0010"))
REFERENCE = "The moon pulls the water towards it. The earth turns below two bulges. The sun helps twice a month."
TIDES = Rubric(
    question=Question(id="tides", title="Tides", text="Why are there tides in the oceans?"),
    reference_answer=REFERENCE,
    key_points=(
        KeyPoint(id="k1", text="The moon pulls the water.", weight=2, required=True, source=Span(start=0, end=36)),
        KeyPoint(id="k2", text="The earth turns below two bulges.", source=Span(start=37, end=70)),
        KeyPoint(id="k3", text="The sun helps twice a month.", source=Span(start=71, end=99)),
    ),
)


@dataclass(frozen=True)
class RuleJudge:
    """A judge of which the test says what it makes of an answer and a point."""

    rule: Callable[[str, KeyPoint], bool]
    name: str = "rule"

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "rule"}

    async def judge(self, submission: Submission) -> Judgement:
        return Judgement(
            tuple(
                Verdict(key_point_id=point.id, label=self._label(submission.answer.text, point), judged_by=self.name)
                for point in submission.points
            )
        )

    def _label(self, answer: str, point: KeyPoint) -> Label:
        return Label.COVERED if self.rule(answer, point) else Label.MISSING


def says(answer: str, point: KeyPoint) -> bool:
    """Whether a sentence of the answer begins and ends as the point does: good enough for the tides."""
    first, *_, last = point.text.rstrip(".").split()
    return any(
        f"{first} {point.text.split()[1]}" in sentence and last in sentence and "not" not in sentence
        for sentence in answer.split(".")
    )


async def checked(judge: Judge, rubric: Rubric = TIDES, **options: object) -> CheckReport:
    return await check_rubric(Grader({judge.name: judge}, judge.name), rubric, others=OTHERS, **options)  # type: ignore[arg-type]


def outcomes(report: CheckReport) -> dict[Trial, Cause | None]:
    return {trial.answer: trial.cause for trial in report.trials}


async def test_a_sound_rubric_and_an_able_judge_hold_every_bound() -> None:
    report = await checked(RuleJudge(says))
    assert outcomes(report) == dict.fromkeys(Trial, None)
    assert (report.passed, report.held, report.findings) == (True, True, ())
    assert all(point.discriminates and point.also == () for point in report.points)


async def test_a_judge_that_credits_anything_is_the_limit_and_the_rubric_passes() -> None:
    report = await checked(FakeJudge(dict.fromkeys(("k1", "k2", "k3"), Label.COVERED)))
    failed = {trial.answer for trial in report.trials if trial.cause is Cause.JUDGE}
    assert failed == {Trial.KEYWORDS, Trial.SHUFFLED, Trial.NEGATED, Trial.OTHER_QUESTION}
    assert (report.passed, report.held) == (True, False)
    assert not any(point.discriminates for point in report.points)
    assert report.points[0].also == ("k2", "k3")


async def test_points_that_a_deaf_judge_misses_are_its_limit_and_are_named() -> None:
    report = await checked(FakeJudge({"k1": Label.COVERED, "k2": Label.COVERED}))
    assert (report.unearned, report.passed) == (("k3",), True)
    reference = report.trials[0]
    assert (reference.cause, reference.why) == (
        Cause.JUDGE,
        "it does not recognise k3 in the points' own words either",
    )


async def test_a_point_that_the_reference_does_not_say_is_the_rubrics_fault() -> None:
    alien = KeyPoint(id="k3", text="Friction on continental shelves slows rotation.", source=Span(start=71, end=99))
    report = await checked(RuleJudge(says), TIDES.model_copy(update={"key_points": (*TIDES.key_points[:2], alien)}))
    reference = report.trials[0]
    assert (reference.cause, reference.key_points, report.passed) == (Cause.RUBRIC, ("k3",), False)
    assert "does not say it" in reference.why


@pytest.mark.parametrize(
    ("text", "trial", "why"),
    [
        ("There are tides.", Trial.QUESTION, "the question itself says it"),
        ("Gravity.", Trial.KEYWORDS, "it is a term"),
    ],
)
async def test_a_point_that_anything_earns_is_the_rubrics_fault(text: str, trial: Trial, why: str) -> None:
    loose = TIDES.key_points[2].model_copy(update={"text": text})
    judge = RuleJudge(lambda answer, point: point.id == "k3" or says(answer, point))
    question = TIDES.question.model_copy(update={"text": "Please explain why there are tides, in one sentence or two."})
    rubric = TIDES.model_copy(update={"key_points": (*TIDES.key_points[:2], loose), "question": question})
    report = await checked(judge, rubric)
    failed = next(each for each in report.trials if each.answer is trial)
    assert (failed.cause, failed.key_points, report.passed) == (Cause.RUBRIC, ("k3",), False)
    assert why in failed.why


async def test_a_penalty_that_the_reference_commits_is_the_rubrics_fault() -> None:
    mistake = TIDES.key_points[2].model_copy(update={"penalty": True, "weight": 0.5})
    rubric = TIDES.model_copy(update={"key_points": (*TIDES.key_points[:2], mistake)})
    report = await checked(RuleJudge(says), rubric)
    assert (report.trials[0].cause, report.trials[0].key_points) == (Cause.RUBRIC, ("k3",))


async def test_what_could_not_be_graded_neither_passes_nor_blames_anybody() -> None:
    report = await checked(FakeJudge(failure=JudgeFailure("timeout", "too slow")))
    assert outcomes(report)[Trial.REFERENCE] is Cause.UNGRADED
    assert outcomes(report)[Trial.BLANK] is None, "no judge is asked about an answer without a word"
    assert (report.passed, report.trials[0].why) == (False, "timeout")


async def test_single_points_are_tried_only_where_that_is_wanted() -> None:
    judge = FakeJudge()
    report = await checked(judge, each_point=False)
    assert report.points == ()
    assert len(judge.asked) <= len(Trial)


async def test_a_rubric_without_reference_is_tried_with_empty_answers_only() -> None:
    judge = SimilarityJudge(Calibration.shipped())
    bare = RUBRIC.model_copy(
        update={
            "reference_answer": None,
            "key_points": tuple(point.model_copy(update={"source": None}) for point in RUBRIC.key_points),
        }
    )
    report = await check_rubric(Grader({"similarity": judge}, "similarity", FakeEmbedder()), bare)
    assert [trial.answer for trial in report.trials] == [Trial.BLANK, Trial.QUESTION, Trial.KEYWORDS]


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("The moon is round.", "The moon is not round."),
        ("Water cannot burn.", "Water can burn."),
        ("It does not help.", "It does help."),
        ("The moon pulls.", "It is not true that the moon pulls."),
        ("DNA stores it.", "It is not true that DNA stores it."),
    ],
)
def test_a_sentence_is_turned_round(sentence: str, turned: str) -> None:
    assert negated(sentence) == turned


def test_shuffled_words_are_the_same_words_in_another_order_every_time() -> None:
    assert sorted(shuffled(REFERENCE).split()) == sorted(REFERENCE.replace(".", "").split())
    assert shuffled(REFERENCE) == shuffled(REFERENCE) != REFERENCE.replace(".", "")


def test_the_answer_to_another_question_is_the_least_related_one() -> None:
    assert least_related(RUBRIC, OTHERS) in {other.reference_answer for other in OTHERS[1:]}
    assert least_related(RUBRIC, (RUBRIC,)) is None


WARMER = Rubric(
    question=Question(id="tea", title="Tea", text="How is it made?"),
    key_points=(
        KeyPoint(id="k1", text="Hot water warms the pot.", required=True),
        KeyPoint(id="k2", text="A rinse from the kettle heats the pot up."),
        KeyPoint(id="k3", text="The leaves are rolled by hand."),
    ),
)


@dataclass(frozen=True)
class Near:
    """An embedder to which all points but those about leaves are the same."""

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "near"}

    async def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([[0.0, 1.0] if "leaves" in text else [1.0, 0.0] for text in texts], dtype=np.float32)


async def overlaps(judge: Judge, rubric: Rubric = WARMER, *, each_point: bool = True) -> list[tuple[str, ...]]:
    grader = Grader({judge.name: judge}, judge.name, embedder=Near())
    report = await check_rubric(grader, rubric, each_point=each_point)
    return [each.key_points for each in report.findings if "overlap" in each.problem]


WARM = RuleJudge(lambda answer, point: ("pot" in answer) == ("pot" in point.text))


@pytest.mark.parametrize("each_point", [True, False])
async def test_points_that_are_close_and_earn_each_other_overlap(each_point: bool) -> None:  # noqa: FBT001
    assert await overlaps(WARM, each_point=each_point) == [("k1", "k2")]


async def test_close_points_that_the_judge_tells_apart_do_not_overlap() -> None:
    assert await overlaps(RuleJudge(lambda answer, point: answer == point.text)) == []


async def test_points_of_which_a_group_pays_one_do_not_overlap() -> None:
    group = Group(id="g1", kind=GroupKind.ANY_OF, members=("k1", "k2"))
    assert await overlaps(WARM, WARMER.model_copy(update={"groups": (group,)})) == []
