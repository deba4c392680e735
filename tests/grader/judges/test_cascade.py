"""In a cascade the first judge decides what it is sure of, and the second one the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Flag, Judgement, Label, Status, Submission, Usage, Verdict
from grader.errors import ConfigurationError, JudgeFailure
from grader.fakes import FakeJudge
from grader.grading import Grader, Request
from grader.judges.cascade import CascadeJudge, Thresholds
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, Question, Rubric

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label
POINTS = ("a", "b", "c")
RUBRIC = Rubric(
    question=Question(id="q1", title="Tides", text="Why are there tides?"),
    key_points=tuple(KeyPoint(id=name, text=f"Point {name} of the tides.") for name in POINTS),
)
SUBMISSION = Submission(RUBRIC, canonicalise("The moon pulls the water of the oceans."))
THRESHOLDS = Thresholds(covered=0.9, missing=0.8, sure=0.8, risk=0.05, measured_on="made up")

TOGETHER = Thresholds(answer=0.7, risk=0.2, measured_on="made up")

Said = Mapping[str, tuple[Label, float]]


def first(said: Said, failure: JudgeFailure | None = None) -> FakeJudge:
    labels = {name: label for name, (label, _) in said.items()}
    confidences = {name: confidence for name, (_, confidence) in said.items()}
    return FakeJudge(labels, "first", confidences, failure=failure)


def second(labels: Mapping[str, Label] | None = None, failure: JudgeFailure | None = None) -> FakeJudge:
    return FakeJudge(labels or {}, "second", usage=Usage(llm_calls=1, input_tokens=100), failure=failure)


def by_point(judgement: Judgement) -> list[tuple[Label, str]]:
    return [(verdict.label, verdict.judged_by) for verdict in judgement.verdicts]


CLEAR = {"a": (COVERED, 0.95), "b": (MISSING, 0.8), "c": (COVERED, 0.99)}
MIXED = {"a": (COVERED, 0.95), "b": (COVERED, 0.89), "c": (MISSING, 0.85)}
DOWN = JudgeFailure("timeout", "late", usage=Usage(llm_calls=2))


async def test_what_is_clear_stands_and_asks_nobody() -> None:
    other = second()
    judgement = await CascadeJudge(first(CLEAR), other, THRESHOLDS).judge(SUBMISSION)
    assert by_point(judgement) == [(COVERED, "first"), (MISSING, "first"), (COVERED, "first")]
    assert (other.asked, judgement.usage.llm_calls) == ([], 0)


async def test_what_is_unclear_goes_to_the_second_judge_in_one_call() -> None:
    other = second({"b": PARTIAL})
    judgement = await CascadeJudge(first(MIXED), other, THRESHOLDS).judge(SUBMISSION)
    assert by_point(judgement) == [(COVERED, "first"), (PARTIAL, "second"), (MISSING, "first")]
    assert (other.asked, judgement.usage.llm_calls) == ([("b",)], 1)


async def test_a_contradiction_always_gets_a_second_opinion() -> None:
    other = second({"a": CONTRADICTED})
    said = {**CLEAR, "a": (CONTRADICTED, 1.0)}
    judgement = await CascadeJudge(first(said), other, THRESHOLDS).judge(SUBMISSION)
    assert by_point(judgement)[0] == (CONTRADICTED, "second")
    assert other.asked == [("a",)]


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({"a": (COVERED, 0.9), "b": (MISSING, 0.6), "c": (PARTIAL, 0.6)}, True),
        ({"a": (COVERED, 0.9), "b": (MISSING, 0.6), "c": (PARTIAL, 0.5)}, False),
        ({"a": (COVERED, 0.9), "b": (CONTRADICTED, 0.9), "c": (PARTIAL, 0.9)}, False),
    ],
)
async def test_an_answer_stands_as_a_whole_where_the_first_judge_is_sure_of_it_on_average(
    said: Said, *, stands: bool
) -> None:
    other = second()
    await CascadeJudge(first(said), other, TOGETHER).judge(SUBMISSION)
    assert other.asked == ([] if stands else [POINTS])


async def test_an_answer_of_which_the_first_judge_doubts_a_point_does_not_stand() -> None:
    class Doubtful(FakeJudge):
        async def judge(self, submission: Submission) -> Judgement:
            one, *others = (await super().judge(submission)).verdicts
            return Judgement((one.model_copy(update={"flags": (Flag.LOW_CONFIDENCE,)}), *others))

    other = second()
    await CascadeJudge(Doubtful(confidences=dict.fromkeys(POINTS, 0.9)), other, TOGETHER).judge(SUBMISSION)
    assert other.asked == [POINTS]


@pytest.mark.parametrize("label", [COVERED, PARTIAL, MISSING])
async def test_without_thresholds_nothing_is_clear(label: Label) -> None:
    other = second()
    await CascadeJudge(first(dict.fromkeys(POINTS, (label, 1.0))), other, Thresholds.never()).judge(SUBMISSION)
    assert other.asked == [POINTS]


async def test_a_verdict_without_confidence_is_unclear() -> None:
    other = second()
    await CascadeJudge(FakeJudge(dict.fromkeys(POINTS, COVERED), "first"), other, THRESHOLDS).judge(SUBMISSION)
    assert other.asked == [POINTS]


async def test_only_the_points_asked_for_are_judged() -> None:
    other = second()
    judgement = await CascadeJudge(first(MIXED), other, THRESHOLDS).judge(
        Submission(RUBRIC, SUBMISSION.answer, asked=("a", "b"))
    )
    assert [verdict.key_point_id for verdict in judgement.verdicts] == ["a", "b"]
    assert other.asked == [("b",)]


async def test_where_the_second_judge_fails_its_points_are_ungraded_with_its_reason() -> None:
    judgement = await CascadeJudge(first(MIXED), second(failure=DOWN), THRESHOLDS).judge(SUBMISSION)
    assert by_point(judgement) == [(COVERED, "first"), (UNGRADED, "second"), (MISSING, "first")]
    assert (judgement.verdicts[1].reason, judgement.flags) == ("timeout", (Flag.JUDGE_FAILED,))
    assert judgement.usage.llm_calls == 2


async def test_with_fallback_the_first_judge_stands_in_and_the_grade_needs_review() -> None:
    cascade = CascadeJudge(first(MIXED), second(failure=DOWN), THRESHOLDS, fallback=True)
    grade = await Grader({"cascade": cascade}, "cascade").grade(Request(RUBRIC, "The moon pulls the water."))
    assert [point.verdict for point in grade.points] == [COVERED, COVERED, MISSING]
    assert (grade.status, grade.flags) == (Status.NEEDS_REVIEW, (Flag.FALLBACK,))


async def test_with_fallback_a_point_without_any_opinion_stays_ungraded() -> None:
    failed = JudgeFailure("no_embedder", "none")
    cascade = CascadeJudge(first({}, failed), second(failure=DOWN), THRESHOLDS, fallback=True)
    assert {verdict.reason for verdict in (await cascade.judge(SUBMISSION)).verdicts} == {"timeout"}


async def test_where_the_first_judge_fails_the_second_decides_everything() -> None:
    failed = JudgeFailure("no_embedder", "none")
    judgement = await CascadeJudge(first({}, failed), second(), THRESHOLDS).judge(SUBMISSION)
    assert by_point(judgement) == [(MISSING, "second")] * 3
    assert judgement.flags == ()


@pytest.mark.parametrize(
    ("opinion", "verdict", "flagged"),
    [
        ((COVERED, 0.85), MISSING, True),
        ((COVERED, 0.85), CONTRADICTED, True),
        ((CONTRADICTED, 0.95), COVERED, True),
        ((CONTRADICTED, 0.95), MISSING, False),
        ((COVERED, 0.85), PARTIAL, False),
        ((COVERED, 0.6), MISSING, False),
    ],
)
async def test_a_sure_first_judge_and_the_opposite_from_the_second_need_review(
    opinion: tuple[Label, float], verdict: Label, *, flagged: bool
) -> None:
    judgement = await CascadeJudge(first({**CLEAR, "a": opinion}), second({"a": verdict}), THRESHOLDS).judge(SUBMISSION)
    assert judgement.verdicts[0].label is verdict
    assert (Flag.JUDGES_DISAGREE in judgement.verdicts[0].flags) is flagged


async def test_flags_of_a_judge_that_decided_nothing_do_not_count() -> None:
    class Doubtful(FakeJudge):
        async def judge(self, submission: Submission) -> Judgement:
            judgement = await super().judge(submission)
            return Judgement(judgement.verdicts, flags=(Flag.SIMILARITY_ONLY, Flag.JUDGE_FAILED))

    unsure = await CascadeJudge(Doubtful(), second(), THRESHOLDS).judge(SUBMISSION)
    sure = await CascadeJudge(Doubtful(confidences={"a": 0.9}), second(), THRESHOLDS).judge(SUBMISSION)
    assert (unsure.flags, sure.flags) == ((), (Flag.SIMILARITY_ONLY,))


async def test_a_second_judge_that_forgets_a_point_leaves_it_ungraded() -> None:
    class Forgetful(FakeJudge):
        async def judge(self, submission: Submission) -> Judgement:
            return Judgement((await super().judge(submission)).verdicts[1:])

    judgement = await CascadeJudge(first({}), Forgetful(), THRESHOLDS).judge(SUBMISSION)
    assert [verdict.reason for verdict in judgement.verdicts] == ["incomplete_judgement", "", ""]


def test_the_identity_names_both_judges_and_the_thresholds() -> None:
    identity = CascadeJudge(first({}), second(), THRESHOLDS).identity
    assert (identity["model"], identity["first"], identity["first_model"]) == ("fake", "first", "fake")
    assert '"covered":0.9' in identity["thresholds"]


_verdicts = st.dictionaries(
    st.sampled_from(POINTS), st.tuples(st.sampled_from([COVERED, PARTIAL, MISSING, CONTRADICTED]), st.floats(0, 1))
)


@given(_verdicts)
async def test_every_point_has_one_verdict_in_order_and_each_judge_only_its_own(said: Said) -> None:
    other = second()
    judgement = await CascadeJudge(first(said), other, THRESHOLDS).judge(SUBMISSION)
    assert tuple(verdict.key_point_id for verdict in judgement.verdicts) == POINTS
    by_second = tuple(verdict.key_point_id for verdict in judgement.verdicts if verdict.judged_by == "second")
    assert other.asked == ([by_second] if by_second else [])


def test_thresholds_are_read_for_the_judge_they_were_measured_with(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.json"
    file.write_text(f'{{"local": {THRESHOLDS.model_dump_json()}}}', "utf-8")
    assert Thresholds.read("local", file) == THRESHOLDS
    assert Thresholds.read("similarity", file) == Thresholds.never()


@pytest.mark.parametrize("text", [None, "", "{", '{"local": {"covered": 2}}'])
def test_a_thresholds_file_that_cannot_be_read_is_named(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "thresholds.json"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=r"thresholds\.json"):
        Thresholds.read("local", file)


@pytest.mark.parametrize("judge", ["local", "similarity", "nobody"])
def test_the_shipped_thresholds_can_be_read(judge: str) -> None:
    clear = Verdict(key_point_id="a", label=CONTRADICTED, judged_by=judge, confidence=1.0)
    assert not Thresholds.read(judge).standing((clear,))
