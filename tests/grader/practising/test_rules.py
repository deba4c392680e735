"""How attempts are rated, compared and asked about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Label
from grader.practice import Attempt, Help, Rating, Result
from grader.practising import Edit, compare, concern, mastery, words_changed
from grader.practising.rating import rating
from rubrics.bank import Bank

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("score", "taken", "rated"),
    [
        (0.39, (), Rating.AGAIN),
        (0.40, (), Rating.HARD),
        (0.70, (), Rating.GOOD),
        (0.90, (), Rating.EASY),
        (1.00, (Help.TOPIC,), Rating.GOOD),
        (1.00, (Help.TOPIC, Help.POINT), Rating.HARD),
        (1.00, (Help.REFERENCE,), Rating.HARD),
        (0.10, (Help.REFERENCE,), Rating.AGAIN),
    ],
)
def test_help_limits_how_well_something_counts_as_known(score: float, taken: tuple[Help, ...], rated: Rating) -> None:
    assert rating(score, taken) is rated


def result(score: float | None, **labels: Label) -> Result:
    return Result(score=score, score_interval=(score or 0, score or 1), verdicts=labels)


def test_two_results_differ_by_the_points_that_earn_more_or_less() -> None:
    before = result(0.5, a=Label.COVERED, b=Label.MISSING, c=Label.CONTRADICTED, d=Label.UNGRADED)
    after = result(0.6, a=Label.PARTIAL, b=Label.COVERED, c=Label.MISSING, d=Label.COVERED)
    found = compare(before, after)
    assert (found.gained, found.lost, found.score) == (("b",), ("a",), 10)
    assert compare(before, result(None, a=Label.COVERED)).score is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_was_kept_and_added_is_the_new_text_and_what_was_kept_and_removed_the_old(before: str, after: str) -> None:
    changes = words_changed(before, after)
    assert "".join(each.text for each in changes if each.edit is not Edit.REMOVED) == after
    removed = sum(len(each.text.split()) for each in changes if each.edit is not Edit.ADDED)
    assert removed == len(before.split())


def test_no_reference_answer_of_the_bank_is_asked_about() -> None:
    bank = Bank()
    asked = [each.id for each in bank.questions() if concern(str(bank.rubric(each.id).reference_answer))]
    assert asked == []


def test_a_point_is_mastered_while_the_last_attempt_covers_it() -> None:
    rubrics = {"DL0028": Bank().rubric("DL0028")}
    attempts = [
        Attempt(
            id=f"a{number}",
            candidate_ref="l",
            question_id="DL0028",
            grade_id=f"a{number}",
            begun_at=NOON + timedelta(days=number),
            result=found,
        )
        for number, found in enumerate(
            (
                result(0.5, k1=Label.COVERED, k2=Label.COVERED),
                result(0.2, k1=Label.MISSING, k2=Label.COVERED),
                result(1.0, k1=Label.COVERED).model_copy(update={"provisional": True}),
                None,
            )
        )
    ]
    progress = mastery(attempts, rubrics)
    assert progress.days == tuple((date(2026, 11, 21 + day), count) for day, count in enumerate((2, 1, 1, 1)))
    assert {(topic.mastered, topic.points, topic.tried, topic.questions) for topic in progress.topics} == {(1, 5, 1, 1)}
