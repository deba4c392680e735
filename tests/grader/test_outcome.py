"""The outcome of a grade: as the machine left it, and as people change it, always by the same arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Grade, Label, Status
from grader.explaining import explain
from grader.fakes import FakeJudge
from grader.feedback import FeedbackMode
from grader.grading import Grader, Request
from grader.outcome import NotRecomputable, outcome, overruled
from grader.review import Override, OverrideReason, Review
from grader.scoring import Policy
from rubrics.model import Group, GroupKind, KeyPoint, Question, Rubric

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUBRIC = Rubric(
    question=Question(id="tides", title="Tides", text="Why are there tides?"),
    key_points=(
        KeyPoint(id="k1", text="The moon's gravity pulls the oceans.", weight=3, required=True),
        KeyPoint(id="k2", text="The sun pulls as well, more weakly."),
        KeyPoint(id="k3", text="The earth turns below the bulges.", weight=2, topic="Rotation"),
        KeyPoint(id="k4", text="The sea is drawn by the wind.", penalty=True),
    ),
    groups=(Group(id="g", kind=GroupKind.ANY_OF, members=("k2", "k3")),),
)
POLICY = Policy(required_cap=0.5, pass_mark=0.6)
KEYS = tuple(point.id for point in RUBRIC.key_points)
LABELS = st.fixed_dictionaries({key: st.sampled_from(Label) for key in KEYS})


async def graded(labels: dict[str, Label], policy: Policy = POLICY, mode: FeedbackMode = FeedbackMode.FULL) -> Grade:
    grader = Grader({"fake": FakeJudge(labels)}, "fake", policy=policy)
    return await grader.grade(Request(RUBRIC, "The moon pulls the water of the oceans.", feedback=mode))


def override(grade: Grade, key: str, verdict: Label, *earlier: Override) -> Override:
    return Override(
        id="o1",
        grade_id="g1",
        number=len(earlier) + 1,
        key_point_id=key,
        verdict=verdict,
        reason_code=OverrideReason.EVIDENCE_MISSED,
        note="It is in the second sentence.",
        outcome=overruled(grade, earlier, {key: verdict}),
        made_by="local",
        made_at=NOON,
    )


@given(LABELS)
async def test_without_overrides_the_outcome_is_the_machines_result(labels: dict[str, Label]) -> None:
    grade = await graded(labels)
    now = outcome(grade)
    assert (now.status, now.score, now.score_interval, now.passed) == (
        grade.status,
        grade.score,
        grade.score_interval,
        grade.passed,
    )
    assert now.credits == {point.key_point_id: point.credit for point in grade.points}


@given(LABELS, LABELS)
async def test_overrides_score_as_if_the_judge_had_said_so(machine: dict[str, Label], people: dict[str, Label]) -> None:
    grade, as_if = await graded(machine), await graded(people)
    now = overruled(grade, (), people)
    assert (now.score, now.score_interval, now.passed) == (as_if.score, as_if.score_interval, as_if.passed)


@given(LABELS, LABELS)
async def test_one_override_after_another_comes_to_the_same_as_all_at_once(
    machine: dict[str, Label], people: dict[str, Label]
) -> None:
    grade = await graded(machine)
    made: list[Override] = []
    for key, verdict in people.items():
        made.append(override(grade, key, verdict, *made))
    assert outcome(grade, made) == overruled(grade, (), people)


async def test_the_latest_override_of_a_point_counts() -> None:
    grade = await graded(dict.fromkeys(KEYS, Label.MISSING))
    first = override(grade, "k1", Label.COVERED)
    second = override(grade, "k1", Label.PARTIAL, first)
    assert outcome(grade, [second, first]).verdicts["k1"] is Label.PARTIAL


async def test_a_person_settles_what_was_up_for_review_but_not_what_nobody_graded() -> None:
    grade = (await graded(dict.fromkeys(KEYS, Label.COVERED))).model_copy(update={"status": Status.NEEDS_REVIEW})
    assert outcome(grade).status is Status.NEEDS_REVIEW
    assert overruled(grade, (), {"k1": Label.COVERED}).status is Status.GRADED
    assert overruled(grade, (), {"k1": Label.UNGRADED}).status is Status.UNGRADED


async def test_a_score_that_the_rules_no_longer_give_is_not_built_upon() -> None:
    grade = (await graded(dict.fromkeys(KEYS, Label.COVERED))).model_copy(update={"score": 0.123})
    assert outcome(grade).score == 0.123
    with pytest.raises(NotRecomputable, match="grade the answer again"):
        overruled(grade, (), {"k1": Label.MISSING})


async def test_an_explanation_says_what_the_cap_and_the_groups_did() -> None:
    labels = dict(zip(KEYS, (Label.MISSING, Label.COVERED, Label.COVERED, Label.MISSING), strict=True))
    grade = await graded(labels, Policy(required_cap=0.2))
    said = explain(grade, Review(grade_id=grade.id, outcome=outcome(grade)), requires_human_decision=True)
    assert "Points k2, k3: one of them is enough." in said.arithmetic
    assert "A required point is not earned, so the score was held at 20% instead of 40%." in said.arithmetic


async def test_an_explanation_names_the_machines_verdict_beside_the_persons() -> None:
    grade = await graded(dict.fromkeys(KEYS, Label.MISSING))
    made = (override(grade, "k1", Label.COVERED),)
    said = explain(
        grade, Review(grade_id=grade.id, overrides=made, outcome=outcome(grade, made)), requires_human_decision=True
    )
    point = said.points[0]
    assert (point.machine_verdict, point.verdict, point.credit) == (Label.MISSING, Label.COVERED, 1.0)
    assert "A person decided otherwise (evidence_missed)" in point.in_words
    assert "k1" in said.role_of_people


@given(LABELS)
async def test_an_explanation_of_a_grade_in_hints_holds_no_reference_text(labels: dict[str, Label]) -> None:
    grade = await graded(labels, mode=FeedbackMode.HINTS)
    said = explain(grade, Review(grade_id=grade.id, outcome=outcome(grade)), requires_human_decision=True)
    text = said.model_dump_json()
    assert [point.text for point in RUBRIC.key_points if point.text in text] == []
