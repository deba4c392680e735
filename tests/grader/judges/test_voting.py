"""A vote asks again only for what is open, and says where it was close."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Flag, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure
from grader.fakes import FakeJudge
from grader.judges.cascade import CascadeJudge, Thresholds
from grader.judges.voting import VotingJudge
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, Question, Rubric

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label
RUBRIC = Rubric(
    question=Question(id="q1", title="Tides", text="Why are there tides?"),
    key_points=(KeyPoint(id="a", text="The moon pulls."), KeyPoint(id="b", text="The earth turns.")),
)
ANSWER = canonicalise("The moon pulls the water of the oceans.")
DOWN = JudgeFailure("timeout", "late", usage=Usage(llm_calls=1))


def voter(a: Label, b: Label, failure: JudgeFailure | None = None) -> FakeJudge:
    return FakeJudge({"a": a, "b": b}, "llm", usage=Usage(llm_calls=1), failure=failure)


def opinions(**labels: Label) -> tuple[Verdict, ...]:
    return tuple(Verdict(key_point_id=name, label=label, judged_by="local") for name, label in labels.items())


async def result(*voters: FakeJudge, before: tuple[Verdict, ...] = ()) -> Mapping[str, tuple[Label, bool]]:
    judgement = await VotingJudge(voters).judge(Submission(RUBRIC, ANSWER, opinions=before))
    return {
        verdict.key_point_id: (verdict.label, Flag.JUDGES_DISAGREE in verdict.flags) for verdict in judgement.verdicts
    }


async def test_the_majority_decides_and_is_certain_before_the_last_vote() -> None:
    voters = voter(COVERED, MISSING), voter(COVERED, MISSING), voter(PARTIAL, PARTIAL)
    assert await result(*voters) == {"a": (COVERED, False), "b": (MISSING, False)}
    assert [judge.asked for judge in voters] == [[("a", "b")], [("a", "b")], []]


async def test_only_open_points_are_asked_for_again() -> None:
    voters = voter(COVERED, MISSING), voter(COVERED, PARTIAL), voter(MISSING, PARTIAL)
    assert await result(*voters) == {"a": (COVERED, False), "b": (PARTIAL, False)}
    assert voters[2].asked == [("b",)]


async def test_a_first_vote_that_an_earlier_judge_agrees_with_settles_the_point() -> None:
    voters = voter(COVERED, MISSING), voter(PARTIAL, MISSING), voter(PARTIAL, MISSING)
    assert (await result(*voters, before=opinions(a=COVERED, b=COVERED)))["a"] == (COVERED, False)
    assert voters[1].asked == [("b",)]


async def test_in_a_cascade_one_call_is_enough_where_both_judges_agree() -> None:
    first = FakeJudge({"a": COVERED, "b": MISSING}, "local")
    voters = voter(COVERED, MISSING), voter(COVERED, MISSING)
    judgement = await CascadeJudge(first, VotingJudge(voters), Thresholds.never()).judge(Submission(RUBRIC, ANSWER))
    assert (judgement.usage.llm_calls, voters[1].asked) == (1, [])


async def test_opposite_votes_need_review_even_with_a_majority() -> None:
    voters = voter(COVERED, COVERED), voter(MISSING, COVERED), voter(COVERED, COVERED)
    assert await result(*voters) == {"a": (COVERED, True), "b": (COVERED, False)}


async def test_without_a_majority_the_middle_label_stands_and_needs_review() -> None:
    voters = voter(COVERED, COVERED), voter(MISSING, PARTIAL), voter(PARTIAL, MISSING)
    assert await result(*voters) == {"a": (PARTIAL, True), "b": (PARTIAL, True)}


async def test_of_two_that_tie_the_lower_label_stands_and_needs_review() -> None:
    assert await result(voter(COVERED, PARTIAL), voter(PARTIAL, CONTRADICTED)) == {
        "a": (PARTIAL, True),
        "b": (CONTRADICTED, True),
    }


async def test_one_vote_is_a_judge_as_any_other() -> None:
    assert await result(voter(COVERED, MISSING)) == {"a": (COVERED, False), "b": (MISSING, False)}


async def test_a_first_judge_that_fails_is_a_failure() -> None:
    with pytest.raises(JudgeFailure, match="late"):
        await result(voter(COVERED, COVERED, DOWN), voter(COVERED, COVERED))


async def test_a_later_judge_that_fails_ends_the_vote_and_what_was_open_needs_review() -> None:
    voters = voter(COVERED, MISSING), voter(COVERED, COVERED, DOWN), voter(COVERED, COVERED)
    assert await result(*voters, before=opinions(a=COVERED)) == {"a": (COVERED, False), "b": (MISSING, True)}
    assert voters[2].asked == []


async def test_a_vote_that_says_nothing_leaves_it_to_the_others() -> None:
    voters = voter(UNGRADED, UNGRADED), voter(COVERED, UNGRADED), voter(COVERED, UNGRADED)
    judgement = await VotingJudge(voters).judge(Submission(RUBRIC, ANSWER))
    assert [verdict.label for verdict in judgement.verdicts] == [COVERED, UNGRADED]
    assert (judgement.verdicts[1].reason, judgement.flags) == ("scripted", (Flag.JUDGE_FAILED,))


async def test_usage_adds_up_over_the_votes_and_a_failed_one() -> None:
    judge = VotingJudge((voter(COVERED, COVERED), voter(MISSING, COVERED), voter(COVERED, COVERED, DOWN)))
    assert (await judge.judge(Submission(RUBRIC, ANSWER))).usage.llm_calls == 3


def test_a_vote_needs_a_judge() -> None:
    with pytest.raises(ValueError, match="at least one"):
        VotingJudge(())


def test_the_identity_says_how_many_vote_and_how_the_others_differ() -> None:
    class Other(FakeJudge):
        @property
        def identity(self) -> dict[str, str]:
            return {"model": "other"}

    identity = VotingJudge((voter(COVERED, COVERED), Other())).identity
    assert identity == {"model": "fake", "vote_2_model": "other", "votes": "2"}


@given(st.lists(st.sampled_from(Label), min_size=1, max_size=7))
async def test_asking_all_never_finds_another_majority_than_stopping_early(labels: list[Label]) -> None:
    (found, _) = (await result(*(voter(label, COVERED) for label in labels)))["a"]
    majority = [label for label in Label if label is not UNGRADED and 2 * labels.count(label) > len(labels)]
    assert found in (majority or labels)
