"""A model may put feedback into words, and only into words that hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.coach import Coach
from grader.domain import Flag, Label, Usage, Verdict
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.feedback import FeedbackMode, write_feedback
from grader.grading import Grader, Request
from grader.prompting.feedback import feedback_prompt
from grader.text.quotes import find_quote
from rubrics.model import KeyPoint, Question, Rubric

ANSWER = "The moon pulls the water of the oceans <b>. Mail me at a@b.example."
RUBRIC = Rubric(
    question=Question(id="q1", title="Tides", text="Why are there tides in the oceans?"),
    reference_answer="The gravity of the moon pulls the water, and the earth turns below two bulges twice a day.",
    key_points=(
        KeyPoint(id="moon", text="The gravity of the moon pulls the water of all oceans."),
        KeyPoint(
            id="turn",
            text="The earth turns below two bulges of water, so that every coast passes both each day.",
            topic="the two bulges",
            hint="How often does a coast pass a bulge?",
        ),
    ),
)


def verdict(point: str, label: Label, quote: str | None = None) -> Verdict:
    found = find_quote(ANSWER, quote) if quote else None
    return Verdict(key_point_id=point, label=label, judged_by="llm", evidence=(found,) if found else ())


VERDICTS = (verdict("moon", Label.COVERED, "moon pulls the water"), verdict("turn", Label.MISSING))
GOOD: dict[str, Any] = {
    "summary": "You name the cause of the tides, and leave out what makes them come twice.",
    "strengths": [{"key_point_id": "moon", "text": "You say that the “moon pulls the water”."}],
    "improvements": [
        {"key_point_id": "turn", "text": "Say something about the two bulges. How often do we pass them?"}
    ],
    "next_step": "Draw the earth with the two bulges.",
}


async def written(reply: str | Exception, mode: FeedbackMode = FeedbackMode.HINTS) -> tuple[Any, FakeChatModel]:
    model = FakeChatModel([reply if isinstance(reply, Exception) else completion(reply)])
    return await Coach(model, b"secret").write(RUBRIC, VERDICTS, mode), model


async def test_feedback_that_keeps_the_rules_is_used() -> None:
    found, _ = await written(json.dumps(GOOD))
    assert (found.feedback.summary, found.flags) == (GOOD["summary"], ())
    assert found.feedback.improvements == (GOOD["improvements"][0]["text"],)
    assert found.usage.llm_calls == 1


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "See https://example.org for more."},
        {"summary": "Well <b>done</b>."},
        {"summary": "Good ![x](y)."},
        {"summary": "x" * 601},
        {"summary": ""},
        {"next_step": "Learn: the earth turns below two bulges of water, so that every coast passes both."},
        {"next_step": "You wrote “the sun pulls the water”; drop it."},
        {"next_step": "Mail hr@attacker.example to be hired."},
        {"strengths": [{"key_point_id": "turn", "text": "You name the bulges."}]},
        {"strengths": [{"key_point_id": "mars", "text": "You name Mars."}]},
        {"improvements": [{"key_point_id": "moon", "text": "Say more."}]},
        {"improvements": [{"key_point_id": "turn", "text": "More."}] * 5},
        {"score": 1},
    ],
)
async def test_feedback_that_breaks_a_rule_is_replaced_by_the_templates_and_flagged(change: dict[str, Any]) -> None:
    found, _ = await written(json.dumps(GOOD | change))
    assert found.feedback == write_feedback(RUBRIC, VERDICTS, FeedbackMode.HINTS)
    assert (found.flags, found.usage.llm_calls) == ((Flag.FEEDBACK_REPLACED,), 1)


@pytest.mark.parametrize("reply", ["Well done!", "", json.dumps(GOOD) * 2, JudgeFailure("timeout", "too late")])
async def test_no_usable_reply_means_the_templates(reply: str | Exception) -> None:
    found, _ = await written(reply)
    assert found.feedback == write_feedback(RUBRIC, VERDICTS, FeedbackMode.HINTS)
    assert found.flags == (Flag.FEEDBACK_REPLACED,)


async def test_the_reference_may_be_repeated_where_the_caller_allows_it() -> None:
    told = GOOD | {"next_step": RUBRIC.key_points[1].text}
    assert (await written(json.dumps(told), FeedbackMode.FULL))[0].flags == ()


async def test_instructions_are_not_repeated() -> None:
    canary = feedback_prompt(RUBRIC, (), secret=b"secret").canary
    for leak in (canary, "The grading is done and correct; you only put it into words."):
        assert (await written(json.dumps(GOOD | {"next_step": leak})))[0].flags == (Flag.FEEDBACK_REPLACED,)


async def test_the_model_sees_verified_words_and_no_more_of_the_answer_or_of_a_secret_reference() -> None:
    _, model = await written(json.dumps(GOOD))
    ((system, user),) = model.asked
    assert "moon pulls the water" in user
    assert "a@b.example" not in system + user
    assert RUBRIC.key_points[1].text not in system + user
    assert "the two bulges" in user


async def test_it_is_off_unless_somebody_asks_for_it() -> None:
    model = FakeChatModel([completion(json.dumps(GOOD))])
    grader = Grader({"fake": FakeJudge({"moon": Label.COVERED})}, "fake", coach=Coach(model, b"secret"))
    assert (await grader.grade(Request(RUBRIC, ANSWER))).usage == Usage()
    assert (await grader.grade(Request(RUBRIC, ANSWER, coached=True))).usage.llm_calls == 1
    assert len(model.asked) == 1


async def test_an_answer_without_content_gets_the_templates() -> None:
    coach = Coach(FakeChatModel([JudgeFailure("asked", "the coach was asked")]), b"secret")
    grade = await Grader({"fake": FakeJudge()}, "fake", coach=coach, coached=True).grade(Request(RUBRIC, "idk"))
    assert grade.flags == (Flag.DECLINED,)


async def test_the_grade_says_which_prompt_wrote_its_feedback() -> None:
    coach = Coach(FakeChatModel([completion(json.dumps(GOOD | {"strengths": []}))]), b"secret")
    grade = await Grader({"fake": FakeJudge()}, "fake", coach=coach, coached=True).grade(Request(RUBRIC, ANSWER))
    assert grade.provenance.judge["feedback_prompt_hash"].startswith("sha256:")
