"""From an answer to a grade, with fakes at every port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from grader.domain import Flag, Grade, Judgement, Label, Status, Submission
from grader.errors import ConfigurationError, InvalidAnswer, JudgeFailure
from grader.fakes import FakeEmbedder, FakeJudge, counting_ids
from grader.feedback import FeedbackMode
from grader.grading import RULES, Grader, Request
from grader.judges.similarity import Calibration, SimilarityJudge
from grader.ports import Judge
from rubrics.bank import Bank

RUBRIC = Bank().rubric("DL0028")
ANSWER = "Each token attends to its neighbours in a window. Cost is n times w."
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True)
class BrokenJudge:
    """Fails, or gives too few verdicts."""

    failure: JudgeFailure | None = None
    name: str = "broken"

    @property
    def identity(self) -> dict[str, str]:
        return {}

    async def judge(self, submission: Submission) -> Judgement:
        if self.failure is not None:
            raise self.failure
        return Judgement((await FakeJudge().judge(submission)).verdicts[1:])


def grader(judge: Judge) -> Grader:
    return Grader({judge.name: judge}, judge.name, FakeEmbedder(), now=lambda: NOW, new_id=counting_ids())


async def grade(judge: Judge, answer: str = ANSWER, mode: FeedbackMode = FeedbackMode.FULL) -> Grade:
    return await grader(judge).grade(Request(RUBRIC, answer, feedback=mode, candidate_ref="c-17"))


async def test_a_grade_says_what_was_covered_missed_and_wrong() -> None:
    judge = FakeJudge({"k1": Label.COVERED, "k2": Label.CONTRADICTED, "k3": Label.PARTIAL})
    result = await grade(judge)
    assert (result.status, result.score, result.score_interval) == (Status.GRADED, 0.4, (0.4, 0.4))
    assert (result.missed, result.contradicted) == (("k4", "k5"), ("k2",))
    assert [point.credit for point in result.points] == [1.0, 0.0, 0.5, 0.0, 0.0]


async def test_a_grade_says_what_it_depends_on() -> None:
    result = await grade(FakeJudge())
    assert (result.id, result.created_at, result.candidate_ref) == ("grade-1", NOW, "c-17")
    assert result.rubric_hash == RUBRIC.content_hash
    assert result.provenance.judge == {"name": "fake", "model": "fake"}
    assert result.provenance.embedder == {"model": "fake-word-hash"}
    assert len(result.provenance.answer_sha256) == 64


async def test_the_same_answer_gets_the_same_grade() -> None:
    judge = SimilarityJudge(Calibration.shipped())
    first, second = await grade(judge), await grade(judge, ANSWER + "\u200b")
    assert first.model_dump(exclude={"flags", "status", "provenance"}) == second.model_dump(
        exclude={"flags", "status", "provenance"}
    )
    assert first.provenance.answer_sha256 == second.provenance.answer_sha256


@pytest.mark.parametrize(
    ("judge", "reason"),
    [
        (BrokenJudge(JudgeFailure("timeout", "no answer within 90 s")), "timeout"),
        (BrokenJudge(), "incomplete_judgement"),
    ],
)
async def test_a_judge_that_fails_is_never_a_zero(judge: Judge, reason: str) -> None:
    result = await grade(judge)
    assert (result.status, result.score, result.score_interval) == (Status.UNGRADED, None, (0.0, 1.0))
    assert {point.verdict for point in result.points} == {Label.UNGRADED}
    assert {point.reason for point in result.points} == {reason}
    assert {point.credit for point in result.points} == {None}
    assert result.flags == (Flag.JUDGE_FAILED,)


async def test_an_answer_that_says_nothing_is_zero_and_no_judge_is_asked() -> None:
    result = await grade(BrokenJudge(JudgeFailure("asked", "the judge was asked")), " \n")
    assert (result.status, result.score, result.flags) == (Status.GRADED, 0.0, (Flag.BLANK,))
    assert {point.judged_by for point in result.points} == {RULES}
    assert {point.reason for point in result.points} == {"The answer is blank."}


async def test_hidden_characters_are_flagged_and_change_no_score() -> None:
    judge = FakeJudge({"k1": Label.COVERED})
    plain, hidden = await grade(judge), await grade(judge, ANSWER + "\U000e0069\U000e0067")
    assert hidden.score == plain.score
    assert (hidden.status, hidden.flags) == (Status.NEEDS_REVIEW, (Flag.HIDDEN_TEXT,))
    assert hidden.provenance.removed_characters == {"tag": 2}


async def test_similarity_alone_always_asks_for_review() -> None:
    result = await grade(SimilarityJudge(Calibration.shipped()))
    assert (result.status, result.flags) == (Status.NEEDS_REVIEW, (Flag.SIMILARITY_ONLY,))
    assert Label.CONTRADICTED not in {point.verdict for point in result.points}


async def test_similarity_without_an_embedder_is_ungraded() -> None:
    judge = SimilarityJudge(Calibration.shipped())
    result = await Grader({judge.name: judge}, judge.name).grade(Request(RUBRIC, ANSWER))
    assert {point.reason for point in result.points} == {"no_embedder"}


async def test_evidence_is_the_answers_own_words() -> None:
    result = await grade(SimilarityJudge(Calibration.shipped()), RUBRIC.reference_answer or "")
    found = [item for point in result.points for item in point.evidence]
    assert found
    assert all((RUBRIC.reference_answer or "")[item.start : item.end] == item.text for item in found)


async def test_with_hints_only_the_grade_holds_no_key_point() -> None:
    result = await grade(FakeJudge({"k1": Label.PARTIAL}), mode=FeedbackMode.HINTS)
    wire = result.model_dump_json()
    assert [point.id for point in RUBRIC.key_points if point.text in wire] == []


async def test_an_unknown_judge_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="there is fake"):
        await grader(FakeJudge()).grade(Request(RUBRIC, ANSWER, judge="oracle"))


async def test_an_answer_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match="20000 are allowed"):
        await grade(FakeJudge(), "a" * 20_001)


async def test_what_a_failed_judge_said_is_logged_for_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    await grade(BrokenJudge(JudgeFailure("timeout", "no answer within 90 s")))
    assert caplog.messages == ["judge broken failed: timeout (no answer within 90 s)"]
    assert ANSWER not in caplog.text
