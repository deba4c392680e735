"""Answers that say nothing are recognised; short and odd but honest ones are left to the judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.domain import Flag
from grader.selftest.answers import shuffled
from grader.text.canonical import canonicalise
from grader.text.contentless import contentless
from rubrics.bank import Bank
from rubrics.model import KeyPoint, Question, Rubric

RUBRIC = Bank().rubric("DL0028")
POINTS = (KeyPoint(id="k1", text="A key point of ordinary length."),)
CAPITAL = Rubric(
    question=Question(id="fr", title="France", text="What is the capital of France?"),
    key_points=(KeyPoint(id="k1", text="Paris."),),
)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("", Flag.BLANK),
        (" \n\u200b", Flag.BLANK),
        ("<answer></answer>", Flag.BLANK),
        ("…!?", Flag.NO_WORDS),
        ("idk", Flag.DECLINED),
        ("Sorry, I really don't know this one.", Flag.DECLINED),
        ("Thought process:", Flag.PLACEHOLDER),
        ("Let's solve this problem step by step.", Flag.PLACEHOLDER),
        ("100/100", Flag.PLACEHOLDER),
        ("解", Flag.PLACEHOLDER),
        ("asdf asdf asdf", Flag.PLACEHOLDER),
        (RUBRIC.question.text * 3, Flag.ECHO),
        (shuffled(RUBRIC.reference_answer or ""), Flag.SCRAMBLED),
    ],
)
def test_an_answer_that_says_nothing_is_named_for_what_it_is(text: str, flag: Flag) -> None:
    assert contentless(canonicalise(text), RUBRIC) is flag


@pytest.mark.parametrize(
    "text",
    [
        "Only neighbours are attended to.",
        "O(n*w)",
        "I don't know the details, but every token only sees its neighbours within a window.",
        "Local attention, linear cost.",
        "注意力只看附近的词元",
    ],
)
def test_a_short_honest_answer_goes_to_the_judge(text: str) -> None:
    assert contentless(canonicalise(text), RUBRIC) is None


def test_where_the_key_point_is_one_word_only_blank_answers_say_nothing() -> None:
    assert contentless(canonicalise("Paris"), CAPITAL) is None
    assert contentless(canonicalise("no"), CAPITAL) is None
    assert contentless(canonicalise(" "), CAPITAL) is Flag.BLANK


def test_every_contentless_attack_is_caught(shared: Path) -> None:
    rows = [
        json.loads(line)
        for name in ("grader_attacks_own", "master_keys")
        for line in (shared / "attacks" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    texts = [row["text"] for row in rows if row["kind"] == "no_content" or row["kind"].startswith("master_key")]
    assert len(texts) >= 49
    assert [text for text in texts if contentless(canonicalise(text), RUBRIC) is None] == []


def test_no_labelled_answer_of_worth_is_taken_for_contentless(shared: Path) -> None:
    wrong = []
    for answers in sorted(shared.glob("gold*/**/answers.jsonl")):
        questions = {
            row["question_id"]: row["question"]
            for row in map(json.loads, (answers.parent / "questions.jsonl").read_text("utf-8").splitlines())
        }
        for row in map(json.loads, answers.read_text("utf-8").splitlines()):
            asked = Question(id="q", title="q", text=questions[row["question_id"]])
            rubric = Rubric(question=asked, key_points=POINTS)
            if row["score"] > 0 and contentless(canonicalise(row["answer"]), rubric):
                wrong.append(row["answer_id"])
    assert wrong == []
