"""Feedback names what is wrong before what is missing, and keeps the reference secret when told to."""

from __future__ import annotations

import pytest

from grader.domain import Flag, Label, Verdict
from grader.feedback import FLAG_NOTES, FeedbackMode, hints, point_feedback, write_feedback
from grader.text.quotes import find_quote
from rubrics.bank import Bank

RUBRIC = Bank().rubric("DL0028")
ANSWER = "Every token attends to all others. The matrix is a band."
SAID = (Label.CONTRADICTED, Label.MISSING, Label.MISSING, Label.COVERED, Label.PARTIAL)


def verdicts(*said: Label) -> tuple[Verdict, ...]:
    quoted = {Label.CONTRADICTED: "Every token attends to all others.", Label.COVERED: "The matrix is a band."}
    return tuple(
        Verdict(
            key_point_id=point.id,
            label=label,
            judged_by="test",
            evidence=tuple(filter(None, [find_quote(ANSWER, quoted.get(label, ""))])),
        )
        for point, label in zip(RUBRIC.key_points, said, strict=True)
    )


def test_the_summary_counts_every_kind_of_verdict() -> None:
    feedback = write_feedback(RUBRIC, verdicts(*SAID), FeedbackMode.FULL)
    assert feedback.summary == "1 of 5 key points covered, 1 in part, 2 missed, 1 contradicted."


def test_what_is_wrong_comes_first_with_the_wrong_words_and_what_is_right() -> None:
    feedback = write_feedback(RUBRIC, verdicts(*SAID), FeedbackMode.FULL)
    assert feedback.improvements[0].startswith("You wrote “Every token attends to all others.”. That is wrong.")
    assert RUBRIC.key_points[0].text in feedback.improvements[0]
    assert feedback.next_step == f"Put right what you say about what a token may attend to. {RUBRIC.key_points[0].hint}"


def test_a_required_point_is_named_before_a_heavier_optional_one() -> None:
    feedback = write_feedback(RUBRIC, verdicts(Label.COVERED, *[Label.MISSING] * 4), FeedbackMode.FULL)
    assert "O(n·w)" in feedback.improvements[0]


def test_strengths_quote_the_persons_own_words() -> None:
    feedback = write_feedback(RUBRIC, verdicts(*SAID), FeedbackMode.FULL)
    assert feedback.strengths == ("The shape of the attention matrix: “The matrix is a band.”",)


def test_a_full_answer_is_told_so() -> None:
    feedback = write_feedback(RUBRIC, verdicts(*[Label.COVERED] * 5), FeedbackMode.FULL)
    assert feedback.improvements == ()
    assert feedback.next_step.startswith("Nothing is missing")


def test_hints_give_away_a_little_more_at_each_step() -> None:
    point, verdict = RUBRIC.key_points[1], verdicts(*SAID)[1]
    assert hints(point, verdict, FeedbackMode.FULL) == ("Think about the problem it solves.", point.hint, point.text)
    assert hints(point, verdict, FeedbackMode.HINTS) == ("Think about the problem it solves.", point.hint)
    assert hints(point, verdicts(*[Label.COVERED] * 5)[1], FeedbackMode.FULL) == ()


@pytest.mark.parametrize("label", Label)
def test_with_hints_only_no_key_point_is_given_away(label: Label) -> None:
    judged = verdicts(*[label] * 5)
    feedback = write_feedback(RUBRIC, judged, FeedbackMode.HINTS)
    said = " ".join(
        (
            feedback.summary,
            feedback.next_step,
            *feedback.strengths,
            *feedback.improvements,
            *(point_feedback(*pair, FeedbackMode.HINTS) for pair in zip(RUBRIC.key_points, judged, strict=True)),
        )
    )
    assert [point.text for point in RUBRIC.key_points if point.text in said] == []


def test_without_feedback_there_is_not_a_word() -> None:
    feedback = write_feedback(RUBRIC, verdicts(*SAID), FeedbackMode.NONE)
    assert (feedback.summary, feedback.strengths, feedback.improvements, feedback.next_step) == ("", (), (), "")


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_says_what_it_means(flag: Flag) -> None:
    assert FLAG_NOTES[flag].endswith(".")


@pytest.mark.parametrize("quote", ["see https://a.example/x", "a <b>bold</b> claim"])
def test_words_with_a_link_or_markup_are_not_quoted_back(quote: str) -> None:
    found = find_quote(quote, quote)
    assert found is not None
    verdict = Verdict(key_point_id="k1", label=Label.CONTRADICTED, judged_by="test", evidence=(found,))
    assert point_feedback(RUBRIC.key_points[0], verdict, FeedbackMode.HINTS).startswith("That is wrong")
