"""What every Judge promises: one verdict a key point, in order, the same each time, with the answer's own words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.domain import Label, Submission
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, FakeEmbedder, FakeJudge, completion
from grader.judges.cascade import CascadeJudge, Thresholds
from grader.judges.formula import FormulaJudge
from grader.judges.llm import LlmJudge
from grader.judges.similarity import Calibration, SimilarityJudge
from grader.judges.voting import VotingJudge
from grader.ports import Judge
from grader.similarity import find_matches
from grader.text.canonical import canonicalise
from rubrics.bank import Bank

ANSWER = (
    "In sliding window attention each token attends only to the tokens inside a local window.\r\n"
    "The cost falls from O(n²) to O(n·w) – “much” cheaper 🪟. Naïve attention is quadratic."
)


def replies() -> list[dict[str, Any]]:
    """Verdicts of a chat model, out of order, with good quotes, a bad quote, a stranger and a gap."""
    return [
        {"key_point_id": "k3", "quotes": ["from o(n²)  to O(n·w)"], "reason": "r", "verdict": "covered"},
        {"key_point_id": "k1", "quotes": ["Each token", "tokens inside"], "reason": "r", "verdict": "partial"},
        {"key_point_id": "k2", "quotes": ["invented"], "reason": "r", "verdict": "contradicted"},
        {"key_point_id": "k9", "quotes": [], "reason": "r", "verdict": "missing"},
        {"key_point_id": "k5", "quotes": [], "reason": "r", "verdict": "missing"},
    ]


JUDGES: dict[str, Judge] = {
    "fake": FakeJudge({"k1": Label.COVERED, "k5": Label.CONTRADICTED}),
    "similarity": SimilarityJudge(Calibration.shipped()),
    "llm": LlmJudge(FakeChatModel([completion(replies())]), b"secret"),
    "llm without a usable reply": LlmJudge(FakeChatModel([completion("Sorry!")]), b"secret"),
    "cascade": CascadeJudge(
        FakeJudge({"k4": Label.PARTIAL}, confidences={"k1": 0.9, "k4": 0.99, "k5": 0.99}),
        LlmJudge(FakeChatModel([completion(replies())]), b"secret"),
        Thresholds(missing=0.95, risk=0.05, measured_on="made up"),
    ),
    "cascade without its second judge": CascadeJudge(
        FakeJudge(confidences={"k1": 0.99}),
        FakeJudge(failure=JudgeFailure("timeout", "late")),
        Thresholds(missing=0.95, risk=0.05, measured_on="made up"),
    ),
    "fake behind formulas": FormulaJudge(FakeJudge({"k1": Label.COVERED})),
    "three votes": VotingJudge((LlmJudge(FakeChatModel([completion(replies())]), b"secret"),) * 3),
}
MEMBERS = {"cascade": {"fake", "llm"}, "fake": {"fake", "formula"}}
"""The judges that a judge of others asks; any other only speaks for itself."""


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> Judge:
    """Each judge in turn."""
    return JUDGES[request.param]


@pytest.fixture
async def submission() -> Submission:
    """An answer to a question of the bank, with its matches."""
    rubric, answer = Bank().rubric("DL0028"), canonicalise(ANSWER)
    return Submission(rubric, answer, await find_matches(FakeEmbedder(), rubric, answer))


async def test_every_key_point_has_one_verdict_in_the_order_of_the_rubric(judge: Judge, submission: Submission) -> None:
    verdicts = (await judge.judge(submission)).verdicts
    assert [verdict.key_point_id for verdict in verdicts] == [point.id for point in submission.rubric.key_points]


@pytest.mark.parametrize("asked", [("k3",), ("k4", "k1"), ()])
async def test_only_the_points_asked_for_have_a_verdict_in_the_order_of_the_rubric(
    asked: tuple[str, ...], judge: Judge, submission: Submission
) -> None:
    verdicts = (await judge.judge(replace(submission, asked=asked))).verdicts
    assert [verdict.key_point_id for verdict in verdicts] == sorted(asked)


async def test_the_same_submission_gets_the_same_judgement(judge: Judge, submission: Submission) -> None:
    assert await judge.judge(submission) == await judge.judge(submission)


async def test_evidence_is_a_range_of_the_answer(judge: Judge, submission: Submission) -> None:
    evidence = [item for verdict in (await judge.judge(submission)).verdicts for item in verdict.evidence]
    assert all(item.text == item.span.of(submission.answer.text) != "" for item in evidence)


async def test_a_verdict_names_its_judge_and_an_ungraded_one_its_reason(judge: Judge, submission: Submission) -> None:
    verdicts = (await judge.judge(submission)).verdicts
    assert {verdict.judged_by for verdict in verdicts} <= MEMBERS.get(judge.name, {judge.name})
    assert all(verdict.reason for verdict in verdicts if verdict.label is Label.UNGRADED)


def test_the_identity_is_text_and_the_same_each_time(judge: Judge) -> None:
    assert judge.identity == judge.identity
    assert all(isinstance(value, str) for value in judge.identity.values())
